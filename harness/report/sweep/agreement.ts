import type { CellResult } from '../../analysis/sweep/sweep-result.ts';
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
  const isService = view.result.plan.base.service !== null;
  const judged = view.result.cells.flatMap((cell) =>
    cell.budget === null || whyNotJudged(cell, isService) !== null
      ? []
      : { cell, budget: cell.budget },
  );
  const agreeing = judged.filter(({ budget }) => budget.agrees);
  const refused = agreeing.filter(({ budget }) => budget.observedRefusals).length;
  const disagreeing = judged.filter(({ budget }) => !budget.agrees);
  if (judged.length === 0) {
    const whys = view.result.cells.flatMap((cell) => whyNotJudged(cell, isService) ?? []);
    return { text: whys[0] ?? 'no cell was measured', disagreements: [] };
  }
  const unseen = view.result.cells.filter(
    ({ budget }) => budget !== null && !budget.refusalsVisible,
  ).length;
  const unjudged =
    unseen === 0
      ? ''
      : `; of ${plural(unseen, 'more cell')} it is not seen whether they were refused`;
  const untried = isService
    ? view.result.cells.filter((cell) => whyNotJudged(cell, isService) === UNTRIED).length
    : 0;
  const idle = untried === 0 ? '' : `; ${plural(untried, 'more cell')} opened no connection`;
  const counts = `${formatCount(refused)} refused, ${formatCount(agreeing.length - refused)} not`;
  return {
    text: `${formatCount(agreeing.length)} of ${plural(judged.length, 'cell')} went as the arithmetic says (${counts})${unjudged}${idle}`,
    disagreements: disagreeing.map(({ cell, budget }) => {
      const { clients } = budget.predicted;
      const ceiling = (clients ?? budget.predicted).ceiling;
      const reachable = (budget.clients ?? budget).reachable;
      const claim =
        clients === null
          ? `it can open ${formatClaim(ceiling)} of ${formatCount(budget.predicted.usable)}`
          : `it can be ${formatClaim(ceiling)} clients of ${formatCount(clients.clients)} that PgBouncer takes`;
      const reach =
        reachable === ceiling ? '' : `, of which the load reaches ${formatClaim(reachable)}`;
      const happened = budget.observedRefusals
        ? `${cell.requests.refused === 0 ? 'connections' : plural(cell.requests.refused, 'connection')} refused, none predicted`
        : `refusals predicted, none observed${openedText(view, cell)}`;
      return `${cell.variables.workload} ${view.name(cell)}: ${happened}; ${claim}${reach}`;
    }),
  };
}

/** A service's clients may reach one of its workers more than another, so that not all of its pools fill. */
function openedText({ result }: SweepView, { connections }: CellResult): string {
  if (result.plan.base.service === null || connections === null) return '';
  return `: it opened ${formatCount(connections.peakWorkers)} at most`;
}

const UNTRIED = 'nothing was put to the test: the service opened no connection';

/** Why there is nothing to compare; `null`: there is. */
function whyNotJudged({ budget, connections }: CellResult, isService: boolean): string | null {
  if (budget === null) return null;
  if (budget.reached === 'unknown') {
    return 'nothing was predicted: what the API connects through did not tell its limits';
  }
  if (!budget.shapeKnown) {
    return 'nothing was predicted: nobody told what the service may open (--workers, --pool-size and --max-overflow do)';
  }
  if (!budget.refusalsVisible) return 'whether any were refused is not seen: see NOT SEEN';
  return isService && connections?.peakWorkers === 0 && !budget.observedRefusals ? UNTRIED : null;
}
