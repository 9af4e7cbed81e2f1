import type { HistogramView } from './percentiles.ts';
import { studentT95 } from './student-t.ts';
import type { Interval, PercentileIntervals } from './trial-result.ts';

/** A standard deviation of fewer sections is a guess. */
export const SECTIONS_MIN = 5;
const SECTIONS_WANTED = 10;
/** A section with fewer samples beyond it has no such percentile. */
export const SECTION_SAMPLES_BEYOND_MIN = 3;

const US_PER_MS = 1000;

/**
 * About ten (5 to 14) sections of equal length in whole seconds, each `[from, to)`. Seconds that are
 * left over are left out at the beginning. Empty with fewer than five seconds.
 */
export function sectionsOf(seconds: number): readonly (readonly [from: number, to: number])[] {
  if (seconds < SECTIONS_MIN) return [];
  const length = Math.max(1, Math.round(seconds / SECTIONS_WANTED));
  const count = Math.floor(seconds / length);
  const first = seconds - count * length;
  return Array.from({ length: count }, (_, index): readonly [number, number] => [
    first + index * length,
    first + (index + 1) * length,
  ]);
}

/**
 * 95 % intervals of the percentiles of a run, in ms, by sectioning: the run's percentile plus and
 * minus t · sd / √m, sd being the standard deviation of the m sections' own percentiles (Asmussen and
 * Glynn, Stochastic Simulation, 2007, III.5).
 */
export function percentileIntervals(
  whole: HistogramView,
  sections: readonly HistogramView[],
): PercentileIntervals {
  const of = (q: number) => percentileInterval(whole, sections, q);
  return { p50: of(0.5), p90: of(0.9), p95: of(0.95), p99: of(0.99), p999: of(0.999) };
}

function percentileInterval(
  whole: HistogramView,
  sections: readonly HistogramView[],
  q: number,
): Interval | null {
  if (sections.length < SECTIONS_MIN || whole.samples === 0) return null;
  const beyondMin = Math.min(...sections.map(({ samples }) => samples * (1 - q)));
  if (beyondMin < SECTION_SAMPLES_BEYOND_MIN) return null;
  const estimates = sections.map((section) => section.quantileUs(q));
  const mean = estimates.reduce((sum, x) => sum + x, 0) / estimates.length;
  const squares = estimates.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (estimates.length - 1) / estimates.length);
  const halfUs = studentT95(estimates.length - 1) * standardError;
  const centreUs = whole.quantileUs(q);
  return {
    low: Math.max(0, centreUs - halfUs) / US_PER_MS,
    high: (centreUs + halfUs) / US_PER_MS,
  };
}
