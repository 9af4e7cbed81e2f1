import type { ThresholdResult } from '../trial-result.ts';
import type { MeasuredRound } from './cell-rounds.ts';

/** A threshold is met if every one of these rounds meets it; the words are those of the first that does not. */
export function cellThresholds(rounds: readonly MeasuredRound[]): ThresholdResult[] {
  const [first] = rounds;
  if (first === undefined) return [];
  return first.trial.thresholds.map(({ expression }, index) => {
    const results = rounds.flatMap(({ round, trial }) => {
      const result = trial.thresholds[index];
      return result === undefined ? [] : [{ round, ...result }];
    });
    const [shown = { round: first.round, met: false, detail: '' }] = results.toSorted(
      (a, b) => Number(a.met) - Number(b.met),
    );
    return {
      expression,
      met: shown.met,
      detail: results.length < 2 ? shown.detail : `round ${shown.round}: ${shown.detail}`,
    };
  });
}
