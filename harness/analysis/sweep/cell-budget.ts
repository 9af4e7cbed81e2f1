import { deploySurge } from '../../plan/sweep/deploy-surge.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { computeBudget } from '../../sizing/budget.ts';
import type { Claim } from '../../sizing/claim.ts';
import { poolerOfTrial } from '../estimates/pooler-of-trial.ts';
import { shapeOfPlan } from '../estimates/shape-of-plan.ts';
import { type BudgetObservation, type WatchedTrial, watchedTrial } from '../trial-result.ts';
import type { MeasuredRound } from './cell-rounds.ts';
import type { CellResult } from './sweep-result.ts';

/**
 * The arithmetic beside what happened in any of the measured rounds. A trial without a rolling restart
 * predicts none; here the deploy that the sweep is planned for is always predicted. Where others held
 * more connections in one round than in another, the most counts. `null` as well where no database was in sight.
 */
export function cellBudget(
  rounds: readonly MeasuredRound[],
  sweep: Pick<SweepPlan, 'predictedSurge' | 'base'>,
): CellResult['budget'] {
  const watched = rounds.flatMap(({ trial }) => watchedTrial(trial) ?? []);
  const most = watched.reduce<WatchedTrial | null>(
    (found, it) => (found === null || it.budget.others > found.budget.others ? it : found),
    null,
  );
  if (most === null) return null;
  const { plan, connections, budget } = most;
  const budgets = watched.map((it) => it.budget);
  const predictedRefusals = budgets.some((it) => it.predictedRefusals);
  const observedRefusals = budgets.some((it) => it.observedRefusals);
  const clients = budget.clients === null ? null : clientsOf(budgets, budget.clients.reachable);
  const refusedBehindIt = budgets.some(
    (it) => it.observedRefusals && it.clients?.observedRefusals === false,
  );
  return {
    others: budget.others,
    predicted: computeBudget({
      workers: plan.workers,
      shape: shapeOfPlan(plan),
      rolloutSurge: deploySurge(sweep, plan.workers),
      maxConnections: connections.maxConnections,
      superuserReserved: connections.superuserReserved,
      reserved: connections.reserved,
      others: budget.others,
      pooler: poolerOfTrial(most).pooler,
    }),
    reachable: budget.reachable,
    predictedRefusals,
    observedRefusals,
    agrees:
      plan.service === null
        ? budget.reached === 'unknown' ||
          (predictedRefusals === observedRefusals && !refusedBehindIt)
        : budgets.every(({ agrees }) => agrees),
    reached: budget.reached,
    shapeKnown: budget.shapeKnown,
    refusalsVisible: budgets.every(({ refusalsVisible }) => refusalsVisible),
    clients,
    rolloutObserved: sweep.base.rolloutSurge > 0,
  };
}

/** The pooler's part, of all rounds together. */
function clientsOf(
  budgets: readonly BudgetObservation[],
  reachable: Claim,
): NonNullable<NonNullable<CellResult['budget']>['clients']> {
  const all = budgets.flatMap(({ clients }) => clients ?? []);
  return {
    reachable,
    predictedRefusals: all.some(({ predictedRefusals }) => predictedRefusals),
    observedRefusals: all.some(({ observedRefusals }) => observedRefusals),
  };
}
