import { expect, test } from 'vitest';
import { CAUSE_CODES, causeSchema } from './cause.ts';
import { findCauses } from './find-causes.ts';
import type { Observation } from './inspection.ts';
import { NO_ACTIVITY, type SampleHolder, sampleObservation } from './test/sample-observation.ts';

const codes = (holders: readonly SampleHolder[], changed: Partial<Observation> = {}) =>
  findCauses(sampleObservation(holders, changed)).map(({ code }) => code);

test('where slots are left and nobody holds anything up, nothing is wrong', () => {
  expect(codes([])).toEqual([]);
  expect(codes([{ active: 5, idle: 60, longIdle: 60, idleInTransaction: 2 }])).toEqual([]);
});

// 97 are usable: 19.4 must be left for them not to be short.
test.each([
  [77, []],
  [78, ['oversized_fleet']],
])('%i sessions, all idle: %j', (idle, expected) => {
  expect(codes([{ idle }])).toEqual(expected);
});

test.each([
  [{ idleInTransaction: 9 }, []],
  [{ idleInTransaction: 10 }, ['idle_in_transaction']],
  [{ idleInTransaction: 1, oldestIdleInTransactionMs: 299_999 }, []],
  [{ idleInTransaction: 1, oldestIdleInTransactionMs: 300_000 }, ['idle_in_transaction']],
])('%j is %j', (holder, expected) => {
  expect(codes([holder])).toEqual(expected);
});

test('of a role that may have few connections, few idle in transaction hold it up', () => {
  const roleLimits = [{ name: 'ann', limit: 10, used: 9 }];
  expect(codes([{ idleInTransaction: 2, idle: 7 }], { roleLimits })).toEqual([
    'idle_in_transaction',
  ]);
  expect(codes([{ idleInTransaction: 1, active: 8 }], { roleLimits })).toEqual(['busy']);
});

test.each([
  [8, 10, []],
  [9, 10, ['busy']],
  [10, 10, ['role_at_limit', 'busy']],
  // More than its limit has whoever was there before it was lowered.
  [11, 10, ['role_at_limit', 'busy']],
  [0, 0, []],
])('a role with %i of %i connections is %j', (used, limit, expected) => {
  const found = codes([{ active: used }], { roleLimits: [{ name: 'ann', limit, used }] });
  expect(found).toEqual(expected);
});

test('a database at its limit is named as a role is', () => {
  const databaseLimits = [{ name: 'shop', limit: 5, used: 5 }];
  expect(findCauses(sampleObservation([{ active: 5 }], { databaseLimits }))[0]).toEqual({
    ...{ code: 'database_at_limit', certainty: 'certain' },
    ...{ database: 'shop', limit: 5, used: 5 },
  });
});

test.each([
  [39, 0, []],
  [40, 0, ['storm']],
  [0, 9, []],
  [0, 10, ['storm']],
])('%i sessions in two seconds and %i connecting are %j', (sessions, starting, expected) => {
  const activity = {
    inWindow: { ...NO_ACTIVITY, sessions },
    sinceReset: NO_ACTIVITY,
    resetAt: null,
  };
  expect(codes([{ starting }], { activity })).toEqual(expected);
});

test.each([
  [19, []],
  [20, ['storm']],
])('in a moment %i new sessions are %j', (sessions, expected) => {
  const activity = {
    inWindow: { ...NO_ACTIVITY, sessions },
    sinceReset: NO_ACTIVITY,
    resetAt: null,
  };
  expect(codes([], { activity, window: { durationMs: 250, samples: 2 } })).toEqual(expected);
});

test('where the statistics were reset meanwhile, or no time passed, there is no rate', () => {
  const activity = { inWindow: null, sinceReset: NO_ACTIVITY, resetAt: null };
  expect(codes([], { activity })).toEqual([]);
  const many = { ...activity, inWindow: { ...NO_ACTIVITY, sessions: 99 } };
  expect(codes([], { activity: many, window: { durationMs: 0, samples: 1 } })).toEqual([]);
});

test.each([
  [{ idle: 80, longIdle: 24 }, []],
  [{ idle: 80, longIdle: 25 }, ['leak']],
  [{ idle: 60, longIdle: 60 }, []],
])('%j, long idle, is a leak or not: %j', (holder, expected) => {
  expect(codes([holder]).filter((code) => code === 'leak')).toEqual(expected);
});

test.each([
  [{ young: 1 }, 1, 'possible'],
  [{ young: 2 }, 1, 'likely'],
  [{ young: 9 }, 2, 'possible'],
] as const)(
  'who has sessions idle for long and opens %j, from %i hosts, has a leak: %s',
  (opened, addresses, certainty) => {
    const seen = sampleObservation([{ idle: 90, longIdle: 80, ...opened }]);
    const holders = seen.holders.map((holder) => ({
      ...holder,
      clients: { ...holder.clients, addresses },
    }));
    expect(findCauses({ ...seen, holders })).toMatchObject([{ code: 'leak', certainty }]);
  },
);

test('sessions that were used lately were given back: a fleet too large, and no leak', () => {
  expect(codes([{ idle: 80, active: 10 }])).toEqual(['oversized_fleet']);
  expect(codes([{ idle: 80, longIdle: 80, active: 10 }])).toEqual(['leak']);
  // Under four of five idle: it works.
  expect(codes([{ idle: 70, active: 20 }])).toEqual(['unexplained']);
});

test('a fleet whose processes all have names of their own is one all the same', () => {
  const fleet = sampleObservation([{ idle: 90 }], { holders: [], holdersNotShown: 90 });
  expect(findCauses(fleet)).toMatchObject([{ code: 'oversized_fleet', sessions: 90, holders: [] }]);
});

test.each([
  [45, 45, ['busy']],
  [44, 46, ['unexplained']],
])('%i at work and %i idle, with slots short: %j', (active, idle, expected) => {
  expect(codes([{ active, idle }])).toEqual(expected);
});

test('what is short for one role is judged by its sessions alone', () => {
  const roleLimits = [{ name: 'ann', limit: 10, used: 9 }];
  const others = { role: 'eve', active: 60 };
  expect(codes([{ idle: 9 }, others], { roleLimits })).toEqual(['oversized_fleet']);
  expect(codes([{ active: 9 }, { role: 'eve', idle: 60 }], { roleLimits })).toEqual(['busy']);
});

test('who waits for a lock is not at work', () => {
  expect(codes([{ active: 90, lockWaits: 60 }])).toEqual(['lock_pile_up']);
});

test.each([
  [2, []],
  [3, ['lock_pile_up']],
])('%i waiting for locks: %j', (lockWaits, expected) => {
  expect(codes([{ active: lockWaits, lockWaits }])).toEqual(expected);
});

test('states that are not seen leave a shortage unexplained', () => {
  const role = { name: 'ann', seesEverybody: false };
  expect(codes([{ unknown: 90 }], { role })).toEqual(['unexplained']);
  expect(codes([{ unknown: 10 }], { role })).toEqual([]);
});

test('several hold at once, and what ends the trouble first comes first', () => {
  const everything = sampleObservation(
    [
      { application: 'billing', idleInTransaction: 20, oldestIdleInTransactionMs: 240_000 },
      { application: 'web', idle: 60, role: 'web' },
      { application: 'old', idle: 30, longIdle: 30, oldestIdleMs: 9e6 },
      { application: 'jobs', active: 4, lockWaits: 4, young: 4 },
    ],
    {
      roleLimits: [{ name: 'web', limit: 60, used: 60 }],
      databaseLimits: [{ name: 'shop', limit: 100, used: 100 }],
      activity: {
        inWindow: { ...NO_ACTIVITY, sessions: 100 },
        sinceReset: NO_ACTIVITY,
        resetAt: null,
      },
    },
  );
  const found = findCauses(everything);
  expect(found.map(({ code }) => code)).toEqual(CAUSE_CODES.slice(0, 7));
  expect(found[1]).toMatchObject({
    sessions: 20,
    oldestMs: 240_000,
    holders: [{ application: 'billing' }],
  });
  expect(found[4]).toMatchObject({
    perSecond: 50,
    holders: [{ application: 'jobs', sessions: 4 }],
  });
  expect(found[5]).toMatchObject({
    oldestMs: 9e6,
    holders: [{ application: 'old', sessions: 30 }],
  });
  expect(found[6]).toMatchObject({ idle: 60, holders: [{ application: 'web', sessions: 60 }] });
  for (const cause of found) expect(causeSchema.parse(cause)).toEqual(cause);
});

test('the list of causes is the schema’s, in its order', () => {
  expect(causeSchema.options.map(({ shape }) => shape.code.value)).toEqual([...CAUSE_CODES]);
});
