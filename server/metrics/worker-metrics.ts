import { METRICS, type PoolConfig } from '../contract.ts';
import type { HttpRecorder } from '../http/http-account.ts';
import type { CheckoutObserver } from '../http/request-scope.ts';
import type { PoolRecorder, PoolSnapshot } from '../pool/pool.ts';
import { churnRecorder } from './churn-metrics.ts';
import { DURATION_BUCKETS_SECONDS } from './duration-buckets.ts';
import type { EventLoopDelay } from './event-loop.ts';
import { httpRecorder } from './http-metrics.ts';
import { RecentPeak } from './recent-peak.ts';
import { MetricRegistry, type MetricsSnapshot } from './registry.ts';

/** What one worker exports. Pool counts are read at collection; only durations cost at run time. */
export interface WorkerMetrics {
  readonly pool: PoolRecorder;
  readonly http: HttpRecorder;
  readonly checkouts: CheckoutObserver;
  /** Starts the next window of the peaks; every half second. */
  rotate(): void;
  collect(pool: PoolSnapshot, eventLoop: EventLoopDelay): Promise<MetricsSnapshot>;
}

export function createWorkerMetrics(identity: {
  readonly worker: string;
  readonly pool: PoolConfig;
}): WorkerMetrics {
  const registry = new MetricRegistry();
  const labels = { worker: identity.worker };
  const writeReadings = poolReadings(registry, identity);
  const waiting = new RecentPeak();
  const holding = new RecentPeak();
  const writePeaks = peakReadings(registry, { worker: identity.worker, waiting, holding });
  const delay = registry.readings({
    type: 'gauge',
    name: METRICS.eventLoopDelaySeconds,
    help: 'Delay of the event loop in the last half second, by percentile (1 is the maximum).',
    labelNames: ['worker', 'percentile'],
  });
  return {
    pool: poolRecorder(registry, identity.worker),
    http: httpRecorder(registry, identity.worker),
    checkouts: {
      waiting: (delta) => waiting.change(delta),
      holding: (delta) => holding.change(delta),
    },
    rotate() {
      waiting.rotate();
      holding.rotate();
    },
    collect(pool, eventLoop) {
      writeReadings(pool);
      writePeaks();
      delay.set({ ...labels, percentile: '0.5' }, eventLoop.p50Ms / 1_000);
      delay.set({ ...labels, percentile: '0.99' }, eventLoop.p99Ms / 1_000);
      delay.set({ ...labels, percentile: '1' }, eventLoop.maxMs / 1_000);
      return registry.snapshot();
    },
  };
}

function poolRecorder(registry: MetricRegistry, worker: string): PoolRecorder {
  const buckets = DURATION_BUCKETS_SECONDS;
  const wait = registry.histogram({
    name: METRICS.waitSeconds,
    help: 'Time a request queued for a connection.',
    labelNames: ['worker', 'result'],
    buckets,
  });
  const waits = {
    ok: wait({ worker, result: 'ok' }),
    timeout: wait({ worker, result: 'timeout' }),
    error: wait({ worker, result: 'error' }),
  };
  const holds = registry.histogram({
    name: METRICS.useSeconds,
    help: 'Time a connection was checked out.',
    labelNames: ['worker'],
    buckets,
  })({ worker });
  const create = registry.histogram({
    name: METRICS.createSeconds,
    help: 'Time it took to open a connection, or to fail to.',
    labelNames: ['worker', 'result'],
    buckets,
  });
  const creates = {
    ok: create({ worker, result: 'ok' }),
    error: create({ worker, result: 'error' }),
  };
  return {
    waited: (seconds, result) => waits[result].observe(seconds),
    held: (seconds) => holds.observe(seconds),
    connected: (seconds, result) => creates[result].observe(seconds),
    ...churnRecorder(registry, worker),
  };
}

function poolReadings(
  registry: MetricRegistry,
  { worker, pool: config }: { readonly worker: string; readonly pool: PoolConfig },
): (pool: PoolSnapshot) => void {
  const of = { worker };
  const byWorker = (type: 'gauge' | 'counter', name: string, help: string) =>
    registry.readings({ type, name, help, labelNames: ['worker'] });
  const count = registry.readings({
    type: 'gauge',
    name: METRICS.connectionCount,
    help: "Connections of the worker's pool.",
    labelNames: ['state', 'worker'],
  });
  const pending = byWorker('gauge', METRICS.pendingRequests, 'Requests waiting for a connection.');
  const overflow = byWorker(
    'gauge',
    METRICS.overflowConnections,
    'Connections beyond the pool size.',
  );
  const timeouts = byWorker('counter', METRICS.timeoutsTotal, 'Waits the pool gave up.');
  const opened = byWorker('counter', METRICS.connectionsOpenedTotal, 'Connections opened.');
  const pendingSeconds = byWorker(
    'counter',
    METRICS.pendingSecondsTotal,
    'Integral of the number of waiting requests: its rate is the mean queue.',
  );
  const saturatedSeconds = byWorker(
    'counter',
    METRICS.saturatedSecondsTotal,
    'Time with at least one waiting request: its rate is the share of time saturated.',
  );
  writeLimits(registry, { worker, pool: config });
  return (pool) => {
    count.set({ ...of, state: 'idle' }, pool.idle);
    count.set({ ...of, state: 'used' }, pool.held);
    pending.set(of, pool.waiting);
    overflow.set(of, Math.max(0, pool.overflow));
    timeouts.set(of, pool.acquireTimeout);
    opened.set(of, pool.opened);
    pendingSeconds.set(of, pool.waitingSeconds);
    saturatedSeconds.set(of, pool.saturatedSeconds);
  };
}

function peakReadings(
  registry: MetricRegistry,
  of: { readonly worker: string; readonly waiting: RecentPeak; readonly holding: RecentPeak },
): () => void {
  const pending = registry.readings({
    type: 'gauge',
    name: METRICS.pendingPeak,
    help: 'Most requests waiting for a connection at once in the last 10 s.',
    labelNames: ['worker'],
  });
  const used = registry.readings({
    type: 'gauge',
    name: METRICS.usedPeak,
    help: 'Most connections checked out at once in the last 10 s.',
    labelNames: ['worker'],
  });
  return () => {
    pending.set({ worker: of.worker }, of.waiting.peak);
    used.set({ worker: of.worker }, of.holding.peak);
  };
}

/** Absent, not zero and not infinite, where the pool has no limit, nor an end to waiting. */
function writeLimits(
  registry: MetricRegistry,
  { worker, pool }: { readonly worker: string; readonly pool: PoolConfig },
): void {
  const max = registry.readings({
    type: 'gauge',
    name: METRICS.connectionMax,
    help: 'Most connections the pool may open; absent when unlimited.',
    labelNames: ['worker'],
  });
  const idleMax = registry.readings({
    type: 'gauge',
    name: METRICS.connectionIdleMax,
    help: 'Most connections the pool keeps idle; absent when unlimited.',
    labelNames: ['worker'],
  });
  const timeout = registry.readings({
    type: 'gauge',
    name: METRICS.poolTimeoutSeconds,
    help: 'How long the pool lets a request wait; absent when for ever.',
    labelNames: ['worker'],
  });
  if (pool.poolTimeoutMs > 0) timeout.set({ worker }, pool.poolTimeoutMs / 1_000);
  if (pool.kind === 'null') {
    idleMax.set({ worker }, 0);
    return;
  }
  if (pool.poolSize === 0) return;
  idleMax.set({ worker }, pool.poolSize);
  if (pool.maxOverflow >= 0) max.set({ worker }, pool.poolSize + pool.maxOverflow);
}
