import type { ClientBase } from 'pg';
import { expect, inject, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { INSPECT_APPLICATION_NAME, withInspectionSession } from '../postgres/inspection-session.ts';
import { databaseUrl } from '../postgres/test/foreign-server.ts';
import { inspectionDocumentSchema } from '../report/inspection/inspection-document.ts';
import { inspectDatabase } from '../runner/inspect-database.ts';
import { recordingIo } from '../test/recording-io.ts';
import { inspectCommand } from './inspect.ts';
import {
  during,
  eventually,
  look,
  PASSWORD,
  role,
  session,
  sessions,
  textOf,
  watcher,
} from './test/inspected.ts';
import { inspected } from './test/inspected-command.ts';

const { superuser } = inject('postgres');
const SHORT = { window: '250ms' };

test('a role without rights counts all, sees its own, and says what it could not see', async () => {
  const ordinary = await role('inspect_ordinary');
  const held = await session('of-others');
  await held.query('BEGIN');
  await sessions(2, 'of-mine', ordinary);
  const blind = await look({}, ordinary);
  const seeing = await look();
  expect(blind.observation).toMatchObject({
    unseen: ['states_of_others'],
    slots: { used: seeing.observation.slots.used },
    apart: null,
    total: { states: { idle_in_transaction: 0 } },
  });
  const mine = blind.observation.holders.find(({ application }) => application === 'of-mine');
  expect(mine).toMatchObject({ sessions: 2, states: { idle: 2, unknown: 0 } });
  const theirs = blind.observation.holders.find(({ application }) => application === 'of-others');
  expect(theirs).toMatchObject({ sessions: 1, states: { unknown: 1 } });
  const text = textOf(blind);
  expect(text).toContain('nothing wrong as far as this role can see');
  expect(text).toContain('GRANT pg_monitor TO "inspect_ordinary" lets it');

  await (await watcher()).query('GRANT pg_monitor TO inspect_ordinary');
  expect((await look({}, ordinary)).observation).toMatchObject({
    unseen: [],
    total: { states: { idle_in_transaction: 1, unknown: 0 } },
  });
});

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  flags: Record<string, string | boolean | readonly string[]> = {},
  { address = superuser, signal }: { address?: DatabaseConfig; signal?: AbortSignal } = {},
): Promise<Ran> {
  const env = { DATABASE_URL: databaseUrl(address) };
  const io = recordingIo({ env, ...(signal === undefined ? {} : { signal }) });
  const exitCode = await inspectCommand.run({ ...SHORT, ...flags }, io, []);
  return { exitCode, stdout: io.stdoutText(), stderr: io.stderrText() };
}

test('looking takes one connection, writes nothing and waits in no transaction', async () => {
  await during('CREATE DATABASE inspect_counted', 'DROP DATABASE inspect_counted WITH (FORCE)');
  const eye = await watcher();
  const address = { ...superuser, database: 'inspect_counted' };
  const counters = async (): Promise<Record<string, number>> => {
    const { rows } = await eye.query<Record<string, number>>(`
      SELECT sessions::int, (tup_inserted + tup_updated + tup_deleted)::int AS written,
             temp_files::int, xact_rollback::int AS rolled_back
        FROM pg_stat_database WHERE datname = 'inspect_counted'`);
    return rows[0] ?? {};
  };
  const before = await counters();
  const seen: { sessions: number; wrote: number; in_transaction: number }[] = [];
  let running = true;
  const ran = run({ window: '500ms' }, { address }).finally(() => {
    running = false;
  });
  while (running) {
    const { rows } = await eye.query<(typeof seen)[number]>(`
      SELECT count(*)::int AS sessions, count(backend_xid)::int AS wrote,
             count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS in_transaction
        FROM pg_stat_activity
       WHERE backend_type = 'client backend'
         AND (datname = 'inspect_counted' OR application_name = '${INSPECT_APPLICATION_NAME}')`);
    seen.push(...rows);
  }
  expect(await ran).toMatchObject({ exitCode: EXIT_CODE.ok });
  expect(new Set(seen.map((it) => it.sessions))).toContain(1);
  expect(Math.max(...seen.map((it) => it.sessions))).toBe(1);
  expect(Math.max(...seen.map((it) => it.wrote + it.in_transaction))).toBe(0);
  const after = await eventually(counters, (now) => now['sessions'] !== before['sessions']);
  expect(after).toEqual({ ...before, sessions: (before['sessions'] ?? 0) + 1 });
});

test('its session cannot write, waits for nobody long, and runs no function of the database’s owner', async () => {
  await withInspectionSession(superuser, async (client: ClientBase) => {
    await expect(client.query('CREATE TABLE public.not_here ()')).rejects.toMatchObject({
      code: '25006',
    });
    const { rows } = await client.query(`
      SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
             current_setting('search_path') AS path`);
    expect(rows).toEqual([{ statement: '3s', lock: '500ms', path: 'pg_catalog' }]);
  });
});

test('behind a pooler that leaves settings out nothing is looked at', async () => {
  const request = { address: superuser, windowMs: 250, longIdleMs: 1 };
  await expect(
    inspectDatabase(await session('through-a-pooler'), {
      ...request,
      signal: new AbortController().signal,
    }),
  ).rejects.toMatchObject({
    code: 'DATABASE_UNUSABLE',
    message: expect.stringContaining('pooler'),
  });
});

test('TLS that was asked for and is not there is no connection, and never one without', async () => {
  await expect(inspected(superuser, { parameters: '?sslmode=require' })).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringMatching(/has no TLS, and sslmode=require wants it/),
    hint: expect.stringContaining('?sslmode=disable'),
  });
});

test('a catalog that somebody has locked is not waited for', async () => {
  const holder = await session('vacuum-full');
  const looking = withInspectionSession(superuser, async (client) => {
    await holder.query('BEGIN; LOCK TABLE pg_catalog.pg_database');
    return await inspectDatabase(client, {
      ...{ address: superuser, windowMs: 250, longIdleMs: 1 },
      signal: new AbortController().signal,
    });
  });
  await expect(looking).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringMatching(/did not answer in time .*lock timeout/),
  });
});

test('a connection that is lost while looking is told, and not made again', async () => {
  const eye = await watcher();
  const looking = run({ window: '1m' });
  const terminated = eventually(
    async () =>
      await eye.query(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
        [INSPECT_APPLICATION_NAME],
      ),
    ({ rows }) => rows.length > 0,
  );
  await expect(looking).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringContaining('was lost while looking'),
  });
  expect((await terminated).rows).toHaveLength(1);
});

test('a session that keeps what it does to itself is counted, and said to be unseen', async () => {
  const secretive = await session('secretive');
  await secretive.query('SET track_activities = off');
  const { observation } = await look();
  expect(observation.unseen).toEqual(['activities_off']);
  expect(observation.holders).toContainEqual(
    expect.objectContaining({
      application: 'secretive',
      sessions: 1,
      states: expect.objectContaining({ unknown: 1 }),
    }),
  );
});

test('thresholds stand first, and one that is missed is exit 99', async () => {
  const met = await run({ threshold: ['slots.left>10'] });
  expect(met.exitCode).toBe(EXIT_CODE.ok);
  expect(met.stdout).toMatch(/^✓ slots\.left>10 {2}\d+ > 10\n\n\d+ of 97/);
  const missed = await run({ threshold: ['slots.left>10', 'usable>=98'], json: true });
  expect(missed.exitCode).toBe(EXIT_CODE.thresholdNotMet);
  const document = inspectionDocumentSchema.parse(JSON.parse(missed.stdout));
  expect(document.thresholds.map(({ met: it }) => it)).toEqual([true, false]);
});

test('--watch looks again on the same connection, and ends with the first threshold that is missed', async () => {
  const aborter = new AbortController();
  const io = recordingIo({
    env: { DATABASE_URL: databaseUrl(superuser) },
    signal: aborter.signal,
  });
  const watched = inspectCommand.run({ ...SHORT, watch: true, every: '1s', json: true }, io, []);
  const eye = await watcher();
  const pids = new Set<number>();
  await eventually(
    async () => {
      const { rows } = await eye.query<{ pid: number }>(
        'SELECT pid FROM pg_stat_activity WHERE application_name = $1',
        [INSPECT_APPLICATION_NAME],
      );
      for (const { pid } of rows) pids.add(pid);
      return io.stdoutText().split('\n').length;
    },
    (lines) => lines > 2,
  );
  aborter.abort();
  await expect(watched).rejects.toThrow('aborted');
  expect(pids.size).toBe(1);
  const lines = io.stdoutText().trimEnd().split('\n');
  expect(lines.length).toBeGreaterThanOrEqual(2);
  for (const line of lines) inspectionDocumentSchema.parse(JSON.parse(line));

  const missed = await run({ watch: true, every: '1h', threshold: ['slots.left>99'] });
  expect(missed.exitCode).toBe(EXIT_CODE.thresholdNotMet);
  expect(missed.stdout).toMatch(/^\S+Z \d+ of 97 .*\n {2}\d+ taken: .*\n {2}✗ slots\.left>99: /);
});

test('the password is in no output, whatever happens', async () => {
  const address = await role('inspect_secret');
  const outputs = [
    await run({}, { address }),
    await run({ json: true }, { address }),
    await run({ threshold: ['causes==0'] }, { address }),
  ].flatMap(({ stdout, stderr }) => [stdout, stderr]);
  for (const wrong of [
    { ...address, user: 'nobody-here' },
    { ...address, database: 'nowhere' },
    { ...address, port: 1 },
  ]) {
    await run({}, { address: wrong }).catch((error: unknown) => {
      outputs.push(String(error), JSON.stringify(error));
    });
  }
  expect(outputs.length).toBe(12);
  expect(outputs.filter((text) => text.includes(PASSWORD))).toEqual([]);
});
