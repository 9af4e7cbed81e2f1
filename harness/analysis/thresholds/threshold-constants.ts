import type { FactName } from '../../plan/thresholds/threshold-facts.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import { type Budget, type BudgetInput, computeBudget } from '../../sizing/budget.ts';
import { poolerLimits } from '../../sizing/pooler-limits.ts';
import { shapeOfPlan } from '../estimates/shape-of-plan.ts';

/** Facts that are known before the load starts and stay as they are. */
export function thresholdConstants(known: {
  readonly plan: Pick<TrialPlan, 'workers' | 'pool' | 'rolloutSurge' | 'pooler' | 'service'>;
  readonly limits: Pick<BudgetInput, 'maxConnections' | 'superuserReserved' | 'reserved'>;
  readonly others: number;
  readonly cores: number;
}): Readonly<Partial<Record<FactName, number>>> {
  const { plan, limits, others, cores } = known;
  const { usable, floor, ceiling, rolloutCeiling } = computeBudget({
    workers: plan.workers,
    shape: shapeOfPlan(plan),
    rolloutSurge: plan.rolloutSurge,
    ...limits,
    others,
    pooler: poolerLimits(plan.pooler),
  });
  return {
    max_connections: limits.maxConnections,
    usable,
    others,
    cores,
    // Of a service that nobody knows the shape of these are no facts.
    ...(plan.service?.shapeKnown === false ? {} : claimsOf({ floor, ceiling, rolloutCeiling })),
  };
}

function claimsOf({
  floor,
  ceiling,
  rolloutCeiling,
}: Pick<Budget, 'floor' | 'ceiling' | 'rolloutCeiling'>): Readonly<
  Partial<Record<FactName, number>>
> {
  return {
    floor: floor ?? Number.POSITIVE_INFINITY,
    ceiling: ceiling ?? Number.POSITIVE_INFINITY,
    rollout_ceiling: rolloutCeiling ?? Number.POSITIVE_INFINITY,
  };
}
