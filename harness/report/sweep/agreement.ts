import { formatClaim, formatCount, plural } from '../format.ts';
import type { SweepView } from './sweep-view.ts';

/** Predicted against observed refusals, over all cells that were measured. */
export interface Agreement {
  /** `22 of 24 cells as the arithmetic says: …`. */
  readonly text: string;
  /** A sentence for each cell in which it was wrong. */
  readonly disagreements: readonly string[];
}

export function agreementOf(view: SweepView): Agreement {
  const judged = view.result.cells.flatMap((cell) =>
    cell.budget === null ? [] : { cell, budget: cell.budget },
  );
  const agreeing = judged.filter(({ budget }) => budget.agrees);
  const refused = agreeing.filter(({ budget }) => budget.observedRefusals).length;
  const disagreeing = judged.filter(({ budget }) => !budget.agrees);
  if (judged.length === 0) return { text: 'no cell was measured', disagreements: [] };
  const counts = `${formatCount(refused)} refused, ${formatCount(agreeing.length - refused)} not`;
  return {
    text: `${formatCount(agreeing.length)} of ${plural(judged.length, 'cell')} went as the arithmetic says (${counts})`,
    disagreements: disagreeing.map(({ cell, budget }) => {
      const { ceiling, usable } = budget.predicted;
      const reach =
        budget.reachable === ceiling
          ? ''
          : `, of which the load reaches ${formatClaim(budget.reachable)}`;
      const happened = budget.observedRefusals
        ? `${plural(cell.requests.refused, 'connection')} refused, none predicted`
        : 'refusals predicted, none observed';
      return `${cell.variables.workload} ${view.name(cell)}: ${happened}; it can open ${formatClaim(ceiling)} of ${formatCount(usable)}${reach}`;
    }),
  };
}
