import { connectionsOf } from '../../load/load-engine.ts';
import { computeBudget } from '../../sizing/budget.ts';
import { shapeOfPool } from '../../sizing/process-claim.ts';
import { reachableConnections } from '../../sizing/reachable-connections.ts';
import { sumOf } from '../failed-endings.ts';
import type { TrialObservations } from '../trial-observations.ts';
import type { MeasuredTrial } from '../trial-result.ts';

/**
 * The arithmetic beside what happened. Refusals are predicted for what the trial did: few requests
 * at the same time cannot make the pools open all that they may, see `reachableConnections`. During a
 * rolling restart the clients move on and leave idle connections behind, and a fan-out asks for
 * several at once: there the ceiling alone counts. A refusal that a retry made up for is one.
 */
export function budgetObservation({
  plan,
  limits,
  others,
  load,
}: TrialObservations): MeasuredTrial['budget'] {
  const predicted = computeBudget({
    workers: plan.workers,
    shape: shapeOfPool(plan.pool),
    rolloutSurge: plan.rolloutSurge,
    ...limits,
    others,
  });
  const oneEach = plan.rolloutSurge === 0 && !['fan-out', 'mixed'].includes(plan.workload);
  const ceiling = plan.rolloutSurge > 0 ? predicted.rolloutCeiling : predicted.ceiling;
  const reachable = oneEach
    ? reachableConnections(plan.pool, plan.workers, connectionsOf(plan.load.model))
    : ceiling;
  const predictedRefusals = reachable === null || reachable > predicted.usable;
  const observedRefusals = sumOf(load.ledger.attempts.refusalReasons) > 0;
  return {
    others,
    predicted,
    reachable,
    predictedRefusals,
    observedRefusals,
    agrees: predictedRefusals === observedRefusals,
  };
}
