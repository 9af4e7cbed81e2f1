import { studentT95 } from '../statistics/student-t.ts';
import type { Interval } from '../trial-result.ts';
import type { Estimate } from './sweep-result.ts';

/**
 * A rate over the rounds of a cell: their geometric mean, with Student's 95 % interval of the mean of
 * their logarithms, so that a ratio and its inverse err alike. One round has the interval that was found
 * within it. A round of 0 has no logarithm: then the mean is arithmetic, and there is no interval. Assumes
 * that the rounds, minutes apart and on fresh workers, do not depend on each other.
 *
 * @param intervals of each round by itself, in the same order
 */
export function estimateOverRounds(
  values: readonly number[],
  intervals: readonly (Interval | null)[],
): Estimate | null {
  if (values.length === 0) return null;
  const [first = 0] = values;
  if (values.length === 1) return { value: first, interval: intervals[0] ?? null };
  if (values.some((value) => !(value > 0))) {
    return { value: values.reduce((sum, x) => sum + x, 0) / values.length, interval: null };
  }
  const { mean, factor } = spreadOfLogs(values);
  const value = Math.exp(mean);
  return { value, interval: { low: value / factor, high: value * factor } };
}

/**
 * 95 % interval of a percentile that was read from the merged histogram of the rounds: that value times
 * and over the factor by which the rounds' own percentiles leave their mean uncertain, as in sectioning.
 */
export function percentileOverRounds(
  mergedMs: number | null,
  rounds: readonly { readonly valueMs: number | null; readonly interval: Interval | null }[],
): Estimate | null {
  if (mergedMs === null) return null;
  const [first] = rounds;
  if (rounds.length === 1) return { value: mergedMs, interval: first?.interval ?? null };
  const values = rounds.map(({ valueMs }) => valueMs).filter((it) => it !== null && it > 0);
  // The spread of those rounds that could tell would hide the others'.
  if (values.length < rounds.length || values.length < 2)
    return { value: mergedMs, interval: null };
  const { factor } = spreadOfLogs(values.filter((it) => it !== null));
  return { value: mergedMs, interval: { low: mergedMs / factor, high: mergedMs * factor } };
}

/** Of two values or more, all positive. */
function spreadOfLogs(values: readonly number[]): {
  readonly mean: number;
  readonly factor: number;
} {
  const logs = values.map(Math.log);
  const n = logs.length;
  const mean = logs.reduce((sum, x) => sum + x, 0) / n;
  const squares = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, factor: Math.exp(studentT95(n - 1) * Math.sqrt(squares / (n - 1) / n)) };
}
