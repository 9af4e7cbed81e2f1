import { setTimeout as delay } from 'node:timers/promises';
import { expect, inject } from 'vitest';
import {
  ADMIN_PATHS,
  METRICS,
  POOL_DEFAULTS,
  type ServerConfig,
  type ServerSideSample,
} from '../../server/contract.ts';
import { NOTHING_GUARDED } from '../custodian.ts';
import { machineClockMs } from '../machine-clock.ts';
import { optional } from '../test/optional.ts';
import { detectPrometheus, findingsOfPromtool } from '../test/prometheus-binaries.ts';
import { startServer } from './server-process.ts';

const { api } = inject('postgres');
const prometheus = await optional('prometheus', detectPrometheus);

const CONFIG: ServerConfig = {
  host: '127.0.0.1',
  port: 0,
  adminPort: 0,
  allowedHosts: [],
  workers: 2,
  graceMs: 500,
  instrumentation: true,
  preparedStatements: true,
  seed: 1,
  pool: { ...POOL_DEFAULTS, poolSize: 1, maxOverflow: 1 },
  database: api,
};

const SERVER_SIDE: Omit<ServerSideSample, 'takenAtMs'> = {
  maxConnections: 30,
  superuserReserved: 3,
  reserved: 0,
  connections: [{ state: 'idle', worker: '1', connections: 1 }],
  active: [{ waitEventType: 'Lock', connections: 1 }],
  transactions: { committed: 4, rolledBack: 1, sessions: 2 },
  budget: { floor: 2, ceiling: 4, usable: 26 },
  pgbouncer: {
    clients: { active: 2, waiting: 0 },
    servers: { active: 1, idle: 0, used: 0, tested: 0, login: 0 },
    maxWaitMs: 0,
    totals: { transactions: 5, queries: 5, waitMs: 1 },
  },
};

prometheus.test(
  'promtool objects to OpenTelemetry’s own name and to nothing else the API exports',
  async () => {
    const server = await startServer(CONFIG, {
      baseEnvironment: { PATH: process.env['PATH'] ?? '' },
      custodian: { guard: () => NOTHING_GUARDED },
      signal: new AbortController().signal,
    });
    try {
      for (const path of ['/w/hold?ms=1', '/noop', '/nowhere']) {
        await (await fetch(server.url + path)).text();
      }
      server.showServerSide({ ...SERVER_SIDE, takenAtMs: machineClockMs() });
      let text = '';
      const missing = () => Object.values(METRICS).filter((name) => !text.includes(`\n${name}`));
      for (const deadline = AbortSignal.timeout(5_000); !deadline.aborted; await delay(20)) {
        text = await (await fetch(server.adminUrl + ADMIN_PATHS.metrics)).text();
        if (missing().length === 0) break;
      }
      expect(missing()).toEqual([]);
      expect((await findingsOfPromtool(prometheus.get(), text)).trim().split('\n')).toEqual([
        `${METRICS.connectionCount} non-histogram and non-summary metrics should not have "_count" suffix`,
      ]);
    } finally {
      await server.stop();
    }
  },
);
