import type { MeasuredTrial } from '../trial-result.ts';
import { exactly, type Range } from './threshold-range.ts';

/** A fact of one trial, or why the trial has no number for it. */
export type Reading =
  | {
      readonly kind: 'known';
      readonly range: Range;
      /** Why it is not known exactly, where it is not. */
      readonly because?: string;
    }
  | { readonly kind: 'withheld'; readonly why: string };

/** A trial that has been measured and is about to be judged. */
export type JudgedTrial = Omit<MeasuredTrial, 'thresholds'>;
export type Read = (trial: JudgedTrial) => Reading;

export function known(value: number): Reading {
  return { kind: 'known', range: exactly(value) };
}

export function withheld(why: string): Reading {
  return { kind: 'withheld', why };
}

export function number(read: (trial: JudgedTrial) => number): Read {
  return (trial) => known(read(trial));
}

export function orNone(read: (trial: JudgedTrial) => number | null, why: string): Read {
  return (trial) => {
    const value = read(trial);
    return value === null ? withheld(why) : known(value);
  };
}
