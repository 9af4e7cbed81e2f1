import type { Percentiles } from './trial-result.ts';

/** What this folder needs of a histogram of microseconds, whoever keeps it. */
export interface HistogramView {
  readonly samples: number;
  /** In µs; `null` when it is empty. */
  readonly meanUs: number | null;
  readonly maxUs: number | null;
  /** Value below which the share `q` (0 to 1) of the samples lies, in µs. */
  quantileUs(q: number): number;
}

/** With fewer samples than this beyond it, a percentile says more about luck than about the system. */
export const SAMPLES_BEYOND_MIN = 10;

const US_PER_MS = 1000;

/**
 * Percentiles in ms of right answers together with the unanswered, whose ages are lower bounds
 * (`censored` of them): leaving those out would let a server look fast by not answering.
 */
export function percentilesOf(histogram: HistogramView, censored: number): Percentiles {
  const { samples } = histogram;
  const at = (q: number): number | null =>
    samples * (1 - q) >= SAMPLES_BEYOND_MIN ? histogram.quantileUs(q) / US_PER_MS : null;
  return {
    samples,
    censored,
    mean: toMs(histogram.meanUs),
    max: toMs(histogram.maxUs),
    p50: at(0.5),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
  };
}

function toMs(us: number | null): number | null {
  return us === null ? null : us / US_PER_MS;
}
