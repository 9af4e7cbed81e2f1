import type { TrialPlan } from '../../plan/trial-plan.ts';
import { type PoolerLimits, poolerLimits } from '../../sizing/pooler-limits.ts';
import type { BudgetObservation, MeasuredTrial } from '../trial-result.ts';

/** What the pools of a trial connected to, with the pooler's limits where it is one whose limits are known. */
export function poolerOfTrial({
  plan,
  api,
}: {
  readonly plan: Pick<TrialPlan, 'pooler'>;
  readonly api: Pick<MeasuredTrial['api'], 'via' | 'viaLimits'>;
}): {
  readonly reached: BudgetObservation['reached'];
  readonly pooler: PoolerLimits | null;
} {
  const pooler = poolerLimits(plan.pooler) ?? api.viaLimits;
  if (pooler !== null) return { reached: 'pooler', pooler };
  return { reached: api.via === null ? 'postgres' : 'unknown', pooler: null };
}
