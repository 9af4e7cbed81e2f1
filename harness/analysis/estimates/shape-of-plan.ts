import type { PoolShape } from '../../../server/contract.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import { shapeOfPool } from '../../sizing/process-claim.ts';

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
