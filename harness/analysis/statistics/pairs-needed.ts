import { EQUIVALENCE_MARGIN } from './paired-ratio.ts';
import { studentT95 } from './student-t.ts';

/** A sweep has no more rounds than this, and what needs more is no question for this machine. */
export const PAIRS_MAX = 100;

/**
 * How many pairs would tell in all: the smallest number, above that of the given ones, at which the t
 * interval of the log ratios leaves 1 out or lies within the margin. Assumes that further pairs keep
 * the mean and the standard deviation of these, so it is about even odds and no promise; from two
 * pairs it is a rough guess. `null`: more than `PAIRS_MAX`, or fewer than two pairs given.
 *
 * @param logRatios natural logarithms of `left / right`, one a pair
 */
export function pairsNeeded(logRatios: readonly number[]): number | null {
  const given = logRatios.length;
  if (given < 2) return null;
  const mean = logRatios.reduce((sum, x) => sum + x, 0) / given;
  const deviation = Math.sqrt(logRatios.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (given - 1));
  // Either is enough, and the wider of the two half widths is reached first.
  const halfMax = Math.max(Math.abs(mean), Math.log(1 + EQUIVALENCE_MARGIN) - Math.abs(mean));
  for (let pairs = given + 1; pairs <= PAIRS_MAX; pairs += 1) {
    if ((studentT95(pairs - 1) * deviation) / Math.sqrt(pairs) < halfMax) return pairs;
  }
  return null;
}
