// Dashboards draw what the contract names and the report holds.
import * as p0 from 'node:process'; // refused: noRestrictedImports
import * as p1 from 'node:console'; // refused: noRestrictedImports
import * as p2 from 'pg-pool'; // refused: noRestrictedImports
import * as p3 from 'prom-client'; // refused: noRestrictedImports
import * as p4 from 'autocannon'; // refused: noRestrictedImports
import * as u0 from 'undici'; // refused: noRestrictedImports
import * as c0 from 'uplot'; // refused: noRestrictedImports
import * as v0 from 'vite'; // refused: noRestrictedImports
import * as f0 from '../../server/contract.ts';
import * as f1 from '../../server/app.ts'; // refused: noRestrictedImports
import * as f2 from '../../harness/report/summary.ts';
import * as f3 from '../../harness/runner/sweep.ts'; // refused: noRestrictedImports

export const everything = [p0, p1, p2, p3, p4, u0, c0, v0, f0, f1, f2, f3];
