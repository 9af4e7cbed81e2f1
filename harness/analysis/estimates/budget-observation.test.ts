import { expect, test } from 'vitest';
import { both, type Change, withAttempts } from '../test/observation-changes.ts';
import { POOLER, soundObservations, soundOpenObservations } from '../test/observations.ts';
import { serviceObservations, withoutShape, withService } from '../test/service-observations.ts';
import type { WatchedObservations } from '../trial-observations.ts';
import type { BudgetObservation } from '../trial-result.ts';
import { budgetObservation } from './budget-observation.ts';

test.each([
  ['clients can fill every pool beyond what is free', 60, 5, 10, true],
  ['there are fewer clients than free slots', 20, 5, 10, false],
  ['fewer clients leave idle connections behind in pools that keep all', 20, 0, 0, true],
  ['the pools themselves are bounded', 60, 5, 8, false],
])('refusals are predicted when %s', (_, connections, poolSize, maxOverflow, predicted) => {
  const { plan, ...sound } = soundObservations();
  const budget = budgetObservation({
    ...sound,
    plan: {
      ...plan,
      pool: { ...plan.pool, poolSize, maxOverflow },
      load: { ...plan.load, model: { kind: 'closed', connections, thinkTimeMs: 0 } },
    },
  });
  expect(budget).toMatchObject({
    predictedRefusals: predicted,
    observedRefusals: false,
    agrees: !predicted,
  });
});

test.each([
  ['9 requests that read three at once are 27', 'fan-out', { n: '3' }, 9, 27],
  ['three is what a fan-out does where nothing is said', 'fan-out', {}, 9, 27],
  [
    'one that holds each while it asks for the next has as many',
    'fan-out',
    { mode: 'nested' },
    9,
    27,
  ],
  ['one after the other is one at a time', 'fan-out', { mode: 'sequential' }, 9, 9],
  ['each request of a mixture has one', 'mixed', {}, 9, 9],
] as const)('without a pool %s', (_, workload, workloadParams, connections, reachable) => {
  const { plan, ...sound } = soundObservations();
  const budget = budgetObservation({
    ...sound,
    plan: {
      ...plan,
      workload,
      workloadParams,
      pool: { ...plan.pool, kind: 'null' },
      load: { ...plan.load, model: { kind: 'closed', connections, thinkTimeMs: 0 } },
    },
  });
  expect(budget).toMatchObject({ reachable, predictedRefusals: reachable > 26 });
});

test('arrivals can have as many requests at the same time as the generator lets in flight', () => {
  const { plan, ...sound } = soundOpenObservations();
  const pool = { ...plan.pool, poolSize: 5, maxOverflow: 10 };
  expect(budgetObservation({ ...sound, plan: { ...plan, pool } })).toMatchObject({
    reachable: 30,
    predictedRefusals: true,
    observedRefusals: false,
    agrees: false,
  });
});

test("a rolling restart is judged by the rollout's ceiling", () => {
  const { plan, ...sound } = soundObservations();
  const pool = { ...plan.pool, poolSize: 5, maxOverflow: 4 };
  const budget = budgetObservation({ ...sound, plan: { ...plan, rolloutSurge: 1, pool } });
  expect(budget.predicted).toMatchObject({ ceiling: 18, rolloutCeiling: 27, usable: 26 });
  expect(budget.predictedRefusals).toBe(true);
});

test('a rolling restart without a limit is predicted to be refused', () => {
  const { plan, ...sound } = soundObservations();
  const pool = { ...plan.pool, poolSize: 0 };
  expect(budgetObservation({ ...sound, plan: { ...plan, rolloutSurge: 1, pool } })).toMatchObject({
    ...{ reachable: null, predictedRefusals: true, agrees: false },
  });
});

test('a refusal that a retry made up for was a refusal', () => {
  const sound = soundObservations();
  const { ledger } = sound.load;
  const attempts = { ...ledger.attempts, refusalReasons: { all_slots: 1 } };
  const load = { ...sound.load, ledger: { ...ledger, attempts } };
  expect(budgetObservation({ ...sound, load }).observedRefusals).toBe(true);
});

const SMALL_POOLER = { ...POOLER, maxClientConn: 40 };

/** A pool per checkout, by so many clients at once, with the refusals that were seen. */
function pooled(connections: number, refusalReasons: Readonly<Record<string, number>> = {}) {
  const { plan, load, ...sound } = soundObservations();
  const { ledger } = load;
  const attempts = { ...ledger.attempts, refusalReasons };
  return {
    ...sound,
    load: { ...load, ledger: { ...ledger, attempts } },
    plan: {
      ...plan,
      pooler: SMALL_POOLER,
      pool: { ...plan.pool, kind: 'null' as const },
      load: { ...plan.load, model: { kind: 'closed' as const, connections, thinkTimeMs: 0 } },
    },
  };
}

test('behind a pooler as many clients as it takes are not refused, by nobody', () => {
  expect(budgetObservation(pooled(40))).toMatchObject({
    reached: 'pooler',
    reachable: 20,
    predictedRefusals: false,
    clients: { reachable: 40, predictedRefusals: false, observedRefusals: false },
    agrees: true,
  });
});

test('without a pool the ends of connections may come after their successors', () => {
  const { plan: pooledPlan, ...seen } = pooled(14, { all_slots: 3 });
  const plan = { ...pooledPlan, pooler: null };
  const direct = { predictedRefusals: false, observedRefusals: true, predicted: { usable: 26 } };
  expect(budgetObservation({ ...seen, plan })).toMatchObject({ ...direct, agrees: true });
  const { plan: fewPlan, ...few } = pooled(13, { all_slots: 3 });
  const calm = { ...fewPlan, pooler: null };
  expect(budgetObservation({ ...few, plan: calm })).toMatchObject({ ...direct, agrees: false });
});

test('without a pool the ends of clients may come after their successors, up to twice as many', () => {
  const seen = { pooler_clients: 3 };
  expect(budgetObservation(pooled(21, seen))).toMatchObject({
    predictedRefusals: false,
    clients: { reachable: 21, observedRefusals: true },
    agrees: true,
  });
  expect(budgetObservation(pooled(20, seen)).agrees).toBe(false);
  const { plan, ...rest } = pooled(40, seen);
  const queued = { ...plan, workers: 4, pool: { ...plan.pool, kind: 'queue' as const } };
  const pool = { ...queued.pool, poolSize: 6, maxOverflow: 4 };
  expect(budgetObservation({ ...rest, plan: { ...queued, pool } }).agrees).toBe(false);
});

test('one client more is predicted to be refused by the pooler', () => {
  expect(budgetObservation(pooled(41, { pooler_clients: 3 }))).toMatchObject({
    reachable: 20,
    predictedRefusals: true,
    clients: { reachable: 41, predictedRefusals: true, observedRefusals: true },
    agrees: true,
  });
  expect(budgetObservation(pooled(41)).agrees).toBe(false);
});

test('what PostgreSQL refuses is not what was predicted of the pooler', () => {
  expect(budgetObservation(pooled(41, { pooler_clients: 3, all_slots: 1 })).agrees).toBe(false);
  expect(budgetObservation(pooled(40, { all_slots: 1 }))).toMatchObject({
    observedRefusals: true,
    clients: { observedRefusals: false },
    agrees: false,
  });
});

test('a pooler that PostgreSQL has too few slots for keeps that to itself', () => {
  const { plan, ...seen } = pooled(40);
  const pooler = { ...SMALL_POOLER, defaultPoolSize: 30 };
  const budget = budgetObservation({ ...seen, plan: { ...plan, pooler } });
  expect(budget).toMatchObject({ predicted: { ceiling: 30, usable: 26, fits: false } });
  expect(budget).toMatchObject({ predictedRefusals: false, agrees: true });
});

test("somebody else's pooler is calculated with where it told its limits, and else not at all", () => {
  const sound = soundObservations();
  const via = { ...sound.api, via: 'db:6432' };
  const viaLimits = { mode: 'transaction', servers: 5, clients: 9 } as const;
  expect(budgetObservation({ ...sound, api: { ...via, viaLimits } })).toMatchObject({
    reached: 'pooler',
    predicted: { clients: { clients: 9 } },
  });
  const { load } = sound;
  const attempts = { ...load.ledger.attempts, refusalReasons: { unknown: 1 } };
  const refused = { ...load, ledger: { ...load.ledger, attempts } };
  expect(budgetObservation({ ...sound, load: refused, api: via })).toMatchObject({
    reached: 'unknown',
    observedRefusals: true,
    agrees: true,
    clients: null,
  });
});

test.each([
  ['blackhole', 5_000, true],
  ['reset', 5_000, true],
  ['stall', 5_000, false],
  ['blackhole', null, false],
] as const)(
  'what a %s at %j cut off may take the slots of what replaces it: %j',
  (kind, startedMs, explained) => {
    const { plan, ...sound } = soundObservations();
    const { ledger } = sound.load;
    const attempts = { ...ledger.attempts, refusalReasons: { all_slots: 1 } };
    const fault = {
      ...{ kind, atMs: 5_000, durationMs: 0, startedMs, endedMs: startedMs },
      ...{ connections: 16, bytesLost: 0, bytesHeld: 0 },
    };
    const budget = budgetObservation({
      ...sound,
      plan: { ...plan, pool: { ...plan.pool, poolSize: 5, maxOverflow: 3 } },
      load: { ...sound.load, ledger: { ...ledger, attempts } },
      faults: [fault],
    });
    expect(budget).toMatchObject({
      ...{ reachable: 16, predictedRefusals: false, observedRefusals: true, agrees: explained },
    });
  },
);

const FULL = { maxConnections: 10, superuserReserved: 3, reserved: 0 };
const refusing = (
  classes: Readonly<Record<string, number>>,
  refusalReasons: Readonly<Record<string, number>> = {},
): Change => withAttempts({ httpErrors: classes, refusalReasons });

test.each<[what: string, Change, expected: Partial<BudgetObservation>]>([
  [
    'is refused as predicted, by its answers',
    both(full, refusing({ too_many_connections: 9 }, { all_slots: 9 })),
    { predictedRefusals: true, observedRefusals: true, agrees: true },
  ],
  [
    "is refused as predicted, by PostgreSQL's log",
    both(full, refusing({ http_500: 9 }), withService({}, { refusalsLogged: 9 })),
    { predictedRefusals: true, observedRefusals: true, agrees: true },
  ],
  [
    'is not refused although predicted',
    full,
    { predictedRefusals: true, observedRefusals: false, agrees: false, refusalsVisible: true },
  ],
  [
    'opens no connection that could have been refused',
    both(full, (seen) => ({ ...seen, server: { ...seen.server, peakWorkers: 0 } })),
    { predictedRefusals: true, observedRefusals: false, agrees: true },
  ],
  [
    'was to be deployed, which failed before PostgreSQL could refuse any',
    both(full, (seen) => ({
      ...seen,
      rollout: { surge: 1, replaced: 0, workersPeak: 2, durationMs: 900, failure: 'it ended' },
    })),
    { predictedRefusals: true, observedRefusals: false, agrees: true },
  ],
  [
    'fails for reasons that nobody sees',
    both(full, refusing({ http_500: 9 }), withService({}, { refusalsLogged: null })),
    { observedRefusals: false, refusalsVisible: false, agrees: true },
  ],
  [
    'does not fail, where the log is not to be read',
    withService({}, { refusalsLogged: null }),
    { observedRefusals: false, refusalsVisible: true, agrees: true },
  ],
  [
    'has more connections for a request than one, within what it may have',
    both(full, withFewCallers, withService({}, { refusalsLogged: 3 })),
    { predictedRefusals: false, observedRefusals: true, agrees: true, reachable: 4 },
  ],
  [
    'has more connections for a request than one, in a pool without a limit',
    both(full, withFewCallers, unlimited, withService({}, { refusalsLogged: 3 })),
    { predictedRefusals: false, observedRefusals: true, agrees: true },
  ],
  [
    'is of a shape that nobody told',
    both(full, withoutShape, withService({}, { refusalsLogged: 9 })),
    {
      predictedRefusals: false,
      observedRefusals: true,
      agrees: true,
      shapeKnown: false,
      reachable: null,
    },
  ],
])('a service that %s', (_, change, expected) => {
  expect(budgetObservation(change(serviceObservations()))).toMatchObject(expected);
});

test.each<[what: string, Change, expected: Partial<BudgetObservation>]>([
  [
    'is of a shape that nobody told',
    both(withoutShape, refusing({ too_many_connections: 9 }, { pooler_clients: 9 })),
    {
      predictedRefusals: false,
      observedRefusals: true,
      agrees: true,
      clients: { reachable: null, predictedRefusals: false, observedRefusals: true },
    },
  ],
  [
    'fails for reasons that nobody sees',
    both(refusing({ http_500: 9 }), withService({}, { refusalsLogged: null })),
    { predictedRefusals: true, refusalsVisible: false, agrees: true },
  ],
  [
    'is not refused although predicted',
    withService({}, { refusalsLogged: 0 }),
    { predictedRefusals: true, refusalsVisible: true, agrees: false },
  ],
])('a service behind a pooler that %s', (_, change, expected) => {
  const { plan, ...seen } = serviceObservations();
  const pooler = { ...POOLER, maxClientConn: 7 };
  const budget = budgetObservation(change({ ...seen, plan: { ...plan, pooler } }));
  expect(budget).toMatchObject({ reached: 'pooler', ...expected });
});

test('a deploy of a service is one of all its workers', () => {
  const { plan, ...sound } = serviceObservations();
  const budget = budgetObservation({ ...sound, plan: { ...plan, rolloutSurge: 2 } });
  expect(budget).toMatchObject({ reachable: 16, predicted: { ceiling: 8, rolloutCeiling: 16 } });
});

function full(seen: WatchedObservations): WatchedObservations {
  return { ...seen, limits: FULL };
}

function unlimited({ plan, ...seen }: WatchedObservations): WatchedObservations {
  return { ...seen, plan: { ...plan, pool: { ...plan.pool, poolSize: 0 } } };
}

/** Of whom each holds one connection, as far as anybody can say. */
function withFewCallers({ plan, ...seen }: WatchedObservations): WatchedObservations {
  const model = { kind: 'closed', connections: 2, thinkTimeMs: 0 } as const;
  return { ...seen, plan: { ...plan, load: { ...plan.load, model } } };
}
