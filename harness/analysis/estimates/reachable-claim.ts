import { connectionsOf } from '../../load/load-engine.ts';
import { checkoutsOfRequest } from '../../plan/checkouts-of-request.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import type { Claim } from '../../sizing/claim.ts';
import { reachableConnections } from '../../sizing/reachable-connections.ts';

/** Connections of the pools that the load can make them open, whatever they reach. */
export function reachableByLoad(
  plan: Pick<
    TrialPlan,
    'rolloutSurge' | 'workload' | 'workloadParams' | 'pool' | 'workers' | 'load' | 'service'
  >,
  claims: { readonly rolloutCeiling: Claim },
): Claim {
  if (plan.rolloutSurge > 0 || plan.service?.shapeKnown === false) return claims.rolloutCeiling;
  const requests = connectionsOf(plan.load.model);
  return reachableConnections(plan.pool, plan.workers, requests * checkoutsOfRequest(plan));
}
