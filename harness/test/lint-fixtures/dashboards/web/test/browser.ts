// Tests of the page make its data and find their browser by the harness.
import * as p0 from 'node:process'; // refused: noRestrictedImports
import * as p1 from 'pg-pool'; // refused: noRestrictedImports
import * as p2 from 'prom-client'; // refused: noRestrictedImports
import * as p3 from 'autocannon'; // refused: noRestrictedImports
import * as p4 from 'undici'; // refused: noRestrictedImports
import * as f0 from '../../../harness/postgres/lab-directory.ts';
import * as f1 from '../../../harness/report/format.ts';
import * as f2 from '../../../server/contract.ts';
import * as f3 from '../../../server/app.ts'; // refused: noRestrictedImports

export const everything = [p0, p1, p2, p3, p4, f0, f1, f2, f3];
