import { computeBudget } from '../../sizing/budget.ts';
import { claimBehind } from '../../sizing/pooled-budget.ts';
import { shapeOfPool } from '../../sizing/process-claim.ts';
import { countedConnections } from '../../sizing/reachable-connections.ts';
import { sumOf } from '../failed-endings.ts';
import type { TrialObservations } from '../trial-observations.ts';
import type { BudgetObservation } from '../trial-result.ts';
import { timesOpened } from './left-behind.ts';
import { poolerOfTrial } from './pooler-of-trial.ts';
import { reachableByLoad } from './reachable-claim.ts';

/**
 * The arithmetic beside what happened. Refusals are predicted for what the trial did: few requests
 * at the same time cannot make the pools open all that they may, see `reachableConnections`. During a
 * rolling restart the clients move on and leave idle connections behind: there the ceiling alone counts. A
 * refusal that a retry made up for is one.
 * What a fault cut off lives on at PostgreSQL beside what replaces it, and without a pool the end of a connection
 * beside the next one, see `countedConnections`: refusals that this explains are no contradiction.
 *
 * Behind a pooler it is the pooler that refuses, by its limit of clients. What PostgreSQL refuses it, it keeps
 * to itself while it has any connection at all: its clients wait (seen with PgBouncer 1.18, and so in the source
 * of 1.25), so that no refusal is predicted for too many connections behind it.
 */
export function budgetObservation(seen: TrialObservations): BudgetObservation {
  const { plan, limits, others, load } = seen;
  const { reached, pooler } = poolerOfTrial(seen);
  const predicted = computeBudget({
    workers: plan.workers,
    shape: shapeOfPool(plan.pool),
    rolloutSurge: plan.rolloutSurge,
    ...limits,
    others,
    pooler,
  });
  const opened = reachableByLoad(plan, predicted.clients ?? predicted);
  const refusals = load.ledger.attempts.refusalReasons;
  const observedRefusals = sumOf(refusals) > 0;
  const counted = opened === null ? null : countedConnections(plan.pool.kind, opened);
  if (pooler === null) {
    const predictedRefusals = opened === null || opened > predicted.usable;
    const explained = observedRefusals && lingering(seen) * (counted ?? 0) > predicted.usable;
    const agrees = predictedRefusals === observedRefusals || reached === 'unknown' || explained;
    return {
      others,
      predicted,
      reachable: opened,
      predictedRefusals,
      observedRefusals,
      agrees,
      reached,
      shapeKnown: plan.service?.shapeKnown ?? true,
      clients: null,
    };
  }
  const clients = {
    reachable: opened,
    predictedRefusals: opened === null || opened > pooler.clients,
    observedRefusals: (refusals['pooler_clients'] ?? 0) > 0,
  };
  const explained = clients.observedRefusals && (counted ?? 0) > pooler.clients;
  const byPostgres = sumOf(refusals) > (refusals['pooler_clients'] ?? 0);
  return {
    others,
    predicted,
    reachable: claimBehind(pooler, opened),
    predictedRefusals: clients.predictedRefusals,
    observedRefusals,
    agrees: (clients.predictedRefusals === clients.observedRefusals || explained) && !byPostgres,
    reached,
    shapeKnown: plan.service?.shapeKnown ?? true,
    clients,
  };
}

/** With those that began. */
function lingering({ faults }: Pick<TrialObservations, 'faults'>): number {
  return timesOpened(faults.filter(({ startedMs }) => startedMs !== null));
}
