import { computeBudget } from '../../sizing/budget.ts';
import { claimBehind } from '../../sizing/pooled-budget.ts';
import { countedConnections } from '../../sizing/reachable-connections.ts';
import { sumOf } from '../failed-endings.ts';
import type { TrialObservations, WatchedObservations } from '../trial-observations.ts';
import type { BudgetObservation } from '../trial-result.ts';
import { timesOpened } from './left-behind.ts';
import { poolerOfTrial } from './pooler-of-trial.ts';
import { reachableByLoad } from './reachable-claim.ts';
import { serviceRefusals } from './service-refusals.ts';
import { shapeOfPlan } from './shape-of-plan.ts';

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
 *
 * A service may take several connections for one request, or open all of them when it starts: what it opens
 * beyond what its callers can make the lab's own pools open is no contradiction, as long as it is what it may open.
 */
export function budgetObservation(seen: WatchedObservations): BudgetObservation {
  const { plan, limits, others, load } = seen;
  const { reached, pooler } = poolerOfTrial(seen);
  const predicted = computeBudget({
    workers: plan.workers,
    shape: shapeOfPlan(plan),
    rolloutSurge: plan.rolloutSurge,
    ...limits,
    others,
    pooler,
  });
  const opened = reachableByLoad(plan, predicted.clients ?? predicted);
  const refusals = load.ledger.attempts.refusalReasons;
  const shapeKnown = plan.service?.shapeKnown ?? true;
  const { observed: observedRefusals, visible } = serviceRefusals(seen, sumOf(refusals));
  const counted = opened === null ? null : countedConnections(plan.pool.kind, opened);
  if (pooler === null) {
    const predictedRefusals = shapeKnown && (opened === null || opened > predicted.usable);
    const most =
      plan.service === null
        ? (counted ?? 0)
        : (predicted.rolloutCeiling ?? Number.POSITIVE_INFINITY);
    const explained = observedRefusals && lingering(seen) * most > predicted.usable;
    const isCompared =
      shapeKnown && visible && reached !== 'unknown' && wasTried(seen, observedRefusals);
    const agrees = predictedRefusals === observedRefusals || !isCompared || explained;
    return {
      others,
      predicted,
      reachable: opened,
      predictedRefusals,
      observedRefusals,
      agrees,
      reached,
      shapeKnown,
      refusalsVisible: visible,
      clients: null,
    };
  }
  const clients = {
    reachable: opened,
    predictedRefusals: shapeKnown && (opened === null || opened > pooler.clients),
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
    agrees:
      !shapeKnown ||
      !visible ||
      ((clients.predictedRefusals === clients.observedRefusals || explained) && !byPostgres),
    reached,
    shapeKnown,
    refusalsVisible: visible,
    clients,
  };
}

/** A service that PostgreSQL never saw has shown nothing of its pools, and a deploy that did not happen nothing of two. */
function wasTried(
  { service, server, rollout }: WatchedObservations,
  observedRefusals: boolean,
): boolean {
  if (service === null || observedRefusals) return true;
  return server.peakWorkers > 0 && (rollout?.failure ?? null) === null;
}

/** With those that began. */
function lingering({ faults }: Pick<TrialObservations, 'faults'>): number {
  return timesOpened(faults.filter(({ startedMs }) => startedMs !== null));
}
