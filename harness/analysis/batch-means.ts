import { sectionsOf } from './sectioning.ts';
import { studentT95 } from './student-t.ts';
import type { Interval } from './trial-result.ts';

/**
 * 95 % interval of a rate, by batch means: the seconds' counts are averaged in about ten batches, and
 * the t interval is that of the batches' means. Neighbouring seconds of a queue depend on each other;
 * batches much longer than the queue's memory hardly do (Law, Simulation Modeling and Analysis, 9.5).
 * `null` with fewer than five seconds.
 *
 * @param countsPerSecond events of each whole second of a steady window
 * @returns in events per second
 */
export function throughputInterval(countsPerSecond: readonly number[]): Interval | null {
  const batches = sectionsOf(countsPerSecond.length).map(([from, to]) =>
    meanOf(countsPerSecond.slice(from, to)),
  );
  if (batches.length === 0) return null;
  const mean = meanOf(countsPerSecond);
  const batchMean = meanOf(batches);
  const squares = batches.reduce((sum, x) => sum + (x - batchMean) ** 2, 0);
  const standardError = Math.sqrt(squares / (batches.length - 1) / batches.length);
  const half = studentT95(batches.length - 1) * standardError;
  return { low: Math.max(0, mean - half), high: mean + half };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
