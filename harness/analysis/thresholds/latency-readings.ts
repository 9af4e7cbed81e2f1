import { SUMMARIES, type SummaryName } from '../../plan/thresholds/threshold-facts.ts';
import { SAMPLES_BEYOND_MIN, samplesBeyond } from '../statistics/percentiles.ts';
import type { Percentiles } from '../trial-result.ts';
import { type JudgedTrial, known, type Read, type Reading, withheld } from './fact-reading.ts';
import { atLeast } from './threshold-range.ts';
import { valueWords } from './threshold-words.ts';

interface SummaryOf {
  readonly values: Percentiles;
  /** Samples that are lower bounds, and requests that left no sample at all. */
  readonly unseen: number;
  /** Why no number stands for the window, where none does. */
  readonly withheld: string | null;
}

/** Readings of one distribution of times, by their facts' names. */
export function summaries<P extends string>(
  prefix: P,
  read: (trial: JudgedTrial) => SummaryOf,
): readonly [`${P}.${SummaryName}`, Read][] {
  return SUMMARIES.map((name): [`${P}.${SummaryName}`, Read] => [
    `${prefix}.${name}`,
    (trial) => summary(name, read(trial)),
  ]);
}

function summary(name: SummaryName, { values, unseen, withheld: reason }: SummaryOf): Reading {
  const value = values[name];
  if (value === null) {
    if (reason !== null) return withheld(reason);
    if (values.samples === 0) return withheld('there is no sample of it');
    return withheld(
      `${valueWords('count', values.samples)} samples are too few for it: ${SAMPLES_BEYOND_MIN} must lie beyond`,
    );
  }
  // Those of whom nothing better is known may all lie beyond the percentile, if there is room.
  const all = values.samples + unseen - values.censored;
  const room = name === 'mean' || name === 'max' ? 0 : samplesBeyond(all, name);
  if (unseen <= room) return known(value);
  return {
    kind: 'known',
    range: atLeast(value),
    because: `${valueWords('count', unseen)} of ${valueWords('count', all)} requests were never answered`,
  };
}

export function clientLatency(
  values: Percentiles,
  window: { readonly dropped: number; readonly withheld: string | null },
): SummaryOf {
  return { values, unseen: values.censored + window.dropped, withheld: window.withheld };
}

export function inSteadyWindow(trial: JudgedTrial): {
  readonly dropped: number;
  readonly withheld: string | null;
} {
  const { fromSecond, toSecond, state } = trial.steadyState;
  const seconds = trial.seconds.filter(({ second }) => second >= fromSecond && second < toSecond);
  return {
    dropped: seconds.reduce((sum, { dropped }) => sum + dropped, 0),
    withheld: state === 'drifting' || state === 'overloaded' ? notSteady(trial) : null,
  };
}

export function notSteady({ steadyState: { state, detail } }: JudgedTrial): string {
  return `nothing is steady (${state}): ${detail}`;
}
