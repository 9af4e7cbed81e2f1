import type { Interval, PercentileIntervals } from '../trial-result.ts';
import type { HistogramView } from './percentiles.ts';
import { studentT95 } from './student-t.ts';

/**
 * Few and long ones, since a section's percentile must itself be worth something: behind a queue the
 * tail is made of rare excursions, and short sections mostly have none. Ten sections covered 83 to
 * 88 % of what they promised (p95 and p99 of 8 slots at 80 % and 500/s, 10 to 50 s), four 88 to 92 %.
 */
const SECTIONS = 4;
/** One second alone says nothing of how seconds differ. */
const SECONDS_MIN = 5;
/**
 * A section with fewer samples beyond a percentile has its maximum in the place of it: with one beyond,
 * even independent samples were covered in 88 to 92 % of cases, with three in 93 to 94 %.
 */
const SECTION_SAMPLES_BEYOND_MIN = 3;

const US_PER_MS = 1000;

/**
 * Four sections in whole seconds, equally long to a second, each `[from, to)`; together all of them.
 * Empty with fewer than five seconds: then there are no intervals.
 */
export function sectionsOf(seconds: number): readonly (readonly [from: number, to: number])[] {
  if (seconds < SECONDS_MIN) return [];
  const edge = (index: number): number => Math.round((index * seconds) / SECTIONS);
  return Array.from({ length: SECTIONS }, (_, index): readonly [number, number] => [
    edge(index),
    edge(index + 1),
  ]);
}

/**
 * 95 % intervals of the percentiles of a run, in ms, by sectioning (Asmussen and Glynn, Stochastic
 * Simulation, 2007, III.5): the run's percentile times and over e^(t·sd/√m), sd being the standard
 * deviation of the logarithms of the m sections' own percentiles, t Student's with m − 1 degrees of
 * freedom. Nothing is assumed about how requests depend on each other within a section.
 *
 * Logarithms, because the tail's percentiles err upwards further than downwards. What is left of that
 * skew makes the interval miss mostly on one side: a run without a long excursion looks calm and
 * exact. Sections must therefore be much longer than the queue's memory, which is about
 * hold / (slots · (1 − √utilization)²): with a run of 140 such times 90 % and more are covered, with 70
 * of them 88 %, and above a utilization of 0.8 fewer (81 % for the p99 at 0.85).
 *
 * @param whole all of the run
 * @param sections its parts as `sectionsOf` cuts it; no interval without them
 */
export function percentileIntervals(
  whole: HistogramView,
  sections: readonly HistogramView[],
): PercentileIntervals {
  const of = (q: number) => percentileInterval(whole, sections, q);
  return { p50: of(0.5), p90: of(0.9), p95: of(0.95), p99: of(0.99), p999: of(0.999) };
}

/** `null` where a section has too few samples beyond the percentile. */
function percentileInterval(
  whole: HistogramView,
  sections: readonly HistogramView[],
  q: number,
): Interval | null {
  if (sections.length < 2) return null;
  const beyond = Math.min(...sections.map(({ samples }) => samples * (1 - q)));
  if (beyond < SECTION_SAMPLES_BEYOND_MIN) return null;
  const logs = sections.map((section) => Math.log(atLeastOneUs(section.quantileUs(q))));
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const squares = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (logs.length - 1) / logs.length);
  const factor = Math.exp(studentT95(logs.length - 1) * standardError);
  const centreMs = whole.quantileUs(q) / US_PER_MS;
  return { low: centreMs / factor, high: centreMs * factor };
}

/** The clock's resolution; zero has no logarithm. */
function atLeastOneUs(us: number): number {
  return Math.max(us, 1);
}
