import { METRICS } from '../contract.ts';
import type { PoolSnapshot } from '../pool/pool.ts';
import type { MetricRegistry } from './registry.ts';

/** Gauges and counters that the pool's own account already has. */
export function poolReadings(
  registry: MetricRegistry,
  worker: string,
): (pool: PoolSnapshot) => void {
  const of = { worker };
  const byWorker = (type: 'gauge' | 'counter', name: string, help: string) =>
    registry.readings({ type, name, help, labelNames: ['worker'] });
  const count = registry.readings({
    type: 'gauge',
    name: METRICS.connectionCount,
    help:
      'Open connections of the pool: used (checked out, or being checked or reset by the pool) and idle. Those being ' +
      'opened or closed are neither, and occupy a slot all the same.',
    labelNames: ['state', 'worker'],
  });
  const pending = byWorker(
    'gauge',
    METRICS.pendingRequests,
    'Requests queued for a connection; those whose connection is being opened queue no more, those whose client ' +
      'hung up do until it is their turn.',
  );
  const overflow = byWorker(
    'gauge',
    METRICS.overflowConnections,
    'Slots occupied beyond the pool size, by connections in whatever state.',
  );
  const timeouts = byWorker(
    'counter',
    METRICS.timeoutsTotal,
    'Checkouts the pool gave up: after its timeout, at once where the queue was full, or because it is closing. ' +
      `${METRICS.errorsTotal} tells them apart.`,
  );
  const opened = byWorker('counter', METRICS.connectionsOpenedTotal, 'Connections opened.');
  const pendingSeconds = byWorker(
    'counter',
    METRICS.pendingSecondsTotal,
    'Integral of the number of queued requests: its rate is the mean queue, whatever the scrape interval.',
  );
  const saturatedSeconds = byWorker(
    'counter',
    METRICS.saturatedSecondsTotal,
    'Time with at least one queued request: its rate is the share of time saturated.',
  );
  return (pool) => {
    count.set({ ...of, state: 'idle' }, pool.idle);
    count.set({ ...of, state: 'used' }, pool.held);
    pending.set(of, pool.queued);
    overflow.set(of, Math.max(0, pool.overflow));
    timeouts.set(of, pool.acquireTimeout);
    opened.set(of, pool.opened);
    pendingSeconds.set(of, pool.waitingSeconds);
    saturatedSeconds.set(of, pool.saturatedSeconds);
  };
}
