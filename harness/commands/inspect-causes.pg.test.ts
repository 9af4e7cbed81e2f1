import { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import type { CauseBounds } from '../analysis/inspection/cause-bounds.ts';
import type { Inspection } from '../analysis/inspection/judged-inspection.ts';
import {
  during,
  eventually,
  look,
  role,
  session,
  sessions,
  textOf,
  watcher,
} from './test/inspected.ts';

const { superuser } = inject('postgres');

/** On the shared server hardly anything is taken: so little left is short here that everything is. */
const ALWAYS_SHORT: Partial<CauseBounds> = { leftShareShort: 1 };

const codesOf = ({ causes }: Inspection) => causes.map(({ code }) => code);

test('nothing wrong is said of a server where nothing is wrong', async () => {
  await sessions(2, 'calm');
  const inspection = await look();
  expect(codesOf(inspection)).toEqual([]);
  expect(textOf(inspection)).toMatch(/^\d+ of 97 usable slots are left; nothing wrong /);
  // Nothing else is at work: the one that looks is in no count.
  expect(inspection.observation.mean.active).toBe(0);
  expect(inspection.observation).toMatchObject({
    slots: { maxConnections: 100, superuserReserved: 3, usable: 97 },
    role: { name: 'postgres', seesEverybody: true },
    unseen: [],
    holders: expect.arrayContaining([
      expect.objectContaining({ application: 'calm', sessions: 2 }),
    ]),
  });
});

test('sessions that sit idle in transaction are told by their application', async () => {
  const held = await sessions(3, 'billing-api');
  await Promise.all(held.map((client) => client.query('BEGIN')));
  const inspection = await look({ idleInTransactionShare: 0.02 });
  expect(codesOf(inspection)).toEqual(['idle_in_transaction']);
  expect(textOf(inspection)).toMatch(
    /left; 3 sessions sit idle in transaction, the oldest for [\d.]+ m?s, from billing-api NEXT/,
  );
  expect(inspection.observation.oldestTransaction).toMatchObject({
    application: 'billing-api',
    state: 'idle_in_transaction',
  });
});

test('sessions that nobody has used for long are a leak, perhaps', async () => {
  await sessions(3, 'leaky');
  const inspection = await look({ ...ALWAYS_SHORT, longIdleMs: 50, longIdleShare: 0.03 });
  expect(inspection.causes).toMatchObject([
    { code: 'leak', certainty: 'possible', holders: [{ application: 'leaky', sessions: 3 }] },
  ]);
  expect(textOf(inspection)).toContain('never given back (a leak), or a pool larger than its work');
});

test('sessions that are idle and were used lately are a fleet that is too large', async () => {
  await sessions(3, 'fleet');
  const inspection = await look({ ...ALWAYS_SHORT, fleetShare: 0.03 });
  expect(codesOf(inspection)).toEqual(['oversized_fleet']);
  expect(textOf(inspection)).toContain('Make the pools of fleet smaller');
});

test('sessions that are at work are used', async () => {
  const working = await sessions(2, 'worker');
  const gate = 4_711;
  const holder = await session('worker');
  await holder.query('SELECT pg_advisory_lock($1)', [gate]);
  const done = working.map((client) => client.query('SELECT pg_advisory_lock_shared($1)', [gate]));
  await waitingForLocks(2);
  // Waiting for locks is no work, so that two waiters are neither a pile-up nor busy.
  expect(codesOf(await look({ ...ALWAYS_SHORT, lockWaits: 3, busyShare: 0.3 }))).toEqual([
    'unexplained',
  ]);
  await holder.query('SELECT pg_advisory_unlock($1)', [gate]);
  await Promise.all(done);
  // As long as it takes to be looked at: they are ended.
  const asleep = working.map((client) => client.query('SELECT pg_sleep(60)').catch(() => null));
  await eventually(
    async () => await count("wait_event = 'PgSleep'"),
    (seen) => seen === 2,
  );
  const inspection = await look({ ...ALWAYS_SHORT, busyShare: 0.3 });
  await (await watcher()).query(
    "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
  );
  await Promise.all(asleep);
  expect(codesOf(inspection)).toEqual(['busy']);
});

async function count(condition: string): Promise<number> {
  const { rows } = await (await watcher()).query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE ${condition}`,
  );
  return rows[0]?.count ?? 0;
}

const waitingForLocks = (wanted: number): Promise<number> =>
  eventually(
    () => count("wait_event_type = 'Lock'"),
    (seen) => seen === wanted,
  );

test('of a pile of sessions behind locks, the one that blocks all of them is named', async () => {
  const root = await session('forgotten');
  await root.query('BEGIN; SELECT pg_advisory_xact_lock(1)');
  const waiters = await sessions(3, 'waiting');
  const [chain] = waiters;
  const waits = [chain?.query('BEGIN; SELECT pg_advisory_xact_lock(2), pg_advisory_xact_lock(1)')];
  await waitingForLocks(1);
  for (const client of waiters.slice(1))
    waits.push(client.query('SELECT pg_advisory_xact_lock(2)'));
  await waitingForLocks(3);
  const inspection = await look();
  const { rows } = await root.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  await root.query('ROLLBACK');
  await chain?.query('ROLLBACK');
  await Promise.all(waits);
  expect(inspection.causes[0]).toMatchObject({
    code: 'lock_pile_up',
    root: { pid: rows[0]?.pid, application: 'forgotten', state: 'idle_in_transaction', waiting: 3 },
  });
  expect(textOf(inspection)).toContain(`SELECT pg_terminate_backend(${rows[0]?.pid}) rolls`);
});

test('a storm is told by its sessions a second', async () => {
  let storming = true;
  const stormer = async (): Promise<void> => {
    while (storming) {
      const client = new Client({ ...superuser, application_name: 'no-pool' });
      await client.connect();
      await client.query('SELECT 1');
      await client.end();
    }
  };
  const storm = [stormer(), stormer()];
  try {
    const inspection = await eventually(
      () => look({ stormSessions: 3 }),
      ({ causes }) => causes.length > 0,
    );
    expect(codesOf(inspection)).toEqual(['storm']);
    expect(textOf(inspection)).toMatch(/left; \d+ new sessions a second/);
  } finally {
    storming = false;
    await Promise.all(storm);
  }
});

test('a role at its limit is named, and is told so itself', async () => {
  const limited = await role('inspect_limited', 'CONNECTION LIMIT 2');
  await sessions(2, 'limited', limited);
  const inspection = await look();
  expect(inspection.causes[0]).toEqual({
    ...{ code: 'role_at_limit', certainty: 'certain', role: 'inspect_limited', limit: 2, used: 2 },
  });
  await expect(look({}, limited)).rejects.toMatchObject({
    code: 'NO_SLOT_FOR_MONITOR',
    message: expect.stringMatching(/its CONNECTION LIMIT.*53300: too many connections for role/),
  });
});

test('a database at its limit is named, and is told so itself', async () => {
  await during(
    'CREATE DATABASE inspect_limited CONNECTION LIMIT 1',
    'DROP DATABASE inspect_limited WITH (FORCE)',
  );
  const owner = await role('inspect_visitor');
  const limited = { ...owner, database: 'inspect_limited' };
  await session('limited', limited);
  expect((await look()).causes[0]).toMatchObject({
    ...{ code: 'database_at_limit', database: 'inspect_limited', limit: 1, used: 1 },
  });
  await expect(look({}, limited)).rejects.toMatchObject({
    code: 'NO_SLOT_FOR_MONITOR',
    message: expect.stringContaining('53300: too many connections for database'),
    hint: expect.stringContaining('name another database'),
  });
});
