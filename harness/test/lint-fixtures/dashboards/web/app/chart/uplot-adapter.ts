// The one file that may import uplot is held to every other ban.
import * as u0 from 'uplot';
import * as n0 from 'node:fs'; // refused: noRestrictedImports
import * as v0 from 'vite'; // refused: noRestrictedImports
import * as p0 from 'pg-pool'; // refused: noRestrictedImports
import * as f1 from '../../../../harness/runner/sweep.ts'; // refused: noRestrictedImports
import * as f2 from '../../../../server/app.ts'; // refused: noRestrictedImports

export const everything = [u0, n0, v0, p0, f1, f2];
