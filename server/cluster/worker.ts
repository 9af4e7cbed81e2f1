import { performance } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import { buildApp } from '../app.ts';
import { APPLICATION_NAME_PREFIX, type ServerConfig, type WorkerStats } from '../contract.ts';
import { LoopTurns, NODE_LOOP } from '../event-loop/loop-turns.ts';
import { HttpAccount, NO_HTTP_RECORDER } from '../http/http-account.ts';
import { drainHttp } from '../http/http-drain.ts';
import { EventLoopMeter } from '../metrics/event-loop.ts';
import { createWorkerMetrics } from '../metrics/worker-metrics.ts';
import { createPool } from '../pool/create-pool.ts';
import { NO_POOL_RECORDER, type Pool } from '../pool/pool.ts';
import { seededRandom } from '../random.ts';
import { probeDatabase } from './database-probe.ts';
import type { PrimaryMessage, WorkerMessage } from './worker-message.ts';

/** How often the primary gets numbers without asking: how old a blocked worker's can look fresh. */
const PUSH_INTERVAL_MS = 500;
/** Connections still held when the HTTP side has drained get this long to come back. */
const POOL_END_MS = 200;

export interface WorkerDeps {
  readonly workerId: number;
  readonly config: ServerConfig;
  /** Resolves when the primary has the message, or cannot have it any more. */
  readonly send: (message: WorkerMessage) => Promise<void>;
  readonly log: (line: string) => void;
}

/** One API process: one application, one pool. */
export interface Worker {
  receive(message: PrimaryMessage): void;
  /** Resolves when it has drained: nothing is listening, nothing is connected. */
  readonly finished: Promise<void>;
}

/** 2³² over the golden ratio, Knuth's multiplier: sums of few multiples of it spread evenly. */
const SEED_STRIDE = 2_654_435_769;

export async function startWorker({ workerId, config, send, log }: WorkerDeps): Promise<Worker> {
  const metrics = config.instrumentation
    ? createWorkerMetrics({ worker: String(workerId), pool: config.pool })
    : null;
  const loop = config.instrumentation ? new LoopTurns(NODE_LOOP) : null;
  const pool = createPool({
    config: config.pool,
    database: config.database,
    applicationName: `${APPLICATION_NAME_PREFIX}${workerId}`,
    recorder: metrics?.pool ?? NO_POOL_RECORDER,
    loop,
    preparedStatements: config.preparedStatements,
    readOnly: config.sql?.readOnlySessions ?? false,
  });
  const account = new HttpAccount();
  const eventLoop = new EventLoopMeter();
  const stopping = new AbortController();
  const finished = Promise.withResolvers<void>();
  let databaseAnswered = false;

  const app = await buildApp({
    workerId,
    pool,
    account,
    recorder: metrics?.http ?? NO_HTTP_RECORDER,
    // The ids are small and the seeds often too: apart they must not meet.
    random: seededRandom(config.seed + workerId * SEED_STRIDE),
    loop,
    sql: config.sql,
    isDraining: () => stopping.signal.aborted,
    reportBug: (error) => log(error instanceof Error ? (error.stack ?? error.message) : `${error}`),
  });

  const sendSnapshot = async (request: number | null): Promise<void> => {
    const counts = pool.snapshot();
    const stats = statsOf({ workerId, ready: databaseAnswered, account, eventLoop, pool: counts });
    const collected = (await metrics?.collect(counts, eventLoop.lastWindow)) ?? [];
    await send({ type: 'snapshot', request, stats, metrics: [...collected] });
  };
  const push = setInterval(() => {
    eventLoop.rotate();
    metrics?.rotate();
    void sendSnapshot(null);
  }, PUSH_INTERVAL_MS);

  const probe = async (): Promise<void> => {
    const result = await probeDatabase({
      pool,
      signal: stopping.signal,
      onUnavailable: (error) => void send({ type: 'database-unavailable', message: error.message }),
    });
    if (result.state === 'given-up') return;
    databaseAnswered = result.state === 'answered';
    await send(
      result.state === 'answered'
        ? { type: 'database-answered' }
        : {
            type: 'database-rejected',
            code: result.error.errorClass === 'db_auth' ? 'db_auth' : 'db_unavailable',
            message: result.error.message,
          },
    );
  };

  const drain = async (graceMs: number): Promise<void> => {
    if (stopping.signal.aborted) return;
    stopping.abort();
    const startedAt = performance.now();
    if (app.server.listening) await drainHttp(app.server, graceMs);
    // Only now: requests that wait for a connection are answered, not refused, within the grace.
    await pool.end(Math.max(0, Math.min(POOL_END_MS, graceMs - (performance.now() - startedAt))));
    clearInterval(push);
    await sendSnapshot(null);
    eventLoop.stop();
    loop?.stop();
    finished.resolve();
  };

  await sendSnapshot(null);
  void send({ type: 'started' });
  void probe();
  return {
    finished: finished.promise,
    receive(message) {
      switch (message.type) {
        case 'listen':
          listen({ app, host: config.host, port: message.port, send });
          break;
        case 'snapshot-request':
          void sendSnapshot(message.request);
          break;
        case 'drain':
          void drain(message.graceMs);
      }
    },
  };
}

function listen({
  app,
  host,
  port,
  send,
}: {
  readonly app: FastifyInstance;
  readonly host: string;
  readonly port: number;
  readonly send: WorkerDeps['send'];
}): void {
  const onError = (error: Error): void => {
    const code = 'code' in error ? String(error.code) : 'unknown';
    void send({ type: 'listen-failed', port, code, message: error.message });
  };
  app.server.once('error', onError);
  app.server.listen({ port, host }, () => {
    app.server.off('error', onError);
    void send({ type: 'listening', port });
  });
}

function statsOf({
  workerId,
  ready,
  account,
  eventLoop,
  pool: { overflow: _overflow, queued: _queued, ...pool },
}: {
  readonly workerId: number;
  readonly ready: boolean;
  readonly account: HttpAccount;
  readonly eventLoop: EventLoopMeter;
  readonly pool: ReturnType<Pool['snapshot']>;
}): WorkerStats {
  const cpu = process.cpuUsage();
  const { activeMs, idleMs } = eventLoop.spent;
  return {
    worker: workerId,
    pid: process.pid,
    alive: true,
    ready,
    ageMs: 0,
    pool,
    http: account.snapshot(),
    cpuMs: (cpu.user + cpu.system) / 1_000,
    eventLoopDelayMsP99: eventLoop.delayMsP99,
    eventLoopStalls: eventLoop.stalls,
    eventLoopActiveMs: activeMs,
    eventLoopIdleMs: idleMs,
  };
}
