import type { Percentiles } from '../trial-result.ts';

/** What this folder needs of a histogram of microseconds, whoever keeps it. */
export interface HistogramView {
  readonly samples: number;
  /** In µs; `null` when it is empty. */
  readonly meanUs: number | null;
  readonly maxUs: number | null;
  /** Value at or below which the share `q` (0 to 1) of the samples lies, in µs. */
  quantileUs(q: number): number;
}

/** With fewer samples than this beyond it, a percentile says more about luck than about the system. */
export const SAMPLES_BEYOND_MIN = 10;

const US_PER_MS = 1000;

/** The percentiles that a result has, highest last. */
export const QUANTILE_OF = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const;
export type PercentileName = keyof typeof QUANTILE_OF;

/** `1 − q` in floating point is a little off, and 1,000 samples have ten beyond their p99. */
const ROUNDING = 1e-9;

/** How many of so many samples lie beyond the percentile. */
export function samplesBeyond(samples: number, name: PercentileName): number {
  return Math.floor(samples * (1 - QUANTILE_OF[name]) + ROUNDING);
}

/**
 * Percentiles in ms of right answers together with the unanswered, whose ages are lower bounds
 * (`censored` of them): leaving those out would let a server look fast by not answering.
 */
export function percentilesOf(histogram: HistogramView, censored: number): Percentiles {
  const { samples } = histogram;
  const at = (name: PercentileName): number | null =>
    samplesBeyond(samples, name) >= SAMPLES_BEYOND_MIN
      ? histogram.quantileUs(QUANTILE_OF[name]) / US_PER_MS
      : null;
  return {
    samples,
    censored,
    mean: toMs(histogram.meanUs),
    max: toMs(histogram.maxUs),
    p50: at('p50'),
    p90: at('p90'),
    p95: at('p95'),
    p99: at('p99'),
    p999: at('p999'),
  };
}

/** Nothing but the counts: where no number stands for the window. */
export function withheldPercentiles({ samples, censored }: Percentiles): Percentiles {
  return {
    samples,
    censored,
    mean: null,
    max: null,
    p50: null,
    p90: null,
    p95: null,
    p99: null,
    p999: null,
  };
}

function toMs(us: number | null): number | null {
  return us === null ? null : us / US_PER_MS;
}
