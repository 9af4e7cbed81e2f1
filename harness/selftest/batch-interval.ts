import { studentTQuantile } from '../analysis/statistics/student-t.ts';
import type { Interval } from '../analysis/trial-result.ts';

const BATCHES = 10;

/**
 * Interval of a mean by batch means: neighbours in a queue resemble each other, the means of long enough
 * stretches hardly do (Law, Simulation Modeling and Analysis, 9.5).
 *
 * @param center what the interval is put around
 * @param values in the order of time; only their spread is used
 * @param confidence two-sided, e.g. 0.999
 */
export function batchInterval(
  values: readonly number[],
  { center, confidence }: { readonly center: number; readonly confidence: number },
): Interval {
  const length = Math.floor(values.length / BATCHES);
  if (length === 0) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const means = Array.from({ length: BATCHES }, (_, batch) =>
    meanOf(values.slice(batch * length, (batch + 1) * length)),
  );
  const mean = meanOf(means);
  const variance = means.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (BATCHES - 1);
  const half = studentTQuantile((1 + confidence) / 2, BATCHES - 1) * Math.sqrt(variance / BATCHES);
  return { low: center - half, high: center + half };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
