import { deploySurge } from '../../plan/sweep/deploy-surge.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { type Budget, computeBudget } from '../../sizing/budget.ts';
import { poolerLimits } from '../../sizing/pooler-limits.ts';
import { shapeOfPlan } from '../estimates/shape-of-plan.ts';
import type { CellLine } from './cell-lines.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import type { Situation } from './sweep-result.ts';

/** Without a single measured cell: the lab's own monitor. */
const OTHERS_AT_LEAST = 1;

type Frontier = Situation['frontier'][number];

/**
 * Up to which pool size each line fits by the arithmetic, and was not refused. Lines without a pool have
 * none. With a rolling restart in every trial what was not refused in it was not refused at rest either,
 * so both observed sizes are the same then.
 */
export function frontierOf(
  lines: readonly CellLine[],
  plan: Pick<SweepPlan, 'predictedSurge' | 'base'>,
): Frontier[] {
  const others = lines
    .flatMap((line) => line.cells)
    .reduce((most, { budget }) => Math.max(most, budget?.others ?? 0), OTHERS_AT_LEAST);
  return lines
    .filter(({ of }) => of.poolKind !== 'null')
    .map((line) => {
      const budgets = line.cells.map((cell) => ({
        cell,
        budget: cell.budget?.predicted ?? predictedFor(cell, plan, others),
      }));
      const observed = observedSize(line.cells);
      return {
        ...line.of,
        predictedSteady: predictedSize(budgets, ({ fits }) => fits),
        predictedRollout: predictedSize(budgets, ({ fitsDuringRollout }) => fitsDuringRollout),
        observedSteady: observed,
        observedRollout: plan.base.rolloutSurge > 0 ? observed : null,
      };
    });
}

/** The largest before the first that does not fit. */
function predictedSize(
  budgets: readonly { readonly cell: SummarizedCell; readonly budget: Budget }[],
  fits: (budget: Budget) => boolean,
): number | null {
  const beyond = budgets.findIndex(({ budget }) => !fits(budget));
  const within = beyond === -1 ? budgets : budgets.slice(0, beyond);
  return within.at(-1)?.cell.variables.poolSize ?? null;
}

/** The largest measured one before the first that was refused. A cell without a measurement says nothing. */
function observedSize(cells: readonly SummarizedCell[]): number | null {
  const known = cells.filter(({ state }) => state !== 'not_measured');
  const refused = known.findIndex(wasRefused);
  const within = refused === -1 ? known : known.slice(0, refused);
  return within.findLast(({ state }) => state !== 'invalid')?.variables.poolSize ?? null;
}

function wasRefused({ requests, budget }: SummarizedCell): boolean {
  return requests.refused > 0 || budget?.observedRefusals === true;
}

function predictedFor(
  { variables }: SummarizedCell,
  sweep: Pick<SweepPlan, 'predictedSurge' | 'base'>,
  others: number,
): Budget {
  const { base } = sweep;
  const { workers, poolKind, poolSize, maxOverflow, maxConnections } = variables;
  const pool = { kind: poolKind, poolSize, maxOverflow };
  return computeBudget({
    workers,
    shape: shapeOfPlan({ pool, service: base.service }),
    rolloutSurge: deploySurge(sweep, workers),
    maxConnections,
    superuserReserved: base.postgres.superuserReservedConnections,
    reserved: base.postgres.reservedConnections,
    others,
    pooler: poolerLimits(base.pooler),
  });
}
