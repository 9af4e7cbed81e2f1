import type { HistogramView } from '../statistics/percentiles.ts';

const US_PER_S = 1_000_000;

/** Exact percentiles of latencies in seconds, as if a histogram with every value kept them. */
export function sortedView(sortedS: Float64Array): HistogramView {
  const samples = sortedS.length;
  const at = (rank: number): number =>
    (sortedS[Math.min(samples, Math.max(1, rank)) - 1] ?? 0) * US_PER_S;
  return {
    samples,
    meanUs: samples === 0 ? null : (sortedS.reduce((sum, x) => sum + x, 0) / samples) * US_PER_S,
    maxUs: samples === 0 ? null : at(samples),
    quantileUs: (q) => at(Math.ceil(q * samples)),
  };
}
