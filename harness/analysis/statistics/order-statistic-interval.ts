import type { Interval } from '../trial-result.ts';

/**
 * The textbook 95 % interval of a percentile of *independent* samples: two order statistics, whose
 * ranks are the binomial's normal approximation, n·q ± 1.96·√(n·q·(1 − q)). Latencies behind a pool's
 * queue are not independent, and there it covers far less than it promises; it stands here so that
 * this can be shown. No result of the lab is made with it.
 *
 * @param sorted ascending; not empty
 */
export function orderStatisticInterval(sorted: ArrayLike<number>, q: number): Interval {
  const n = sorted.length;
  const half = 1.96 * Math.sqrt(n * q * (1 - q));
  const at = (rank: number): number =>
    sorted[Math.min(n - 1, Math.max(0, Math.round(rank) - 1))] ?? Number.NaN;
  return { low: at(n * q - half), high: at(n * q + half + 1) };
}
