// A pure folder: neither the machine nor what drives a run.
import * as p0 from 'node:process'; // refused: noRestrictedImports
import * as p1 from 'node:console'; // refused: noRestrictedImports
import * as p2 from 'pg-pool'; // refused: noRestrictedImports
import * as p3 from 'prom-client'; // refused: noRestrictedImports
import * as p4 from 'autocannon'; // refused: noRestrictedImports
import * as u0 from 'undici'; // refused: noRestrictedImports
import * as p5 from 'node:fs'; // refused: noRestrictedImports
import * as p6 from 'node:timers/promises'; // refused: noRestrictedImports
import * as p7 from 'pg'; // refused: noRestrictedImports
import * as p8 from 'fastify'; // refused: noRestrictedImports
import * as p9 from 'commander'; // refused: noRestrictedImports
import * as p10 from 'hdr-histogram-js'; // refused: noRestrictedImports
import * as p11 from 'zod';
import * as f0 from '../../dashboards/web/chart.ts'; // refused: noRestrictedImports
import * as f1 from '../../server/contract.ts';
import * as f2 from '../../server/app.ts'; // refused: noRestrictedImports
import * as f3 from '../cli.ts'; // refused: noRestrictedImports
import * as f4 from '../commands/run.ts'; // refused: noRestrictedImports
import * as f5 from '../runner/trial.ts'; // refused: noRestrictedImports
import * as f6 from '../store/journal.ts'; // refused: noRestrictedImports
import * as f7 from '../test/fake.ts'; // refused: noRestrictedImports
import * as f8 from '../load/closed-engine.ts'; // refused: noRestrictedImports
import * as f9 from '../load/load-engine.ts';
import * as f10 from '../postgres/embedded.ts'; // refused: noRestrictedImports
import * as f11 from '../postgres/provider.ts';
import * as f12 from '../lab-error.ts';
import * as f13 from './budget.ts';

export const everything = [p0, p1, p2, p3, p4, u0, p5, p6, p7, p8, p9, p10, p11, f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13];

export const bytes = Buffer.alloc(1); // refused: noRestrictedGlobals
export const seen = performance.now(); // refused: noRestrictedGlobals
export const cpu = process.cpuUsage(); // refused: noRestrictedGlobals
export const answer = fetch('http://127.0.0.1'); // refused: noRestrictedGlobals
export const timer = setTimeout(() => seen, 1); // refused: noRestrictedGlobals
export const ticker = setInterval(() => seen, 1); // refused: noRestrictedGlobals
export const soon = setImmediate(() => seen); // refused: noRestrictedGlobals
