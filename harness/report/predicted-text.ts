import type { WatchedTrial } from '../analysis/trial-result.ts';
import { connectionsOf } from '../load/load-engine.ts';
import { waitingBehind } from '../sizing/pooled-budget.ts';
import { countedConnections } from '../sizing/reachable-connections.ts';
import { formatClaim, formatCount, plural } from './format.ts';
import type { Paint } from './paint.ts';
import { refusedBy } from './pooler-text.ts';

/** Behind a pooler two things are predicted: what it takes of the pools, and what it takes of PostgreSQL. */
export function predictedText(trial: WatchedTrial): string {
  const { budget, connections, api } = trial;
  const { predicted } = budget;
  const reserved = connections.superuserReserved + connections.reserved;
  const usable = `${formatCount(predicted.usable)} = ${formatCount(connections.maxConnections)} − ${formatCount(reserved)} reserved − ${plural(budget.others, 'other')} (this lab's monitor among them)`;
  if (!budget.shapeKnown) {
    return `nothing: nobody told what the service may open (--workers, --pool-size and --max-overflow do, or {workers}, {poolSize} and {maxOverflow} in what it is started with); usable ${usable}`;
  }
  if (budget.reached === 'unknown') {
    return `nothing: the API connects through ${api.via}, which did not tell its limits; usable ${usable}`;
  }
  const { clients } = predicted;
  if (clients === null) {
    const ends = endsText(trial, { by: 'PostgreSQL', limit: predicted.usable });
    return `${verdictText(trial, '', ends)}: ${claimsText(trial, predicted, budget.reachable)}${ends}; usable ${usable}`;
  }
  const reachable = budget.clients?.reachable ?? null;
  const ends = endsText(trial, { by: 'it', limit: clients.clients });
  const verdict = verdictText(trial, ' by PgBouncer', ends);
  return `${verdict}: clients ${claimsText(trial, clients, reachable)}, of ${formatCount(clients.clients)} that it takes${ends}; behind it at most ${plural(predicted.rolloutCeiling ?? clients.servers, 'connection')}; usable ${usable}${shortText(trial)}`;
}

function verdictText({ budget }: WatchedTrial, by: string, ends: string): string {
  if (budget.predictedRefusals) return `refused${by}`;
  return ends === '' ? 'not refused' : `perhaps refused${by}`;
}

/** Who counts more connections than there are callers, and so may refuse some although these fit. */
function endsText(
  { budget, plan }: WatchedTrial,
  { by, limit }: { readonly by: string; readonly limit: number },
): string {
  const reachable = budget.clients === null ? budget.reachable : budget.clients.reachable;
  if (budget.predictedRefusals || reachable === null) return '';
  const counted = countedConnections(plan.pool.kind, reachable);
  return counted > limit
    ? ` (${by} counts a connection until it has seen its end, and so up to ${formatCount(counted)})`
    : '';
}

function claimsText(
  { plan }: WatchedTrial,
  claims: {
    readonly floor: number | null;
    readonly ceiling: number | null;
    readonly rolloutCeiling: number | null;
  },
  reachable: number | null,
): string {
  const { model } = plan.load;
  const callers =
    model.kind === 'closed'
      ? plural(connectionsOf(model), 'client')
      : plural(connectionsOf(model), 'request in flight', 'requests in flight');
  const deploys = plan.rolloutSurge > 0;
  const inDeploy = deploys ? `, in the deploy ${formatClaim(claims.rolloutCeiling)}` : '';
  const byLoad =
    deploys || reachable === claims.ceiling ? '' : `, by ${callers} ${formatClaim(reachable)}`;
  return `idle ${formatClaim(claims.floor)}, busy ${formatClaim(claims.ceiling)}${inDeploy}${byLoad}`;
}

/** What nobody is refused for, and what is felt all the same. */
function shortText({ plan, budget }: WatchedTrial): string {
  const { predicted } = budget;
  const { clients, usable } = predicted;
  if (clients === null) return '';
  const short =
    clients.servers > usable
      ? `. PostgreSQL refuses PgBouncer what is beyond, which it does not pass on while it has a connection: the API waits, and everybody else gets none`
      : '';
  const reachable = budget.clients?.reachable ?? null;
  const servers = Math.min(clients.servers, usable);
  const waiting = waitingBehind({ clients: clients.clients, servers }, reachable);
  const starves = clients.mode === 'session' && waiting > 0;
  const leaves =
    plan.pool.kind === 'null'
      ? 'until another one is done'
      : 'until another one leaves, which pools keep from doing';
  const kept = starves
    ? `. In session mode ${plural(waiting, 'client')} can wait in it ${leaves}`
    : '';
  return `${short}${kept}`;
}

/** Who refused, if anybody. */
export function observedText(trial: WatchedTrial): string {
  const { observedRefusals, refusalsVisible } = trial.budget;
  if (!observedRefusals) return refusalsVisible ? 'not refused' : 'perhaps refused, nobody told';
  return {
    postgres: 'refused',
    pooler: 'refused by PgBouncer',
    both: 'refused, also by PgBouncer',
  }[refusedBy(trial)];
}

/** Whether what was predicted happened. */
export function agreementText(
  { budget, api, connections, service, rollout }: WatchedTrial,
  paint: Paint,
): string {
  if (budget.reached === 'unknown' || !budget.shapeKnown) return 'nothing was predicted';
  if (!budget.refusalsVisible) return 'whether as predicted is not seen';
  if (service !== null && connections.peakWorkers === 0 && !budget.observedRefusals) {
    return 'whether as predicted is not seen: it opened no connection';
  }
  if (service !== null && (rollout?.failure ?? null) !== null && !budget.observedRefusals) {
    return 'whether as predicted is not seen: the deploy failed before';
  }
  const unfilled = service !== null && budget.predictedRefusals && !budget.observedRefusals;
  const why =
    api.via !== null
      ? ': see VIA'
      : unfilled
        ? `: it opened ${formatCount(connections.peakWorkers)} at most`
        : '';
  return budget.agrees ? paint.green('✓ as predicted') : paint.red(`✗ not as predicted${why}`);
}
