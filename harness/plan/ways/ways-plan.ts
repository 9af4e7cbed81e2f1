import { connectionsOf } from '../../load/load-engine.ts';
import { computeBudget } from '../../sizing/budget.ts';
import { shapeOfPool } from '../../sizing/process-claim.ts';
import { countedConnections } from '../../sizing/reachable-connections.ts';
import { checkoutsOfRequest } from '../checkouts-of-request.ts';
import { POOLER_DEFAULTS, type Pooler } from '../pooler.ts';
import { variablesOf } from '../sweep/cells.ts';
import type { PlannedTrial } from '../sweep/trial-order.ts';
import type { TrialPlan } from '../trial-plan.ts';
import { isPooled, WAYS, type Way } from './way.ts';

/** What is asked of the ways behind a pooler; `null`: it follows from the rest. */
export interface WaysAsked {
  readonly smallPoolSize: number | null;
  readonly pooler: {
    readonly mode: Pooler['mode'];
    readonly size: number | null;
    readonly reserve: number;
    readonly clients: number | null;
  };
}

/** The comparison, parsed: a plan for each way, each measured in `rounds` trials. */
export interface WaysPlan {
  readonly rounds: number;
  readonly plans: Readonly<Record<Way, TrialPlan>>;
}

/** The lab's own connection beside the API's. */
const MONITOR_CONNECTIONS = 1;

/**
 * The plans of the four ways, which differ in the pool and the pooler alone.
 *
 * What follows from the rest: PgBouncer keeps as many connections to PostgreSQL as the pool alone can open,
 * as far as that has them to give, so that with equal connections only the way differs; the small pools have
 * together as many to PgBouncer, so that requests queue in them; and PgBouncer takes every client that the
 * load can make.
 *
 * @param base the pool alone, connected to PostgreSQL itself
 */
export function planWays(base: TrialPlan, rounds: number, asked: WaysAsked): WaysPlan {
  const { mode, size, reserve, clients } = asked.pooler;
  const defaultPoolSize = size ?? derivedPoolerSize(base, reserve);
  const small: TrialPlan['pool'] = {
    ...base.pool,
    poolSize: asked.smallPoolSize ?? Math.ceil(defaultPoolSize / base.workers),
    maxOverflow: 0,
  };
  const none: TrialPlan['pool'] = { ...base.pool, kind: 'null' };
  const pooler: Pooler = {
    mode,
    defaultPoolSize,
    reservePoolSize: reserve,
    maxClientConn: clients ?? derivedClients(base, small.poolSize),
  };
  const pools: Readonly<Record<Way, TrialPlan['pool']>> = {
    pool: base.pool,
    small_pool_pgbouncer: small,
    no_pool: none,
    no_pool_pgbouncer: none,
  };
  const planOf = (way: Way): TrialPlan => ({
    ...base,
    pool: pools[way],
    pooler: isPooled(way) ? pooler : null,
  });
  return {
    rounds,
    plans: {
      pool: planOf('pool'),
      small_pool_pgbouncer: planOf('small_pool_pgbouncer'),
      no_pool: planOf('no_pool'),
      no_pool_pgbouncer: planOf('no_pool_pgbouncer'),
    },
  };
}

function derivedPoolerSize({ workers, pool, postgres }: TrialPlan, reserve: number): number {
  const { ceiling, usable } = computeBudget({
    workers,
    shape: shapeOfPool(pool),
    rolloutSurge: 0,
    maxConnections: postgres.maxConnections,
    superuserReserved: postgres.superuserReservedConnections,
    reserved: postgres.reservedConnections,
    others: MONITOR_CONNECTIONS,
  });
  return Math.max(1, Math.min(ceiling ?? usable, usable - reserve));
}

function derivedClients(plan: TrialPlan, smallPoolSize: number): number {
  const withoutPool = connectionsOf(plan.load.model) * checkoutsOfRequest(plan);
  const most = Math.max(withoutPool, plan.workers * smallPoolSize);
  return Math.max(POOLER_DEFAULTS.maxClientConn, countedConnections('null', most));
}

const SEEDS = 2 ** 32;

/**
 * All trials in the order they are measured: all ways in turn, and back in the next round (ABCD DCBA …), so
 * that what drifts slowly on a shared machine hits all of them alike. All ways of a round see the same
 * arrivals.
 */
export function orderWays({ rounds, plans }: WaysPlan): readonly PlannedTrial[] {
  return Array.from({ length: rounds }, (_, index) => {
    const ways = index % 2 === 0 ? WAYS : WAYS.toReversed();
    return ways.map((way): PlannedTrial => {
      const plan = { ...plans[way], seed: (plans[way].seed + index) % SEEDS };
      const round = index + 1;
      return { id: `${way}-r${round}`, cell: cellOfWay(way, plans[way]), round, plan };
    });
  }).flat();
}

/** A way as a cell: what it is measured and summarized as. */
export function cellOfWay(way: Way, plan: TrialPlan): PlannedTrial['cell'] {
  return {
    id: way,
    variables: variablesOf(plan),
    plan,
  };
}
