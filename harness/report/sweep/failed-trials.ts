import { formatCount } from '../format.ts';
import { plainText } from './plain-text.ts';
import type { SweepView } from './sweep-view.ts';

/** Why trials have no measurement: each error code once, with one of its messages and its hint. */
export function failedTrials(view: SweepView): readonly string[] {
  const failed = view.result.cells.flatMap((cell) =>
    cell.rounds.flatMap((round) => (round.state === 'failed' ? { cell, round } : [])),
  );
  const groups = Map.groupBy(failed, ({ round }) => round.error.code);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { cell, round } = first;
    const { code, message, hint } = round.error;
    const where = `${cell.variables.workload} ${view.name(cell)}, round ${round.round}`;
    return `${formatCount(group.length)} × ${plainText(code)}, e.g. ${where}: ${plainText(message)} → ${plainText(hint)}`;
  });
}
