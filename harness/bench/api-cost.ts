import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type DatabaseConfig,
  LAB_SCHEMA,
  POOL_DEFAULTS,
  type ServerConfig,
} from '../../server/contract.ts';
import { entryPoint } from '../entry-point.ts';
import type { LoadRequest } from '../load/load-engine.ts';
import type { Lab } from '../runner/lab.ts';
import { type ServerProcess, withServer } from '../runner/server-process.ts';
import {
  type Interleaved,
  measureInterleaved,
  ratiosOver,
  type Target,
  type WindowPair,
} from './interleaved.ts';

/**
 * What the API under test costs, as ratios within one run on the `point` route: one worker, ten
 * connections, 32 clients. Client, API and PostgreSQL share the machine, so a ratio here is smaller
 * than it would be with a core for each.
 */
const CONNECTIONS = 32;
const POOL_MAX = 10;
/** Short windows and many pairs: what disturbs a shared machine lasts longer than a window. */
const WINDOW_MS = 600;
const WARMUP_MS = 1_500;
const PGBENCH_SECONDS = 3;
const ACCOUNTS = 100_000;

/**
 * With metrics over without: 0.98 means that measuring costs 2 % of the throughput. With `control` both
 * have metrics: how far from 1 that is, is what this machine cannot tell apart.
 */
export async function measureInstrumentation(
  lab: Lab,
  rounds: number,
  pairs: number,
  control: boolean,
): Promise<Interleaved> {
  const withMetrics = serverConfig(lab);
  const without = { ...withMetrics, instrumentation: control };
  const measured: (readonly WindowPair[])[] = [];
  for (let round = 0; round < rounds; round += 1) {
    // Which of them starts first changes from round to round.
    const [first, second] = round % 2 === 0 ? [withMetrics, without] : [without, withMetrics];
    const windows = await withServer(first, lab, (one) =>
      withServer(second, lab, (other) =>
        measureInterleaved({
          engine: lab.load,
          left: targetOf(first === withMetrics ? one : other),
          right: targetOf(first === withMetrics ? other : one),
          pairs,
          warmupMs: WARMUP_MS,
        }),
      ),
    );
    measured.push(windows);
  }
  return ratiosOver(measured);
}

/** The API over a bare Fastify server with pg-pool, on the same route and statement. */
export async function measureAgainstBare(lab: Lab, pairs: number): Promise<Interleaved> {
  const windows = await withServer(serverConfig(lab), lab, (left) =>
    withBareServer(lab, (right) =>
      measureInterleaved({
        engine: lab.load,
        left: targetOf(left),
        right: { request: requestTo(right), readCpuMs: null },
        pairs,
        warmupMs: WARMUP_MS,
      }),
    ),
  );
  return ratiosOver([windows]);
}

/** Statements per second of pgbench on the same row set; `null` where it is not installed. */
export function measurePgbench({ postgres }: Lab): number | null {
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-bench-'));
  try {
    const script = join(directory, 'point.sql');
    writeFileSync(
      script,
      `\\set id random(1, ${ACCOUNTS})\nSELECT id, balance FROM ${LAB_SCHEMA}.accounts WHERE id = :id;\n`,
    );
    const clients = ['-n', '-M', 'prepared', '-c', String(POOL_MAX), '-T', String(PGBENCH_SECONDS)];
    const run = spawnSync('pgbench', [...clients, '-f', script], {
      encoding: 'utf8',
      env: { ...process.env, ...libpqVariables(postgres.api) },
    });
    if (run.error !== undefined) return null;
    const perSecond = /tps = ([\d.]+)/.exec(run.stdout)?.[1];
    if (perSecond === undefined) throw new Error(`pgbench said no tps: ${run.stderr}`);
    return Number(perSecond);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function serverConfig(lab: Lab): ServerConfig {
  return {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    allowedHosts: [],
    workers: 1,
    graceMs: 1_000,
    instrumentation: true,
    preparedStatements: true,
    seed: 1,
    pool: { ...POOL_DEFAULTS, poolSize: POOL_MAX, maxOverflow: 0 },
    database: lab.postgres.api,
  };
}

function targetOf(server: ServerProcess): Target {
  return {
    request: requestTo(server.url),
    readCpuMs: async () =>
      (await server.stats()).workers.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
  };
}

function requestTo(origin: string): LoadRequest {
  return {
    origin,
    path: '/w/point',
    model: { kind: 'closed', connections: CONNECTIONS, thinkTimeMs: 0 },
    durationMs: WINDOW_MS,
    drainMs: 1_000,
    requestTimeoutMs: 10_000,
    retry: null,
    goodputDeadlineMs: 1_000,
    targetDownMs: 5_000,
    seed: 1,
  };
}

async function withBareServer<T>(lab: Lab, use: (origin: string) => Promise<T>): Promise<T> {
  const child = fork(entryPoint(import.meta.url, './bare-server'), {
    execArgv: [],
    env: {
      ...lab.baseEnvironment,
      ...libpqVariables(lab.postgres.api),
      POOL_MAX: String(POOL_MAX),
    },
  });
  try {
    const [message] = await once(child, 'message', { signal: AbortSignal.timeout(10_000) });
    return await use(z.object({ url: z.string() }).parse(message).url);
  } finally {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

function libpqVariables(database: DatabaseConfig): Readonly<Record<string, string>> {
  return {
    PGHOST: database.host,
    PGPORT: String(database.port),
    PGUSER: database.user,
    PGPASSWORD: database.password,
    PGDATABASE: database.database,
  };
}
