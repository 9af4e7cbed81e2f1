import { expect, inject, test } from 'vitest';
import { NOOP_PATH, POOL_DEFAULTS } from '../../server/contract.ts';
import { NOTHING_GUARDED } from '../custodian.ts';
import { createLoadEngine } from '../load/load-process-engine.ts';
import { withServer } from './server-process.ts';

const WORKERS = 3;
const RATE = 60;

test('at a low rate the arrivals of the open loop spread evenly over the workers', async () => {
  const config = {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    allowedHosts: [],
    workers: WORKERS,
    graceMs: 500,
    instrumentation: true,
    preparedStatements: true,
    seed: 1,
    pool: { ...POOL_DEFAULTS, poolSize: 1, maxOverflow: 0 },
    database: inject('postgres').api,
  };
  const deps = {
    baseEnvironment: { PATH: process.env['PATH'] ?? '' },
    custodian: { guard: () => NOTHING_GUARDED },
    signal: new AbortController().signal,
  };
  const durationMs = 2_000;
  const result = await withServer(config, deps, (server) =>
    createLoadEngine({ onSpawn: () => () => undefined }).run(
      {
        origin: new URL(server.url).origin,
        path: NOOP_PATH,
        model: {
          kind: 'open',
          stages: [{ fromPerSecond: RATE, toPerSecond: RATE, durationMs }],
          arrivals: 'constant',
          maxInFlight: 50,
          atCap: 'queue',
          threads: 1,
        },
        durationMs,
        drainMs: 2_000,
        requestTimeoutMs: null,
        retry: null,
        goodputDeadlineMs: 1_000,
        targetDownMs: 5_000,
        seed: 1,
      },
      { signal: new AbortController().signal, onProgress: () => undefined },
    ),
  );
  const answers = Object.values(result.answersByWorker);
  const { ok } = result.ledger;
  expect(ok).toBeGreaterThan(100);
  expect(answers).toHaveLength(WORKERS);
  // Always the first free connection would be one worker's all the time.
  for (const count of answers) {
    expect(count).toBeGreaterThan((ok / WORKERS) * 0.8);
    expect(count).toBeLessThan((ok / WORKERS) * 1.2);
  }
});
