import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { SqlFileRead } from '../plan/sql-asked.ts';
import type { SqlPlan } from '../plan/sql-plan.ts';
import { createRedactor } from '../report/redactor.ts';
import { createSqlDatabase, type SqlDatabase } from './sql-database.ts';

const given = inject('postgres');
const DATABASE = 'sql_database_test';
const ROLE = 'sql_database_test_role';
const superuser: DatabaseConfig = { ...given.superuser, database: DATABASE };
const api: DatabaseConfig = { ...superuser, user: ROLE, password: 'of-this-test' };

const SCHEMA = `
CREATE TABLE items (id int PRIMARY KEY, name text NOT NULL);
CREATE SCHEMA shop;
CREATE TABLE shop.orders (id bigint GENERATED ALWAYS AS IDENTITY, item int REFERENCES items);
CREATE SEQUENCE tickets;
GRANT ALL ON items TO PUBLIC;
GRANT ALL ON SCHEMA shop TO PUBLIC;
CREATE FUNCTION add_item(n int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO items VALUES (n, 'by its owner'); END $$;
CREATE FUNCTION twice(n int) RETURNS int BEGIN ATOMIC SELECT 2 * n; END;
`;
const SEED =
  "BEGIN;\nINSERT INTO items SELECT n, 'item ' || n FROM generate_series(1, 100) n;\nCOMMIT;\n";

const files = new Map([
  ['schema.sql', SCHEMA],
  ['seed.sql', SEED],
]);

function readSql(path: string): SqlFileRead {
  const text = files.get(path);
  return text === undefined
    ? { ok: false, problem: 'does not exist', remedy: 'name another' }
    : { ok: true, path, text, sha256: text };
}

const file = (path: string) => ({ path, sha256: files.get(path) ?? '' });

function planOf(changes: Partial<SqlPlan> = {}): { readonly sql: SqlPlan; readonly service: null } {
  return {
    sql: {
      scripts: [{ name: 'a.sql', sha256: 'a', text: 'SELECT 1' }],
      allowWrites: false,
      statementTimeoutMs: 30_000,
      schema: file('schema.sql'),
      seed: file('seed.sql'),
      ...changes,
    },
    service: null,
  };
}

function ownDatabase(): SqlDatabase {
  const capabilities = {
    setsSettings: true,
    isOwn: true,
    showsProcesses: true,
    isSuperuser: true,
    seesSessions: true,
  };
  return createSqlDatabase({
    postgres: { superuser, api, capabilities },
    redactor: createRedactor(),
    readSql,
    warn: () => undefined,
  });
}

async function as<T>(role: DatabaseConfig, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ ...role });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

const said = (role: DatabaseConfig, sql: string): Promise<unknown> =>
  as(role, (client) =>
    client.query(sql).then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.message : error),
    ),
  );

async function countItems(): Promise<number> {
  const { rows } = await as(superuser, (client) =>
    client.query<{ count: number }>('SELECT count(*)::int AS count FROM items'),
  );
  return rows[0]?.count ?? Number.NaN;
}

const signal = new AbortController().signal;

beforeAll(async () => {
  await as(given.superuser, async (client) => {
    await client.query(`CREATE DATABASE ${DATABASE}`);
    await client.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD '${api.password}'`);
  });
});
afterAll(async () => {
  await as(given.superuser, async (client) => {
    await client.query(`DROP DATABASE ${DATABASE} WITH (FORCE)`);
    await client.query(`DROP ROLE ${ROLE}`);
  });
});

test('a script reads what the files made, in every schema, and by functions too', async () => {
  await ownDatabase().prepare(planOf(), signal);
  const { rows } = await as(api, (client) =>
    client.query(
      `SELECT count(*)::int AS items, twice(3), (SELECT count(*)::int FROM shop.orders) AS orders,
              (SELECT last_value::int FROM tickets) AS ticket,
              current_setting('default_transaction_read_only') AS read_only,
              current_setting('statement_timeout') AS timeout
         FROM items`,
    ),
  );
  expect(rows).toEqual([
    { items: 100, twice: 6, orders: 0, ticket: 1, read_only: 'on', timeout: '30s' },
  ]);
});

// None of them is of the kind that a script may have; the rights have to hold all the same.
const ATTEMPTS = [
  "INSERT INTO items VALUES (1000, 'x')",
  "UPDATE items SET name = 'x'",
  'DELETE FROM items',
  'TRUNCATE items',
  "WITH w AS (INSERT INTO items VALUES (1000, 'x') RETURNING 1) SELECT FROM w",
  "EXPLAIN ANALYZE INSERT INTO items VALUES (1000, 'x')",
  'SELECT * FROM items FOR UPDATE',
  'BEGIN; LOCK TABLE items IN EXCLUSIVE MODE',
  'INSERT INTO shop.orders (item) VALUES (1)',
  'SELECT add_item(1000)',
  "SELECT nextval('tickets')",
  "SELECT setval('tickets', 7)",
  'SELECT lo_create(0)',
  "SELECT pg_logical_emit_message(false, 'a', 'b')",
  "SELECT lo_from_bytea(0, 'x')",
  'DO $$ BEGIN LOOP NULL; END LOOP; END $$',
  'CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
  'CREATE TEMP TABLE mine (a int)',
  'CREATE TABLE mine (a int)',
  'CREATE TABLE shop.mine (a int)',
  'SELECT 1 AS a INTO mine',
  'CREATE SCHEMA mine',
  'CREATE EXTENSION hstore',
  'ALTER TABLE items ADD COLUMN b int',
  'DROP TABLE items',
  'SET ROLE postgres',
  'SET SESSION AUTHORIZATION postgres',
  'SET ROLE pool_lab_owner',
  'ALTER ROLE CURRENT_USER SUPERUSER',
  "COPY items TO PROGRAM 'true'",
  "COPY items FROM '/etc/hosts'",
  "SELECT pg_read_file('/etc/hosts')",
  'ALTER SYSTEM SET fsync = off',
];
const EVASIONS = [
  'SET default_transaction_read_only = off',
  // Grants nothing, and is no error.
  'SET default_transaction_read_only = off; COMMIT; GRANT ALL ON items TO CURRENT_USER',
  'SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE',
  "SELECT set_config('default_transaction_read_only', 'off', false)",
];

test('nothing is written, and nobody becomes another role, by a script that sets what it likes', async () => {
  await ownDatabase().prepare(planOf(), signal);
  for (const evasion of EVASIONS) {
    await as(api, async (client) => {
      await client.query(evasion);
      await client.query("SET statement_timeout = '2s'");
      for (const attempt of ATTEMPTS) {
        await expect(client.query(attempt), attempt).rejects.toMatchObject({
          message: expect.stringMatching(
            /permission denied|must be (owner|superuser)|Only roles with/,
          ),
        });
        await client.query('ROLLBACK');
      }
    });
  }
  expect(await countItems()).toBe(100);
});

test('with writes allowed a script writes, and the next trial finds the data as the files made it', async () => {
  const database = ownDatabase();
  const writing = planOf({ allowWrites: true });
  for (let trial = 1; trial <= 2; trial++) {
    await database.prepare(writing, signal);
    expect(await countItems()).toBe(100);
    expect(
      await said(
        api,
        "INSERT INTO items VALUES (1000, 'x'); INSERT INTO shop.orders (item) VALUES (1000); SELECT nextval('tickets'); CREATE TEMP TABLE t (a int)",
      ),
    ).toBe('done');
    expect(await said(api, 'SET ROLE postgres')).toContain('permission denied');
  }
  await database.prepare(planOf(), signal);
  expect(await said(api, 'DELETE FROM items')).toContain('read-only transaction');
  await database.prepare({ sql: null, service: null }, signal);
  expect(await said(api, 'CREATE TEMP TABLE t (a int)')).toBe('done');
});

test('a statement that was not ended is ended after the trial', async () => {
  const database = ownDatabase();
  const plan = planOf({ allowWrites: true });
  await database.prepare(plan, signal);
  const outcome = said(
    api,
    'DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$',
  );
  await as(superuser, async (client) => {
    const running = `SELECT FROM pg_stat_activity WHERE usename = '${ROLE}' AND wait_event = 'PgSleep'`;
    await expect.poll(async () => (await client.query(running)).rowCount).toBe(1);
  });
  await database.finish(plan);
  expect(await outcome).toMatch(/terminat/);
});

test.each([
  [
    'CREATE TABLE a (b int);\n\nCREATE TABLE é (\n  b nmeric);\n',
    '4:5: type "nmeric" does not exist',
  ],
  ['SELECT 1;\nSELECT 1 / 0;', '2:1: division by zero (SQLSTATE 22012)'],
  ['COPY items FROM stdin;\n1\tx\n\\.\n', '1:1: is COPY FROM STDIN'],
  ['\\restrict abc\n\\connect other\n', '2:1: is "\\\\connect other"'],
  ["SELECT 'a", '1:8: begins a string that has no end'],
  ['ROLLBACK;', '1:1: is ROLLBACK'],
  [
    'CREATE TABLE a (b int);\nALTER TABLE a OWNER TO nobody_here;',
    '2:1: role "nobody_here" does not exist',
  ],
  ["COPY pg_class TO PROGRAM 'true';", '1:1: permission denied to COPY'],
  [
    'CREATE TABLE a (b int PRIMARY KEY, c int REFERENCES a DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO a VALUES (1, 2);',
    'violates foreign key constraint',
  ],
])('a schema file %j is refused at its place, and nothing of it stays', async (text, message) => {
  files.set('wrong.sql', text);
  const plan = planOf({ schema: file('wrong.sql'), seed: null });
  await expect(ownDatabase().prepare(plan, signal)).rejects.toMatchObject({
    code: 'SQL_FAILED',
    message: expect.stringContaining(message),
  });
  expect(await said(superuser, 'SELECT FROM a')).toContain('does not exist');
});

test('a file that is no longer what the plan was made with is refused', async () => {
  const plan = planOf({ seed: { path: 'seed.sql', sha256: 'another' } });
  await expect(ownDatabase().prepare(plan, signal)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: 'seed.sql was changed since the plan was made',
  });
});
