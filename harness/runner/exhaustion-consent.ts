import { timesOpened } from '../analysis/estimates/left-behind.ts';
import { reachableByLoad } from '../analysis/estimates/reachable-claim.ts';
import { shapeOfPlan } from '../analysis/estimates/shape-of-plan.ts';
import { LabError } from '../lab-error.ts';
import type { DatabaseAsked } from '../plan/database-asked.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { ForeignDatabase } from '../postgres/foreign-database.ts';
import { shapeText } from '../report/shape-text.ts';
import { computeBudget } from '../sizing/budget.ts';
import type { Claim } from '../sizing/claim.ts';
import { FREE_SLOTS_MIN, leavesEnough } from '../sizing/free-slots.ts';
import { claimBehind } from '../sizing/pooled-budget.ts';
import { poolerLimits } from '../sizing/pooler-limits.ts';
import { countedConnections } from '../sizing/reachable-connections.ts';

/** One configuration that is to be measured there. */
export interface AskedCell {
  /** Of a sweep; `null`: the only one. */
  readonly id: string | null;
  readonly plan: TrialPlan;
}

/** Enough to see what they have in common. */
const CELLS_SHOWN = 3;

/**
 * On a server that is not the lab's, what is asked for must leave slots to everybody else, unless it was
 * said that it need not. What a fault is going to cut off counts beside what replaces it. What stands between API and server and is not the lab's own is not counted on.
 *
 * @param load whether it is the lab's own that is put on it: anybody's can open all that the pools may
 * @throws LabError REFUSED_EXHAUSTION
 */
export function requireFreeSlots(
  database: ForeignDatabase | null,
  asked: DatabaseAsked,
  { cells, load }: { readonly cells: readonly AskedCell[]; readonly load: 'own' | 'anybody' },
): void {
  if (database === null || asked.kind !== 'url' || asked.exhaust) return;
  const { others, settings } = database;
  const { usable } = budgetOf(cells[0]?.plan, database) ?? { usable: 0 };
  const greedy = cells
    .map((cell) => ({ ...cell, reachable: reachableOf(cell.plan, { database, load }) }))
    .filter(({ reachable }) => !leavesEnough({ usable, reachable }));
  const [first] = greedy;
  if (first === undefined) return;

  const { maxConnections, superuserReservedConnections, reservedConnections } = settings;
  const reserved = superuserReservedConnections + reservedConnections;
  const arithmetic = `${usable} usable (max_connections ${maxConnections} − ${reserved} reserved − ${others} of others and the monitor)`;
  const shown = greedy.slice(0, CELLS_SHOWN).map((it) => claimText(it));
  const who =
    first.id === null
      ? `${claimText(first)}${first.plan.service?.shapeKnown === false ? ';' : ' of'}`
      : `${greedy.length} of ${cells.length} cells can open more than that leaves: ${shown.join('; ')}${greedy.length > CELLS_SHOWN ? ' …' : ''}; there are`;
  throw new LabError('REFUSED_EXHAUSTION', {
    message: `this can leave others on this PostgreSQL fewer than ${FREE_SLOTS_MIN} slots: ${who} ${arithmetic}`,
    hint: `${first.plan.service?.shapeKnown === false ? UNTOLD : ''}${fittingText(usable)}; or, where nobody else needs them now, add --exhaust`,
  });
}

function claimText({ id, plan, reachable }: AskedCell & { readonly reachable: Claim }): string {
  const { workers, rolloutSurge, pool, service } = plan;
  if (service?.shapeKnown === false) {
    return `${id === null ? '' : `${id} `}a service of which nobody said how many connections it may open`;
  }
  const processes = rolloutSurge > 0 ? `(${workers}+${rolloutSurge})` : String(workers);
  const times = timesOpened(plan.pooler === null ? plan.faults : []);
  const anew =
    times === 1
      ? ''
      : ` with what ${times - 1 === 1 ? 'a fault leaves' : `${times - 1} faults leave`} behind`;
  const ending = plan.pooler === null && pool.kind === 'null' ? ' with those that are ending' : '';
  const shape = `${processes} × ${shapeText(pool)}${ending}${anew}`;
  const most = reachable === null ? 'without end' : `up to ${reachable}`;
  return id === null ? `${shape} opens ${most}` : `${id} ${shape} ${most}`;
}

const UNTOLD = 'say it, by --workers, --pool-size and --max-overflow; ';

function fittingText(usable: number): string {
  const most = usable - FREE_SLOTS_MIN;
  return most > 0
    ? `use smaller pools or fewer workers, of up to ${most} connections in all`
    : 'there is no room for any pool now: look who has the slots (pool-lab inspect)';
}

function budgetOf(plan: TrialPlan | undefined, { settings, others }: ForeignDatabase) {
  if (plan === undefined) return null;
  return computeBudget({
    workers: plan.workers,
    shape: shapeOfPlan(plan),
    rolloutSurge: plan.rolloutSurge,
    maxConnections: settings.maxConnections,
    superuserReserved: settings.superuserReservedConnections,
    reserved: settings.reservedConnections,
    others,
    pooler: poolerLimits(plan.pooler),
  });
}

/** Connections to PostgreSQL at most; `null`: without end. */
function reachableOf(
  plan: TrialPlan,
  { database, load }: { readonly database: ForeignDatabase; readonly load: 'own' | 'anybody' },
): Claim {
  const budget = budgetOf(plan, database);
  if (budget === null) return null;
  const claims = budget.clients ?? budget;
  // A service may open its pools when it starts, or several connections for one request.
  const opened =
    load === 'own' && plan.service === null
      ? reachableByLoad(plan, claims)
      : plan.rolloutSurge > 0
        ? claims.rolloutCeiling
        : claims.ceiling;
  const pooler = poolerLimits(plan.pooler);
  if (pooler !== null) return claimBehind(pooler, opened);
  if (opened === null) return null;
  return countedConnections(plan.pool.kind, opened) * timesOpened(plan.faults);
}
