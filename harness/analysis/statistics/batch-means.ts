import type { Interval } from '../trial-result.ts';
import { studentT95 } from './student-t.ts';

/** The textbook's choice: more batches depend on each other more, fewer have a wider t. */
const BATCHES_WANTED = 10;
/** A standard deviation of fewer batches is a guess. */
const BATCHES_MIN = 5;

/**
 * 95 % interval of a rate, by batch means: the seconds' counts are averaged in about ten batches of
 * equal length, and the interval is Student's for the batches' means (Law, Simulation Modeling and
 * Analysis, 5th ed., 9.5.3). Neighbouring seconds of a queue depend on each other; batches longer than
 * the queue's memory hardly do. Seconds that no batch has room for count in the mean alone.
 * `null` with fewer than five seconds.
 *
 * @param countsPerSecond events of each whole second of a steady window
 * @returns in events per second
 */
export function throughputInterval(countsPerSecond: readonly number[]): Interval | null {
  const seconds = countsPerSecond.length;
  if (seconds < BATCHES_MIN) return null;
  const length = Math.max(1, Math.round(seconds / BATCHES_WANTED));
  const count = Math.floor(seconds / length);
  const first = seconds - count * length;
  const batches = Array.from({ length: count }, (_, index) =>
    meanOf(countsPerSecond.slice(first + index * length, first + (index + 1) * length)),
  );
  const mean = meanOf(countsPerSecond);
  const batchMean = meanOf(batches);
  const squares = batches.reduce((sum, x) => sum + (x - batchMean) ** 2, 0);
  const standardError = Math.sqrt(squares / (count - 1) / count);
  const half = studentT95(count - 1) * standardError;
  return { low: Math.max(0, mean - half), high: mean + half };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
