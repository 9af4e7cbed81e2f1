/**
 * Where a warm-up ends, by MSER-5 (White, Cobb and Spratt, "A comparison of five steady-state
 * truncation heuristics for simulation", Winter Simulation Conference 2000): the number of leading
 * batches to cut so that the marginal standard error of the rest, Σ(x − mean)² / (n − d)², is
 * smallest. It weighs what the cut batches disturb against what their loss costs, and never looks at
 * whether the result gets better or worse.
 *
 * The 5 are observations averaged to a batch. A one-second bucket is such a batch of five 200 ms
 * observations, so buckets are given as they are.
 *
 * @param batches means of successive batches
 * @param cutMax at most so many are cut; the rule's own bound is half of them
 */
export function mserTruncation(batches: readonly number[], cutMax: number): number {
  let best = 0;
  let smallest = Number.POSITIVE_INFINITY;
  for (let cut = 0; cut <= Math.min(cutMax, batches.length - 1); cut += 1) {
    const kept = batches.slice(cut);
    const mean = kept.reduce((sum, x) => sum + x, 0) / kept.length;
    const squares = kept.reduce((sum, x) => sum + (x - mean) ** 2, 0);
    const standardError = squares / kept.length ** 2;
    if (standardError < smallest - ROUNDING * mean ** 2) {
      smallest = standardError;
      best = cut;
    }
  }
  return best;
}

/** Less than this, relative to the mean's square, is the arithmetic's own error: nothing is cut for it. */
const ROUNDING = 1e-12;
