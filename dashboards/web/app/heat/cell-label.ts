import { plural } from '../../../../harness/report/format.ts';
import { STATE_WORDS } from '../../../../harness/report/sweep/cell-words.ts';
import type { IconName } from '../parts/icon.tsx';
import type { Cell, Situation } from '../sweep-types.ts';
import type { Fit } from './budget-edges.ts';
import type { Measure } from './measures.ts';

/** How a cell stands in its situation. */
export type Standing = IconName | null;

export function standingOf({ id, state }: Cell, situation: Situation): Standing {
  if (state !== 'usable') return state;
  if (id === situation.best) return 'best';
  return situation.notDistinguishable.includes(id) ? 'alike' : null;
}

export const STANDING_WORDS: Readonly<Record<IconName, string>> = {
  ...STATE_WORDS,
  best: 'best',
  alike: 'cannot be told from the best',
};

/** All that the looks of a cell say, in words, and what stands in it, by which speech control finds it. */
export function cellLabel(props: {
  readonly cell: Cell;
  readonly measure: Measure;
  readonly standing: Standing;
  readonly fit: Fit | null;
}): string {
  const { cell, measure, standing, fit } = props;
  const { workers } = cell.variables;
  const value = measure.valueOf(cell);
  return [
    `${plural(workers, 'worker')}, ${poolWords(cell.variables)}`,
    value === null ? 'no value' : valueWords(measure, value),
    ...(standing === null ? [] : [STANDING_WORDS[standing]]),
    ...(fit === null ? [] : [fitWords(fit)]),
  ].join('; ');
}

function poolWords({ poolKind, poolSize }: Cell['variables']): string {
  if (poolKind === 'null') return 'no pool';
  return `pool size ${poolSize === 0 ? 'unlimited' : poolSize}`;
}

function valueWords({ inWords, compact }: Measure, value: number): string {
  const words = inWords(value);
  const shown = compact(value);
  return words.split(' ').includes(shown) ? words : `${words}, shown as ${shown}`;
}

function fitWords({ fits, fitsDuringRollout }: Fit): string {
  if (!fits) return 'over the connection budget';
  return fitsDuringRollout ? 'within the budget' : 'over the budget during a rolling deploy';
}
