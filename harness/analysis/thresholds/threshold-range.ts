import type { Comparison } from '../../plan/thresholds/threshold.ts';

/**
 * What is known of a number: it lies between the two, both included. What was measured exactly has
 * them equal; what is "at least" so much, or can still grow, is open upwards.
 */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export const exactly = (value: number): Range => ({ low: value, high: value });
export const atLeast = (value: number): Range => ({ low: value, high: Number.POSITIVE_INFINITY });

/** `open` where some of the values in the ranges meet the comparison and some do not. */
export type Decision = 'met' | 'not_met' | 'open';

export function decide(left: Range, comparison: Comparison, right: Range): Decision {
  switch (comparison) {
    case '<':
      return decided(left.high < right.low, left.low >= right.high);
    case '<=':
      return decided(left.high <= right.low, left.low > right.high);
    case '>':
      return decide(right, '<', left);
    case '>=':
      return decide(right, '<=', left);
    case '==':
      return decided(
        left.low === left.high && right.low === right.high && left.low === right.low,
        left.high < right.low || right.high < left.low,
      );
    case '!=':
      return opposite(decide(left, '==', right));
  }
}

/** The side of a threshold that another fact stands on. */
export function partOf(range: Range, factor: number): Range {
  return { low: times(range.low, factor), high: times(range.high, factor) };
}

/**
 * 0.29 × 100 is 28.999999999999996 in binary, and 29 connections would not be `<=0.29*max_connections`.
 * Twelve digits are more than is ever measured.
 */
function times(value: number, factor: number): number {
  return Number((value * factor).toPrecision(12));
}

function decided(met: boolean, notMet: boolean): Decision {
  if (met) return 'met';
  return notMet ? 'not_met' : 'open';
}

function opposite(decision: Decision): Decision {
  if (decision === 'open') return 'open';
  return decision === 'met' ? 'not_met' : 'met';
}
