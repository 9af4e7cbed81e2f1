import { studentT95 } from './student-t.ts';

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
  const half = studentT95(logs.length - 1) * Math.sqrt(variance / logs.length);
  const low = Math.exp(mean - half);
  const high = Math.exp(mean + half);
  return { pairs: pairs.length, ratio: Math.exp(mean), low, high, finding: findingOf(low, high) };
}

/** What a 95 % interval of a ratio says. */
export function findingOf(low: number, high: number): PairedRatio['finding'] {
  const lowest = 1 / (1 + EQUIVALENCE_MARGIN);
  const highest = 1 + EQUIVALENCE_MARGIN;
  if (low >= lowest && high <= highest) return 'equivalent';
  if (low > 1) return 'higher';
  if (high < 1) return 'lower';
  return 'not_distinguishable';
}
