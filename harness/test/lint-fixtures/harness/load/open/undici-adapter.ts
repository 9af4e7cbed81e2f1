// The adapter of undici: exempt from that ban, and from no other.
import * as p0 from 'node:process'; // refused: noRestrictedImports
import * as p1 from 'node:console'; // refused: noRestrictedImports
import * as p2 from 'pg-pool'; // refused: noRestrictedImports
import * as p3 from 'prom-client'; // refused: noRestrictedImports
import * as p4 from 'autocannon'; // refused: noRestrictedImports
import * as u0 from 'undici';
import * as f0 from '../../dashboards/web/chart.ts'; // refused: noRestrictedImports
import * as f1 from '../../server/contract.ts';
import * as f2 from '../../server/app.ts'; // refused: noRestrictedImports

export const everything = [p0, p1, p2, p3, p4, u0, f0, f1, f2];
