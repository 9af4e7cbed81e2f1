import { METRICS, type PoolConfig } from '../contract.ts';
import { connectionsMax } from '../pool/pool-limit.ts';
import type { MetricRegistry } from './registry.ts';

/** Absent, not zero and not infinite, where the pool has no limit, nor an end to waiting. */
export function writePoolLimits(
  registry: MetricRegistry,
  { worker, pool }: { readonly worker: string; readonly pool: PoolConfig },
): void {
  const gauge = (name: string, help: string) =>
    registry.readings({ type: 'gauge', name, help, labelNames: ['worker'] });
  const max = gauge(
    METRICS.connectionMax,
    'Most connections the pool may have: pool_size + max_overflow; absent when unlimited.',
  );
  const idleMax = gauge(
    METRICS.connectionIdleMax,
    'Most connections the pool keeps idle: pool_size; absent when unlimited.',
  );
  const timeout = gauge(
    METRICS.poolTimeoutSeconds,
    'How long the pool lets a request wait for a connection; absent when for ever.',
  );
  if (pool.poolTimeoutMs > 0) timeout.set({ worker }, pool.poolTimeoutMs / 1_000);
  const { connections, idle } = limitsOf(pool);
  if (Number.isFinite(connections)) max.set({ worker }, connections);
  if (Number.isFinite(idle)) idleMax.set({ worker }, idle);
}

function limitsOf(pool: PoolConfig): { readonly connections: number; readonly idle: number } {
  const connections = connectionsMax(pool);
  switch (pool.kind) {
    case 'queue':
      return { connections, idle: pool.poolSize === 0 ? Number.POSITIVE_INFINITY : pool.poolSize };
    case 'null':
      return { connections: Number.POSITIVE_INFINITY, idle: 0 };
    case 'plain':
      // It has one number only, and keeps idle what it may open.
      return { connections, idle: connections };
  }
}
