import { METRICS } from '../contract.ts';
import { MetricRegistry, type MetricsSnapshot } from './registry.ts';

export type RestartReason = 'crash' | 'rolling_restart';

/** What only the primary knows of its workers. */
export interface PrimaryMetrics {
  restarted(reason: RestartReason): void;
  collect(
    ages: readonly { readonly worker: number; readonly ageMs: number }[],
  ): Promise<MetricsSnapshot>;
}

export function createPrimaryMetrics(): PrimaryMetrics {
  const registry = new MetricRegistry();
  const restarts = registry.counter({
    name: METRICS.workerRestartsTotal,
    help: 'Workers that were replaced, by reason.',
    labelNames: ['reason'],
  });
  const byReason = {
    crash: restarts({ reason: 'crash' }),
    rolling_restart: restarts({ reason: 'rolling_restart' }),
  };
  for (const series of Object.values(byReason)) series.inc(0);
  const age = registry.readings({
    type: 'gauge',
    name: METRICS.snapshotAgeSeconds,
    help: "Age of a live worker's numbers: a blocked worker's grows.",
    labelNames: ['worker'],
  });
  return {
    restarted: (reason) => byReason[reason].inc(),
    collect(ages) {
      age.clear();
      for (const { worker, ageMs } of ages) age.set({ worker: String(worker) }, ageMs / 1_000);
      return registry.snapshot();
    },
  };
}
