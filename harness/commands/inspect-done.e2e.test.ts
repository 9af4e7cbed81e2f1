import { Client } from 'pg';
import { expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { CAUSE_BOUNDS } from '../analysis/inspection/cause-bounds.ts';
import { judgeInspection } from '../analysis/inspection/judged-inspection.ts';
import { clientOptions } from '../postgres/client-options.ts';
import { withInspectionSession } from '../postgres/inspection-session.ts';
import { detectDebianPostgres, withDebianCluster } from '../postgres/test/debian-cluster.ts';
import { type ForeignServer, withForeignServer } from '../postgres/test/foreign-server.ts';
import { inspectDatabase } from '../runner/inspect-database.ts';
import { optional } from '../test/optional.ts';
import { inspected } from './test/inspected-command.ts';

const debian = await optional('postgres15', detectDebianPostgres);

const MAX_CONNECTIONS = 20;
/** 17 are usable; with so many of one's own, less than a fifth is left. */
const NEARLY_ALL = 15;
const ORDINARY = { user: 'ordinary', password: 'canary-ordinary-3K' };

type Sessions = AsyncDisposableStack & {
  readonly open: (application: string, count: number) => Promise<readonly Client[]>;
};

/** Sessions of an ordinary role, ended with the situation. */
function sessionsOn(server: ForeignServer): Sessions {
  const stack = new AsyncDisposableStack();
  const one = async (application: string): Promise<Client> => {
    const options = clientOptions({ ...server.superuser, ...ORDINARY });
    const client = new Client({ ...options, application_name: application });
    client.on('error', () => undefined);
    stack.adopt(client, (it) => it.end());
    await client.connect();
    return client;
  };
  return Object.assign(stack, {
    open: (application: string, count: number) =>
      Promise.all(Array.from({ length: count }, () => one(application))),
  });
}

/** Everybody who was there is gone: the next situation is not to be told of the last one. */
async function calm(server: ForeignServer): Promise<void> {
  await until(
    server,
    "SELECT count(*) = 0 AS met FROM pg_stat_activity WHERE usename = 'ordinary'",
  );
}

async function until({ query }: ForeignServer, sql: string): Promise<void> {
  const deadlineMs = performance.now() + 5_000;
  for (;;) {
    const [row] = await query(sql);
    if (row?.['met'] === true) return;
    if (performance.now() > deadlineMs) throw new Error(`still not: ${sql}`);
  }
}

/** Each situation made for real, and the command's own bounds: what does its first line say? */
async function namesEachCause(server: ForeignServer): Promise<void> {
  const { superuser, query } = server;
  await query(
    `CREATE ROLE ordinary LOGIN PASSWORD '${ORDINARY.password}' CONNECTION LIMIT ${NEARLY_ALL + 1}`,
  );
  const ordinary: DatabaseConfig = { ...superuser, ...ORDINARY };

  {
    await using sessions = sessionsOn(server);
    await sessions.open('calm', 2);
    expect(await inspected(superuser)).toMatch(/^15 of 17 usable slots are left; nothing wrong/);
    // Whoever may see nothing of others says so.
    const blind = await inspected(ordinary);
    expect(blind).toMatch(/^15 of 17 usable slots are left; nothing wrong/);
    await query('GRANT pg_monitor TO ordinary');
    expect(await inspected(ordinary)).toMatch(/nothing wrong/);
    await query('REVOKE pg_monitor FROM ordinary');
  }
  await calm(server);
  {
    await using sessions = sessionsOn(server);
    const held = await sessions.open('billing-api', 4);
    await Promise.all(held.map((client) => client.query('BEGIN')));
    expect(await inspected(superuser)).toMatch(
      /^13 of 17 usable slots are left; 4 sessions sit idle in transaction, the oldest for \S+ \S+, from billing-api/,
    );
    // It sees how many there are, and not what they do.
    await query('CREATE ROLE stranger LOGIN PASSWORD $$canary-stranger$$');
    expect(
      await inspected({ ...superuser, user: 'stranger', password: 'canary-stranger' }),
    ).toMatch(
      /^13 of 17 .* nothing wrong as far as this role can see.*GRANT pg_monitor TO "stranger"/,
    );
  }
  await calm(server);
  {
    await using sessions = sessionsOn(server);
    await sessions.open('fleet', NEARLY_ALL);
    expect(await inspected(superuser)).toMatch(
      /^2 of 17 usable slots are left; 15 of 15 sessions of fleet are idle and were used lately/,
    );
  }
  await calm(server);
  {
    await using sessions = sessionsOn(server);
    const leaked = await sessions.open('leaky', NEARLY_ALL - 2);
    await Promise.all(leaked.map((client) => client.query('SELECT 1')));
    await until(
      server,
      "SELECT count(*) FILTER (WHERE state_change < now() - interval '0.7 s')::int = 13 AS met FROM pg_stat_activity WHERE usename = 'ordinary'",
    );
    // For ten minutes nobody waits; everything else is as the command has it.
    const bounds = { ...CAUSE_BOUNDS, longIdleMs: 2_000 };
    const { signal } = new AbortController();
    const observation = await withInspectionSession(superuser, async (client) => {
      const looking = inspectDatabase(client, {
        ...{ address: superuser, windowMs: 1_500, longIdleMs: bounds.longIdleMs, signal },
      });
      // It samples: its window has begun.
      await until(
        server,
        "SELECT count(*) = 1 AS met FROM pg_stat_activity WHERE application_name = 'pool-lab-inspect' AND query LIKE '%waits_for_lock%'",
      );
      await sessions.open('leaky', 2);
      return await looking;
    });
    const { causes } = judgeInspection(observation, { thresholds: [], bounds });
    expect(causes).toMatchObject([
      { code: 'leak', certainty: 'likely', sessions: 13, holders: [{ application: 'leaky' }] },
    ]);
  }
  await calm(server);
  {
    await using sessions = sessionsOn(server);
    await query('ALTER ROLE ordinary CONNECTION LIMIT 3');
    await sessions.open('limited', 3);
    expect(await inspected(superuser)).toMatch(
      /^14 of 17 usable slots are left; .*ordinary.* has .*3/,
    );
    await expect(inspected(ordinary)).rejects.toMatchObject({ code: 'NO_SLOT_FOR_MONITOR' });
    await query('ALTER ROLE ordinary CONNECTION LIMIT -1');
  }
  await calm(server);
  await stormed(server);
  await writesNothing(server);
}

/** By the server's own count, of a database in which nobody else is. */
async function writesNothing({ superuser, query }: ForeignServer): Promise<void> {
  await query('CREATE DATABASE looked_at');
  const counters = async () => {
    const [row] = await query(`
      SELECT sessions::int, (tup_inserted + tup_updated + tup_deleted)::int AS written,
             temp_files::int, xact_rollback::int AS rolled_back
        FROM pg_stat_database WHERE datname = 'looked_at'`);
    return row ?? {};
  };
  const before = await counters();
  await inspected({ ...superuser, database: 'looked_at' });
  // A session's counts are told when it has ended.
  let after = before;
  while (after['sessions'] === before['sessions']) after = await counters();
  expect(after).toEqual({ ...before, sessions: Number(before['sessions']) + 1 });
}

/** A connection for each request, as fast as two of them go. */
async function stormed(server: ForeignServer): Promise<void> {
  let storming = true;
  const stormer = async (): Promise<void> => {
    while (storming) {
      await using sessions = sessionsOn(server);
      const [client] = await sessions.open('no-pool', 1);
      await client?.query('SELECT 1');
    }
  };
  const storm = [stormer(), stormer(), stormer()];
  try {
    expect(await inspected(server.superuser, { window: '1s' })).toMatch(
      /usable slots are left; \d+ new sessions a second/,
    );
  } finally {
    storming = false;
    await Promise.all(storm);
  }
}

test('each cause is named on PostgreSQL 18, by what is wrong there', async () => {
  await withForeignServer({ maxConnections: MAX_CONNECTIONS }, namesEachCause);
});

debian.test('and on PostgreSQL 15 as Debian has it', async () => {
  await withDebianCluster({ settings: { max_connections: MAX_CONNECTIONS } }, namesEachCause);
});
