// What runs in a browser has no Node.js below it, and draws charts through one adapter.
import * as n0 from 'node:fs'; // refused: noRestrictedImports
import * as v0 from 'vite'; // refused: noRestrictedImports
import * as u0 from 'uplot'; // refused: noRestrictedImports
import * as f0 from '../../../harness/report/format.ts';
import * as f1 from '../../../harness/analysis/sweep/sweep-result.ts'; // refused: noRestrictedImports
import * as f2 from '../../../server/app.ts'; // refused: noRestrictedImports

export const everything = [n0, v0, u0, f0, f1, f2];
