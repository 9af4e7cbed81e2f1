/** 97.5 % quantiles of Student's t for 1 to 30 degrees of freedom (beyond, the normal's 1.96). */
const T_975 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
] as const;
const NORMAL_975 = 1.96;

/** Below this a difference is of no practical use, however certain it is. */
export const EQUIVALENCE_MARGIN = 0.03;

export interface PairedRatio {
  readonly pairs: number;
  /** Geometric mean of `left / right`. */
  readonly ratio: number;
  /** 95 % interval of the ratio. */
  readonly low: number;
  readonly high: number;
  readonly finding: 'higher' | 'lower' | 'equivalent' | 'not_distinguishable';
}

/**
 * Ratio of two configurations measured in interleaved pairs, with a t interval on the log ratios.
 *
 * Pairing removes what drifts slowly on a shared machine; the log makes a ratio and its inverse
 * equally far from 1. Assumes that the log ratios of the pairs are independent and roughly normal.
 * Returns `null` with fewer than two pairs, or when a value is not positive: no interval exists.
 */
export function pairedRatio(
  pairs: readonly { readonly left: number; readonly right: number }[],
): PairedRatio | null {
  if (pairs.length < 2 || pairs.some(({ left, right }) => !(left > 0 && right > 0))) return null;
  const logs = pairs.map(({ left, right }) => Math.log(left / right));
  const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
  const variance = logs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (logs.length - 1);
  const t = T_975[logs.length - 2] ?? NORMAL_975;
  const half = t * Math.sqrt(variance / logs.length);
  const low = Math.exp(mean - half);
  const high = Math.exp(mean + half);
  return { pairs: pairs.length, ratio: Math.exp(mean), low, high, finding: findingOf(low, high) };
}

function findingOf(low: number, high: number): PairedRatio['finding'] {
  const lowest = 1 / (1 + EQUIVALENCE_MARGIN);
  const highest = 1 + EQUIVALENCE_MARGIN;
  if (low >= lowest && high <= highest) return 'equivalent';
  if (low > 1) return 'higher';
  if (high < 1) return 'lower';
  return 'not_distinguishable';
}
