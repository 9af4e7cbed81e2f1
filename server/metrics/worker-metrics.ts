import { METRIC_PERCENTILES, METRICS, type PoolConfig } from '../contract.ts';
import type { HttpRecorder } from '../http/http-account.ts';
import type { PoolRecorder, PoolSnapshot } from '../pool/pool.ts';
import { churnRecorder } from './churn-metrics.ts';
import { DURATION_BUCKETS_SECONDS } from './duration-buckets.ts';
import type { EventLoopDelay } from './event-loop.ts';
import { httpRecorder } from './http-metrics.ts';
import { writePoolLimits } from './pool-limits.ts';
import { PoolPeaks } from './pool-peaks.ts';
import { poolReadings } from './pool-readings.ts';
import { MetricRegistry, type MetricsSnapshot } from './registry.ts';

/** What one worker exports. Pool counts are read at collection; only durations cost at run time. */
export interface WorkerMetrics {
  readonly pool: PoolRecorder;
  readonly http: HttpRecorder;
  /** Starts the next window of the peaks; every half second. */
  rotate(): void;
  collect(pool: PoolSnapshot, eventLoop: EventLoopDelay): Promise<MetricsSnapshot>;
}

export function createWorkerMetrics({
  worker,
  pool: config,
}: {
  readonly worker: string;
  readonly pool: PoolConfig;
}): WorkerMetrics {
  const registry = new MetricRegistry();
  writePoolLimits(registry, { worker, pool: config });
  const writeReadings = poolReadings(registry, worker);
  const peaks = new PoolPeaks(registry, worker);
  const writeDelay = delayReadings(registry, worker);
  return {
    pool: { ...poolRecorder(registry, worker), ...peaks.recorder },
    http: httpRecorder(registry, worker),
    rotate: () => peaks.rotate(),
    collect(pool, eventLoop) {
      writeReadings(pool);
      peaks.write();
      writeDelay(eventLoop);
      return registry.snapshot();
    },
  };
}

function poolRecorder(
  registry: MetricRegistry,
  worker: string,
): Omit<PoolRecorder, 'queueChanged' | 'heldChanged'> {
  const buckets = DURATION_BUCKETS_SECONDS;
  const wait = registry.histogram({
    name: METRICS.waitSeconds,
    help:
      'Time a checkout queued for a connection, without the time to open one. timeout: the pool gave up, at once where ' +
      'the queue was full; error: the connection could not be opened after that.',
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
    help: 'Time a connection was checked out; of finished checkouts only.',
    labelNames: ['worker'],
    buckets,
  })({ worker });
  const create = registry.histogram({
    name: METRICS.createSeconds,
    help: 'Time it took to open a connection (TCP, authentication, start of the session), or to fail to.',
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

function delayReadings(
  registry: MetricRegistry,
  worker: string,
): (eventLoop: EventLoopDelay) => void {
  const delay = registry.readings({
    type: 'gauge',
    name: METRICS.eventLoopDelaySeconds,
    help: "Delay of the worker's event loop in the last complete half second, by percentile (1: the longest).",
    labelNames: ['worker', 'percentile'],
  });
  return ({ p50Ms, p99Ms, maxMs }) => {
    const msOf = { '0.5': p50Ms, '0.99': p99Ms, '1': maxMs };
    for (const percentile of METRIC_PERCENTILES) {
      delay.set({ worker, percentile }, msOf[percentile] / 1_000);
    }
  };
}
