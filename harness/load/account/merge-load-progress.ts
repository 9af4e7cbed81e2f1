import type { LoadProgress, RecentQuantiles } from '../load-engine.ts';
import { mergeLedgers, sumOf } from './merge-ledgers.ts';

/**
 * How far threads of one run are together. Quantiles do not add up: of each it is the highest among the
 * threads, which the whole does not exceed. The result, made from histograms, is exact.
 *
 * @param reports at least one
 */
export function mergeLoadProgress(reports: readonly LoadProgress[]): LoadProgress {
  const latencies = reports.map(({ latencyUs }) => latencyUs).filter((one) => one !== null);
  const highest = (name: keyof NonNullable<LoadProgress['latencyUs']>): number =>
    Math.max(...latencies.map((latency) => latency[name]));
  return {
    elapsedMs: Math.max(...reports.map(({ elapsedMs }) => elapsedMs)),
    ledger: mergeLedgers(reports.map(({ ledger }) => ledger)),
    good: sumOf(reports, ({ good }) => good),
    inFlight: sumOf(reports, ({ inFlight }) => inFlight),
    latencyUs:
      latencies.length === 0
        ? null
        : {
            p50: highest('p50'),
            p90: highest('p90'),
            p95: highest('p95'),
            p99: highest('p99'),
            p999: highest('p999'),
            max: highest('max'),
          },
    recent: {
      latencyUs: highestOf(reports.map(({ recent }) => recent.latencyUs)),
      lagUs: highestOf(reports.map(({ recent }) => recent.lagUs)),
      // What limits a generator is its busiest thread.
      eventLoopUtilization: Math.max(...reports.map(({ recent }) => recent.eventLoopUtilization)),
    },
  };
}

function highestOf(all: readonly (RecentQuantiles | null)[]): RecentQuantiles | null {
  const known = all.filter((one) => one !== null);
  if (known.length === 0) return null;
  return {
    p50: Math.max(...known.map(({ p50 }) => p50)),
    p99: Math.max(...known.map(({ p99 }) => p99)),
    max: Math.max(...known.map(({ max }) => max)),
  };
}
