import {
  APPLICATION_NAME_PREFIX,
  MONITOR_APPLICATION_NAME,
  PG_CONNECTION_STATES,
  PG_SESSION_OWNERS,
  PG_WAIT_EVENT_TYPES,
  type PgConnectionState,
  type PgWaitEventType,
  type ServerSideSample,
} from '../../server/contract.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { BackendGroup, DatabaseCounts, ServerLimits } from '../postgres/monitor-queries.ts';
import { computeBudget } from '../sizing/budget.ts';
import { poolerLimits } from '../sizing/pooler-limits.ts';
import { shapeOfPool } from '../sizing/process-claim.ts';

/** What the monitor saw, in the words of the metrics. */
export function serverSideSample(seen: {
  readonly takenAtMs: number;
  readonly groups: readonly BackendGroup[];
  readonly counts: DatabaseCounts | null;
  readonly limits: ServerLimits;
  readonly plan: Pick<TrialPlan, 'workers' | 'pool' | 'pooler'>;
  readonly pgbouncer: ServerSideSample['pgbouncer'];
}): ServerSideSample {
  const { takenAtMs, groups, counts, limits, plan, pgbouncer } = seen;
  const { maxConnections, superuserReservedConnections, reservedConnections } = limits;
  const owned = groups.map((group) => ({ ...group, worker: ownerOf(group) }));
  const connections = new Tally<{ state: PgConnectionState; worker: string }>();
  const active = new Tally<{ waitEventType: PgWaitEventType }>();
  let others = 0;
  for (const { state, worker, waitEvent, backends } of owned) {
    connections.add({ state: stateOf(state), worker }, backends);
    if (isWorker(worker)) {
      if (state === 'active') active.add({ waitEventType: waitOf(waitEvent) }, backends);
    } else if (worker !== PG_SESSION_OWNERS.unknown) {
      others += backends;
    }
  }
  const { floor, ceiling, usable } = computeBudget({
    workers: plan.workers,
    shape: shapeOfPool(plan.pool),
    rolloutSurge: 0,
    maxConnections,
    superuserReserved: superuserReservedConnections,
    reserved: reservedConnections,
    others,
    pooler: poolerLimits(plan.pooler),
  });
  return {
    takenAtMs,
    maxConnections,
    superuserReserved: superuserReservedConnections,
    reserved: reservedConnections,
    connections: connections.counted(),
    active: active.counted(),
    transactions: counts,
    budget: { floor, ceiling, usable },
    pgbouncer,
  };
}

/** Nobody knows whose a backend is that has not finished connecting: it has no name yet. */
function ownerOf({ applicationName, state }: BackendGroup): string {
  if (applicationName === MONITOR_APPLICATION_NAME) return PG_SESSION_OWNERS.monitor;
  if (applicationName.startsWith(APPLICATION_NAME_PREFIX)) {
    const id = applicationName.slice(APPLICATION_NAME_PREFIX.length);
    // A name is whatever its client says: only an id may become a label.
    if (isWorker(id)) return id;
  }
  return state === 'starting' ? PG_SESSION_OWNERS.unknown : PG_SESSION_OWNERS.others;
}

function isWorker(owner: string): boolean {
  return /^\d{1,9}$/.test(owner);
}

function stateOf(state: string): PgConnectionState {
  const label = state.replace(/[()]/g, '').replaceAll(' ', '_');
  return PG_CONNECTION_STATES.find((known) => known === label) ?? 'other';
}

/** @param waitEvent e.g. `Lock/transactionid` */
function waitOf(waitEvent: string | null): PgWaitEventType {
  if (waitEvent === null) return 'none';
  const [type] = waitEvent.split('/', 1);
  return PG_WAIT_EVENT_TYPES.find((known) => known === type) ?? 'other';
}

/** Sums by label set, in the order the sets were first seen. */
class Tally<Labels extends Readonly<Record<string, string>>> {
  readonly #entries = new Map<string, Labels & { connections: number }>();

  add(labels: Labels, connections: number): void {
    const key = JSON.stringify(labels);
    const entry = this.#entries.get(key) ?? { ...labels, connections: 0 };
    this.#entries.set(key, { ...entry, connections: entry.connections + connections });
  }

  counted(): (Labels & { connections: number })[] {
    return [...this.#entries.values()];
  }
}
