export interface Trend {
  /** Pairs that rise minus pairs that fall. */
  readonly score: number;
  /** Standardized score; beyond ±1.96 a series without a trend lies in 5 % of cases. */
  readonly z: number;
  /** Median of the slopes of all pairs (Theil and Sen), per step. */
  readonly slope: number;
}

/**
 * Mann–Kendall test for a monotone trend, with the correction for ties, and the Theil–Sen slope
 * (Hirsch, Slack and Smith, Water Resources Research 18, 1982). Ranks only, so that a single wild
 * second decides nothing. Assumes independent values: autocorrelated ones exceed ±1.96 more often.
 */
export function mannKendall(values: readonly number[]): Trend {
  const slopes: number[] = [];
  let score = 0;
  for (const [later, value] of values.entries()) {
    for (let earlier = 0; earlier < later; earlier += 1) {
      const rise = value - (values[earlier] ?? 0);
      score += Math.sign(rise);
      slopes.push(rise / (later - earlier));
    }
  }
  const n = values.length;
  const variance = (pairsTerm(n) - tiesTerm(values)) / 18;
  // Continuity correction: the score moves in steps of two.
  const z = variance > 0 ? (score - Math.sign(score)) / Math.sqrt(variance) : 0;
  return { score, z, slope: medianOf(slopes) };
}

function pairsTerm(n: number): number {
  return n * (n - 1) * (2 * n + 5);
}

function tiesTerm(values: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + pairsTerm(size), 0);
}

/** 0 of an empty list: nothing changes. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const at = (index: number): number => sorted[index] ?? 0;
  return sorted.length === 0 ? 0 : (at(Math.ceil(half) - 1) + at(Math.floor(half))) / 2;
}
