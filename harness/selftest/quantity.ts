import type { Interval } from '../analysis/trial-result.ts';

/** What may be compared: a number in its unit, or a word. */
export const UNITS = ['ms', 'requests', 'per_second', 'clients', 'word'] as const;
export type Unit = (typeof UNITS)[number];

/** How near is near enough, and to what. */
export type Tolerance =
  | { readonly kind: 'exact' }
  /** The larger of the two, in the quantity's unit and as a share of the truth. */
  | { readonly kind: 'within'; readonly absolute: number; readonly relative: number }
  /** The truth lies in a confidence interval around ours. */
  | { readonly kind: 'interval'; readonly low: number; readonly high: number };

/** One thing that a row compares: what is true, what our engine says, what plain autocannon says. */
export interface Quantity {
  readonly name: string;
  readonly unit: Unit;
  readonly truth: number | string;
  /** `null` where the engine has no such number, which is never right. */
  readonly ours: number | string | null;
  /** Of autocannon alone, on the same stub; `null` where it has none. */
  readonly raw: number | string | null;
  readonly tolerance: Tolerance;
  /** Where ours lies with 99.9 % confidence, if it is a percentile of few samples. */
  readonly known?: Interval | null;
  /**
   * A count owes nothing to the host: it is right or wrong. A time may be wrong because the machine
   * was busy with something else.
   */
  readonly basis: 'count' | 'time';
  /** Printed in the table; the others only where they are wrong. */
  readonly headline: boolean;
}

/** Within 1 ms or 3 %, whichever is more: one timer's resolution, and what nobody would act upon. */
export const NEAR: Tolerance = { kind: 'within', absolute: 1, relative: 0.03 };
export const WITHIN_3_PERCENT: Tolerance = { kind: 'within', absolute: 0, relative: 0.03 };
export const WITHIN_1_PERCENT: Tolerance = { kind: 'within', absolute: 0, relative: 0.01 };
export const EXACT: Tolerance = { kind: 'exact' };

export function holds({ truth, ours, tolerance }: Quantity): boolean {
  if (ours === null) return false;
  if (typeof truth === 'string' || typeof ours === 'string') return truth === ours;
  switch (tolerance.kind) {
    case 'exact':
      return ours === truth;
    case 'within': {
      const room = Math.max(tolerance.absolute, tolerance.relative * Math.abs(truth));
      return Math.abs(ours - truth) <= room;
    }
    case 'interval':
      return truth >= tolerance.low && truth <= tolerance.high;
  }
}

/** The interval that a tolerance leaves around the truth; `null` where only one value is right. */
export function allowedRange({
  truth,
  tolerance,
}: Pick<Quantity, 'truth' | 'tolerance'>): Interval | null {
  if (typeof truth === 'string' || tolerance.kind !== 'within') return null;
  const room = Math.max(tolerance.absolute, tolerance.relative * Math.abs(truth));
  return { low: truth - room, high: truth + room };
}

/** Wrong as it stands, and yet it may be right: what is known of ours reaches what is allowed. */
export function mayHold({ known, ...quantity }: Quantity): boolean {
  const allowed = allowedRange(quantity);
  if (known === undefined || known === null || allowed === null) return false;
  return known.low <= allowed.high && known.high >= allowed.low;
}

type Details = Partial<Pick<Quantity, 'raw' | 'headline' | 'known'>>;

/** A duration in ms. */
export function time(
  name: string,
  sides: { readonly truth: number; readonly ours: number | null; readonly tolerance: Tolerance },
  details: Details = {},
): Quantity {
  return { name, unit: 'ms', basis: 'time', raw: null, headline: false, ...sides, ...details };
}

/** Requests that must have been counted, every one. */
export function count(
  name: string,
  sides: { readonly truth: number; readonly ours: number },
  details: Details = {},
): Quantity {
  return {
    name,
    unit: 'requests',
    basis: 'count',
    raw: null,
    headline: false,
    tolerance: EXACT,
    ...sides,
    ...details,
  };
}
