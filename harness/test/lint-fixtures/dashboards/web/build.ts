// The one file that may import vite is held to every other ban.
import * as v0 from 'vite';
import * as n0 from 'node:process'; // refused: noRestrictedImports
import * as u0 from 'uplot'; // refused: noRestrictedImports
import * as p0 from 'pg-pool'; // refused: noRestrictedImports
import * as f1 from '../../harness/runner/sweep.ts'; // refused: noRestrictedImports
import * as f2 from '../../server/app.ts'; // refused: noRestrictedImports

export const everything = [v0, n0, u0, p0, f1, f2];
