import { connectionsOf } from '../../load/load-engine.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import type { Claim } from '../../sizing/claim.ts';
import { reachableConnections } from '../../sizing/reachable-connections.ts';

/** Connections of the pools that the load can make them open, whatever they reach. */
export function reachableByLoad(
  plan: Pick<TrialPlan, 'rolloutSurge' | 'workload' | 'pool' | 'workers' | 'load'>,
  claims: { readonly ceiling: Claim; readonly rolloutCeiling: Claim },
): Claim {
  if (plan.rolloutSurge > 0) return claims.rolloutCeiling;
  if (['fan-out', 'mixed'].includes(plan.workload)) return claims.ceiling;
  return reachableConnections(plan.pool, plan.workers, connectionsOf(plan.load.model));
}
