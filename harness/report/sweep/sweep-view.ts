import { shapeOfPlan } from '../../analysis/estimates/shape-of-plan.ts';
import type { CellResult, Situation, SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { deploySurge } from '../../plan/sweep/deploy-surge.ts';
import { type Budget, computeBudget } from '../../sizing/budget.ts';
import { poolerLimits } from '../../sizing/pooler-limits.ts';
import { cellText } from './cell-words.ts';

/** What every sweep report looks up, made once: 2,000 cells are not searched for each of 2,000 cells. */
export interface SweepView {
  readonly result: SweepResult;
  cell(id: string | null): CellResult | null;
  cellsOf(situation: Situation): readonly CellResult[];
  name(cell: CellResult): string;
  /** As it was measured; of a cell that was not, by the same arithmetic. */
  budget(cell: CellResult): Budget;
}

/** The lab's own monitor, which is there in every trial. */
const OTHERS_UNMEASURED = 1;

export function viewSweep(result: SweepResult): SweepView {
  const { base, axes } = result.plan;
  const byId = new Map(result.cells.map((cell) => [cell.id, cell]));
  const measured = result.cells.flatMap(({ budget }) => budget?.others ?? []);
  const others = measured.reduce((most, count) => Math.max(most, count), OTHERS_UNMEASURED);
  const cell = (id: string | null): CellResult | null =>
    id === null ? null : (byId.get(id) ?? null);
  return {
    result,
    cell,
    cellsOf: ({ cells }) => cells.flatMap((id) => cell(id) ?? []),
    name: ({ variables }) => cellText(variables, axes),
    budget: ({ variables, budget }) =>
      budget?.predicted ??
      computeBudget({
        workers: variables.workers,
        shape: shapeOfPlan({
          pool: {
            kind: variables.poolKind,
            poolSize: variables.poolSize,
            maxOverflow: variables.maxOverflow,
          },
          service: base.service,
        }),
        rolloutSurge: deploySurge(result.plan, variables.workers),
        maxConnections: variables.maxConnections,
        superuserReserved: base.postgres.superuserReservedConnections,
        reserved: base.postgres.reservedConnections,
        others,
        pooler: poolerLimits(base.pooler),
      }),
  };
}
