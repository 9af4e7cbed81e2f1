import type { Cause, CauseOf, Named } from './cause.ts';
import { CAUSE_BOUNDS, type CauseBounds } from './cause-bounds.ts';
import type { Held, Holder, Observation } from './inspection.ts';
import { findScarcities, type Scarcity } from './scarcity.ts';

/** More names than these are not read by anybody. */
const HOLDERS_NAMED = 3;

/**
 * Everything that was found wrong, by what ends the trouble first: one session that blocks all others
 * before transactions that wait for somebody, limits before storms, what must be rolled out last. Empty:
 * nothing wrong.
 */
export function findCauses(
  observation: Observation,
  bounds: CauseBounds = CAUSE_BOUNDS,
): readonly Cause[] {
  const short = findScarcities(observation, bounds);
  const causes: readonly Cause[] = [
    ...lockPileUp(observation, bounds),
    ...idleInTransaction(observation, short, bounds),
    ...limitsReached(short),
    ...storm(observation, bounds),
    ...leak(observation, short, bounds),
    ...oversizedFleet(short, bounds),
    ...busy(observation, short, bounds),
  ];
  const [scarcity] = short;
  if (causes.length > 0 || scarcity === undefined) return causes;
  return [{ code: 'unexplained', certainty: 'possible', scarce: scarceOf(scarcity) }];
}

function lockPileUp(
  { mean, locks }: Observation,
  bounds: CauseBounds,
): readonly CauseOf<'lock_pile_up'>[] {
  if (mean.lockWaits < bounds.lockWaits) return [];
  const [root] = locks.roots;
  return [
    {
      code: 'lock_pile_up',
      certainty: 'certain',
      waiting: mean.lockWaits,
      root:
        root === undefined
          ? null
          : {
              pid: root.session?.pid ?? null,
              application: root.session?.application ?? null,
              state: root.session?.state ?? null,
              transactionMs: root.session?.transactionMs ?? null,
              isPrepared: root.isPrepared,
              waiting: root.waiting,
            },
    },
  ];
}

function idleInTransaction(
  { mean, total, slots, holders }: Observation,
  short: readonly Scarcity[],
  bounds: CauseBounds,
): readonly CauseOf<'idle_in_transaction'>[] {
  const oldestMs = total.oldestMs.idleInTransaction;
  const old = oldestMs !== null && oldestMs >= bounds.idleInTransactionMs;
  const needed = (capacity: number): number =>
    Math.max(bounds.idleInTransactionSessions, bounds.idleInTransactionShare * capacity);
  const many = mean.idle_in_transaction >= needed(slots.usable);
  // A role that may have few connections is held up by few.
  const manyOfLimited = short.some(
    ({ kind, capacity, holders: its }) =>
      kind !== 'slots' &&
      sumOf(its, ({ states }) => states.idle_in_transaction) >= needed(capacity),
  );
  if (!old && !many && !manyOfLimited) return [];
  return [
    {
      code: 'idle_in_transaction',
      certainty: 'certain',
      sessions: total.states.idle_in_transaction,
      mean: mean.idle_in_transaction,
      oldestMs,
      holders: named(holders, ({ states }) => states.idle_in_transaction),
    },
  ];
}

function limitsReached(
  short: readonly Scarcity[],
): readonly (CauseOf<'role_at_limit'> | CauseOf<'database_at_limit'>)[] {
  return short.flatMap(({ kind, name, capacity: limit, used, left }) => {
    if (left > 0 || name === null) return [];
    const reached: CauseOf<'role_at_limit'> | CauseOf<'database_at_limit'> =
      kind === 'role'
        ? { code: 'role_at_limit', certainty: 'certain', role: name, limit, used }
        : { code: 'database_at_limit', certainty: 'certain', database: name, limit, used };
    return [reached];
  });
}

function storm(
  { mean, slots, activity, window, holders }: Observation,
  bounds: CauseBounds,
): readonly CauseOf<'storm'>[] {
  const perSecond = sessionsPerSecond({ activity, window });
  const starting = mean.starting;
  const connecting =
    starting >= Math.max(bounds.startingSessions, bounds.startingShare * slots.usable);
  const established =
    (perSecond ?? 0) >= bounds.stormPerSecond &&
    (activity.inWindow?.sessions ?? 0) >= bounds.stormSessions;
  if (!connecting && !established) return [];
  return [
    {
      code: 'storm',
      certainty: 'likely',
      perSecond,
      starting,
      holders: named(holders, ({ young }) => young),
    },
  ];
}

/** Sessions established in the window, a second; `null`: not told. */
export function sessionsPerSecond({
  activity,
  window,
}: Pick<Observation, 'activity' | 'window'>): number | null {
  if (activity.inWindow === null || window.durationMs === 0) return null;
  return activity.inWindow.sessions / (window.durationMs / 1_000);
}

/**
 * Idle for long, where connections are short. A session that was never given back looks from outside as
 * one that nobody needs, until whoever has it opens others instead: several hosts may have several pools of
 * one name, so that it counts of a single one.
 */
function leak(
  { longIdleMs }: Observation,
  short: readonly Scarcity[],
  bounds: CauseBounds,
): readonly CauseOf<'leak'>[] {
  for (const scarcity of short) {
    const { holders, all, capacity } = scarcity;
    const sessions = all?.longIdle ?? sumOf(holders, (holder) => holder.longIdle);
    if (sessions === 0 || sessions < bounds.longIdleShare * capacity) continue;
    const cold = holders.filter((holder) => holder.longIdle > 0);
    const opened = sumOf(
      cold.filter(({ clients }) => clients.addresses <= 1),
      ({ young }) => young,
    );
    const certainty = opened >= bounds.leakOpenedSessions ? 'likely' : 'possible';
    return [
      {
        ...{ code: 'leak', certainty, sessions, opened, longIdleMs },
        oldestMs: maxOf(cold.map(({ oldestMs }) => oldestMs.idle)),
        scarce: scarceOf(scarcity),
        holders: named(cold, (holder) => holder.longIdle),
      },
    ];
  }
  return [];
}

/** Idle, and used again and again: each of them was given back, so that the pools are larger than the work. */
function oversizedFleet(
  short: readonly Scarcity[],
  bounds: CauseBounds,
): readonly CauseOf<'oversized_fleet'>[] {
  const isFleet = ({ states, sessions, longIdle }: Held): boolean =>
    states.idle > 0 && states.idle - longIdle >= bounds.fleetIdleShare * sessions;
  for (const scarcity of short) {
    const { all, capacity } = scarcity;
    const fleets = scarcity.holders.filter(isFleet);
    // Names that are different for each process are too many to be listed, and one fleet all the same.
    const counted = all !== null && isFleet(all) ? [all] : fleets;
    const sessions = sumOf(counted, (held) => held.sessions);
    if (sessions === 0 || sessions < bounds.fleetShare * capacity) continue;
    return [
      {
        ...{ code: 'oversized_fleet', certainty: 'likely', sessions },
        idle: sumOf(counted, ({ states }) => states.idle),
        scarce: scarceOf(scarcity),
        holders: named(fleets, (holder) => holder.sessions),
      },
    ];
  }
  return [];
}

/** Short, because they are at work: waiting for locks is not. Of a single role or database at the end alone. */
function busy(
  { mean }: Observation,
  short: readonly Scarcity[],
  bounds: CauseBounds,
): readonly CauseOf<'busy'>[] {
  for (const { all, holders } of short) {
    const [active, sessions] =
      all === null
        ? [
            sumOf(holders, ({ states, lockWaits }) => states.active - lockWaits),
            sumOf(holders, (holder) => holder.sessions),
          ]
        : [
            mean.active - mean.lockWaits,
            mean.active + mean.idle + mean.idle_in_transaction + mean.starting + mean.unknown,
          ];
    if (sessions === 0 || active < bounds.busyShare * sessions) continue;
    return [{ code: 'busy', certainty: 'likely', active: Math.max(0, active), sessions }];
  }
  return [];
}

function scarceOf({ kind, name, capacity, used }: Scarcity): CauseOf<'unexplained'>['scarce'] {
  return { kind, name, capacity, used };
}

/** Those with the most of it. */
function named(holders: readonly Holder[], countOf: (holder: Holder) => number): Named[] {
  return holders
    .map((holder) => ({ holder, sessions: countOf(holder) }))
    .filter(({ sessions }) => sessions > 0)
    .sort((a, b) => b.sessions - a.sessions)
    .slice(0, HOLDERS_NAMED)
    .map(({ holder: { application, role, database }, sessions }) => ({
      application,
      role,
      database,
      sessions,
    }));
}

const sumOf = <H extends Held>(holders: readonly H[], countOf: (held: H) => number): number =>
  holders.reduce((sum, holder) => sum + countOf(holder), 0);

function maxOf(values: readonly (number | null)[]): number | null {
  return values.reduce(
    (most, value) => (value !== null && value > (most ?? -1) ? value : most),
    null,
  );
}
