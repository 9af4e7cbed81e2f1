import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { computeBudget } from '../../sizing/budget.ts';
import type { Claim } from '../../sizing/claim.ts';
import { shapeOfPool } from '../../sizing/process-claim.ts';
import { poolerOfTrial } from '../estimates/pooler-of-trial.ts';
import type { MeasuredRound } from './cell-rounds.ts';
import type { CellResult } from './sweep-result.ts';

/**
 * The arithmetic beside what happened in any of the measured rounds. A trial without a rolling restart
 * predicts none; here the deploy that the sweep is planned for is always predicted. Where others held
 * more connections in one round than in another, the most counts.
 */
export function cellBudget(
  rounds: readonly MeasuredRound[],
  { predictedSurge, base }: Pick<SweepPlan, 'predictedSurge' | 'base'>,
): CellResult['budget'] {
  const most = rounds.reduce<MeasuredRound | null>(
    (found, it) =>
      found === null || it.trial.budget.others > found.trial.budget.others ? it : found,
    null,
  );
  if (most === null) return null;
  const { plan, connections, budget } = most.trial;
  const predictedRefusals = rounds.some(({ trial }) => trial.budget.predictedRefusals);
  const observedRefusals = rounds.some(({ trial }) => trial.budget.observedRefusals);
  const clients = budget.clients === null ? null : clientsOf(rounds, budget.clients.reachable);
  const refusedBehindIt = rounds.some(
    ({ trial: { budget: it } }) => it.observedRefusals && it.clients?.observedRefusals === false,
  );
  return {
    others: budget.others,
    predicted: computeBudget({
      workers: plan.workers,
      shape: shapeOfPool(plan.pool),
      rolloutSurge: Math.max(predictedSurge, base.rolloutSurge),
      maxConnections: connections.maxConnections,
      superuserReserved: connections.superuserReserved,
      reserved: connections.reserved,
      others: budget.others,
      pooler: poolerOfTrial(most.trial).pooler,
    }),
    reachable: budget.reachable,
    predictedRefusals,
    observedRefusals,
    agrees:
      budget.reached === 'unknown' || (predictedRefusals === observedRefusals && !refusedBehindIt),
    reached: budget.reached,
    clients,
    rolloutObserved: base.rolloutSurge > 0,
  };
}

/** The pooler's part, of all rounds together. */
function clientsOf(
  rounds: readonly MeasuredRound[],
  reachable: Claim,
): NonNullable<NonNullable<CellResult['budget']>['clients']> {
  const clients = rounds.flatMap(({ trial }) => trial.budget.clients ?? []);
  return {
    reachable,
    predictedRefusals: clients.some(({ predictedRefusals }) => predictedRefusals),
    observedRefusals: clients.some(({ observedRefusals }) => observedRefusals),
  };
}
