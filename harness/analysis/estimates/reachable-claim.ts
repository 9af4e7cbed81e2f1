import type { PoolShape } from '../../../server/contract.ts';
import { connectionsOf } from '../../load/load-engine.ts';
import { checkoutsOfRequest } from '../../plan/checkouts-of-request.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import type { Claim } from '../../sizing/claim.ts';
import { shapeOfPool } from '../../sizing/process-claim.ts';
import { reachableConnections } from '../../sizing/reachable-connections.ts';

/** Nobody knows where it ends, so that it ends nowhere. */
const WITHOUT_BOUNDS: PoolShape = { poolSize: 0, maxOverflow: -1 };

/** Of each process; of a service whose shape nobody told it has no bounds. */
export function shapeOfPlan({
  pool,
  service,
}: {
  readonly pool: Pick<TrialPlan['pool'], 'kind' | 'poolSize' | 'maxOverflow'>;
  readonly service: TrialPlan['service'];
}): PoolShape {
  return service?.shapeKnown === false ? WITHOUT_BOUNDS : shapeOfPool(pool);
}

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
