import { seededRandom } from '../../seeded-random.ts';
import type { Interval } from '../trial-result.ts';
import { studentT95 } from './student-t.ts';

/** Fewer values have too few different resamples to say anything that the t interval does not. */
export const BOOTSTRAP_PAIRS_MIN = 8;

/** The outermost quantile needed, 0.6 % at eight pairs, is the 24th from the end: settled to a few %. */
const RESAMPLES = 4_000;

/**
 * 95 % interval of the geometric mean of ratios by the bootstrap: whole pairs are drawn again with
 * replacement. It assumes no normal noise, and so is what the t interval is held against: one round
 * that stands far out pulls the two apart.
 *
 * It is the expanded percentile interval (Hesterberg, What Teachers Should Know About the Bootstrap,
 * The American Statistician 69(4), 2015): plain percentiles of few values are too narrow, by
 * √((n − 1)/n) and by the normal quantile in place of Student's, so quantiles further out are taken.
 * `null` with fewer than eight pairs.
 *
 * @param logRatios natural logarithms of `left / right`, one a pair
 */
export function bootstrapRatio(
  logRatios: readonly number[],
  { seed }: { readonly seed: number },
): Interval | null {
  const pairs = logRatios.length;
  if (pairs < BOOTSTRAP_PAIRS_MIN) return null;
  const random = seededRandom(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let draw = 0; draw < pairs; draw += 1) {
      sum += logRatios[Math.floor(random() * pairs)] ?? Number.NaN;
    }
    return sum / pairs;
  }).sort();
  const tail = normalTail(Math.sqrt(pairs / (pairs - 1)) * studentT95(pairs - 1));
  const at = Math.floor(tail * RESAMPLES);
  return {
    low: Math.exp(means[at] ?? Number.NaN),
    high: Math.exp(means[RESAMPLES - 1 - at] ?? Number.NaN),
  };
}

/** P(Z > z) of a standard normal variable, z ≥ 0: Abramowitz and Stegun 26.2.17, off by 7.5e−8 at most. */
function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}
