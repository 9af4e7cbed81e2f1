import type { FastifyInstance } from 'fastify';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { buildApp } from '../app.ts';
import {
  POOL_DEFAULTS,
  type ScriptCommand,
  type ScriptSet,
  SQL_PATH,
  SQL_TRIAL_PATH,
} from '../contract.ts';
import { HttpAccount, NO_HTTP_RECORDER } from '../http/http-account.ts';
import { createPool } from '../pool/create-pool.ts';
import { NO_POOL_RECORDER } from '../pool/pool.ts';
import { seededRandom } from '../random.ts';

const postgres = inject('postgres');
const TABLE = 'sql_route_test';
const NAME = 'pool-lab-sql-route-test';

const sql = (
  text: string,
  rest: Partial<Extract<ScriptCommand, { kind: 'sql' }>> = {},
): ScriptCommand => ({ kind: 'sql', line: 1, text, variables: [], transaction: 'none', ...rest });
const begin = sql('BEGIN', { transaction: 'begin' });
const commit = sql('COMMIT', { transaction: 'commit' });
const setTo = (name: string, digits: string): ScriptCommand => ({
  kind: 'set',
  line: 2,
  name,
  expression: { kind: 'integer', digits },
});

async function appWith(
  scripts: readonly (readonly ScriptCommand[])[],
  rest: Partial<ScriptSet> = {},
): Promise<FastifyInstance> {
  const set: ScriptSet = {
    scripts: scripts.map((commands, index) => ({
      name: `${index}.sql`,
      weight: index + 1,
      commands: [...commands],
    })),
    readOnlySessions: false,
    statementTimeoutMs: 10_000,
    ...rest,
  };
  const pool = createPool({
    config: { ...POOL_DEFAULTS, poolSize: 1, maxOverflow: 0, poolTimeoutMs: 5_000 },
    database: postgres.api,
    applicationName: NAME,
    recorder: NO_POOL_RECORDER,
    loop: null,
    readOnly: set.readOnlySessions,
  });
  const app = await buildApp({
    workerId: 1,
    pool,
    account: new HttpAccount(),
    recorder: NO_HTTP_RECORDER,
    random: seededRandom(1),
    loop: null,
    sql: set,
    isDraining: () => false,
    reportBug: (error) => {
      throw error;
    },
  });
  onTestFinished(async () => {
    await app.close();
    await pool.end(0);
  });
  return app;
}

const ask = async (app: FastifyInstance, url: string = SQL_PATH): Promise<unknown> =>
  (await app.inject(url)).json();

async function asOwner<T>(text: string): Promise<readonly T[]> {
  const client = new Client({ ...postgres.superuser, database: postgres.api.database });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
const written = (): Promise<readonly { readonly a: number }[]> =>
  asOwner(`SELECT a FROM ${TABLE} ORDER BY a`);

const connected = (): Promise<readonly { readonly pid: number }[]> =>
  asOwner(`SELECT pid FROM pg_stat_activity WHERE application_name = '${NAME}'`);

beforeAll(async () => {
  await asOwner(`CREATE TABLE ${TABLE} (a int); GRANT ALL ON ${TABLE} TO ${postgres.api.user}`);
});
afterAll(async () => {
  await asOwner(`DROP TABLE ${TABLE}`);
});

test('a script runs once on one connection, and says which it was, how many statements and rows', async () => {
  const app = await appWith([
    [
      setTo('n', '3'),
      begin,
      sql('SELECT generate_series(1, $1)', { variables: ['n'] }),
      sql('SELECT 1 LIMIT $1', { variables: ['n'] }),
      commit,
    ],
  ]);
  for (let request = 1; request <= 2; request++) {
    expect(await ask(app)).toEqual({ script: '0.sql', statements: 4, rows: 4 });
  }
});

test('scripts are drawn by their weights', async () => {
  const app = await appWith([[sql('SELECT 1')], [sql('SELECT 2')], [sql('SELECT 3')]]);
  const names = await Promise.all(
    Array.from({ length: 60 }, async () => JSON.stringify(await ask(app))),
  );
  const countOf = (name: string): number => names.filter((it) => it.includes(name)).length;
  expect(countOf('0.sql')).toBeLessThan(countOf('1.sql') + countOf('2.sql'));
  expect(countOf('2.sql')).toBeGreaterThan(countOf('0.sql'));
  expect(countOf('0.sql')).toBeGreaterThan(0);
});

test('an error in a transaction takes it back, and costs neither the connection nor the next request', async () => {
  const app = await appWith([
    [begin, sql(`INSERT INTO ${TABLE} VALUES (1)`), sql('SELECT 1 / (SELECT 0)'), commit],
  ]);
  const [first] = await Promise.all([ask(app)]);
  expect(first).toMatchObject({ error: { class: 'sql_error', sqlstate: '22012' } });
  const connection = await connected();
  expect(connection).toHaveLength(1);
  expect(await ask(app)).toEqual(first);
  expect(await connected()).toEqual(connection);
  expect(await written()).toEqual([]);
});

test('a pause after the last statement holds no connection', async () => {
  const pause: ScriptCommand = {
    ...{ kind: 'sleep', line: 2, unitUs: 1_000 },
    amount: { kind: 'integer', digits: '1000' },
  };
  const app = await appWith([[pause, sql('SELECT 1'), pause]]);
  const begunMs = performance.now();
  await Promise.all([ask(app), ask(app), ask(app)]);
  // With the one connection there is each would have to wait for the pauses of those before it.
  expect(performance.now() - begunMs).toBeLessThan(3_000);
});

test('an expression without a value is an error of the script, at its line', async () => {
  const app = await appWith([
    [
      {
        kind: 'set',
        line: 7,
        name: 'a',
        expression: {
          kind: 'call',
          name: 'divide',
          args: [
            { kind: 'integer', digits: '1' },
            { kind: 'integer', digits: '0' },
          ],
        },
      },
      sql('SELECT 1'),
    ],
  ]);
  expect(await ask(app)).toMatchObject({
    error: { class: 'sql_error', reason: 'script', message: '0.sql:7: division by zero' },
  });
});

test('no statement outlives its time, whatever the script sets', async () => {
  const app = await appWith(
    [
      [
        sql("SELECT set_config('statement_timeout', '0', false)"),
        sql("SELECT pg_sleep(60), 'outlives'"),
      ],
    ],
    { statementTimeoutMs: 50 },
  );
  expect(await ask(app)).toMatchObject({
    error: { class: 'statement_timeout', reason: 'outlived' },
  });
  await expect
    .poll(() =>
      asOwner(
        `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%outlives%' AND state = 'active' AND usename = '${postgres.api.user}'`,
      ),
    )
    .toEqual([]);
});

test('a text of two statements is refused by PostgreSQL itself, those of transactions among them', async () => {
  const two = sql(`BEGIN; INSERT INTO ${TABLE} VALUES (2)`, { transaction: 'begin' });
  const app = await appWith([[two, commit], [sql(`SELECT 1; INSERT INTO ${TABLE} VALUES (2)`)]]);
  for (let request = 1; request <= 6; request++) {
    expect(await ask(app)).toMatchObject({ error: { sqlstate: '42601' } });
  }
  expect(await written()).toEqual([]);
});

test('where the role has it not so, sessions begin read-only', async () => {
  const app = await appWith([[sql(`INSERT INTO ${TABLE} VALUES (3)`)]], { readOnlySessions: true });
  expect(await ask(app)).toMatchObject({ error: { sqlstate: '25006' } });
});

test('a trial sees what the script commits in between, and takes all of it back', async () => {
  const app = await appWith([
    [
      begin,
      sql(`INSERT INTO ${TABLE} VALUES (4)`),
      commit,
      { kind: 'sleep', line: 1, amount: { kind: 'integer', digits: '50' }, unitUs: 1_000_000 },
      sql(`SELECT 1 / (SELECT count(*) FROM ${TABLE} WHERE a = 4)`),
    ],
  ]);
  expect(await ask(app, `${SQL_TRIAL_PATH}?script=0`)).toEqual({ ok: true });
  expect(await written()).toEqual([]);
});

test('a trial names the command that failed, and the place in it', async () => {
  const app = await appWith([[begin, sql('SELECT 1'), sql('SELECT  nothing'), commit]]);
  expect(await ask(app, `${SQL_TRIAL_PATH}?script=0`)).toMatchObject({
    ok: false,
    command: 2,
    sqlstate: '42703',
    position: 9,
  });
  expect((await app.inject(`${SQL_TRIAL_PATH}?script=1`)).statusCode).toBe(400);
});
