import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { ACCOUNT_ROWS, LAB_SCHEMA, LAB_SCHEMA_MARK } from '../contract.ts';
import { runSeed } from './seeded.ts';

const { api, superuser } = inject('postgres');
/** A database of this file's own, so that dropping the schema disturbs nobody. */
const DATABASE = 'pool_lab_seed_test';
const owner = { ...superuser, database: DATABASE };

const admin = new Client({ ...superuser });
beforeAll(async () => {
  await admin.connect();
  await admin.query(`CREATE DATABASE ${DATABASE} TEMPLATE template0`);
});
afterAll(async () => {
  await admin.query(`DROP DATABASE ${DATABASE} WITH (FORCE)`);
  await admin.end();
});

async function inDatabase<Result>(use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ ...owner });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

test('it seeds once, says so, and finds its own work the second time', async () => {
  const first = await runSeed(owner, api.user);
  expect(JSON.parse(first.stdout)).toMatchObject({
    ok: true,
    state: 'seeded',
    rows: { accounts: ACCOUNT_ROWS },
  });
  const second = await runSeed(owner, api.user);
  expect(JSON.parse(second.stdout)).toMatchObject({ ok: true, state: 'present' });
});

test('the API role may read and write the tables and not change them', async () => {
  await runSeed(owner, api.user);
  const client = new Client({ ...api, database: DATABASE });
  await client.connect();
  try {
    const { rowCount } = await client.query(`UPDATE ${LAB_SCHEMA}.hot_rows SET counter = 0`);
    expect(rowCount).toBe(64);
    await expect(client.query(`DROP TABLE ${LAB_SCHEMA}.hot_rows`)).rejects.toThrow('owner');
  } finally {
    await client.end();
  }
});

test('data of another version of the lab is replaced', async () => {
  await inDatabase(async (client) => {
    await client.query(`DROP SCHEMA IF EXISTS ${LAB_SCHEMA} CASCADE`);
    await client.query(`CREATE SCHEMA ${LAB_SCHEMA}`);
    await client.query(`CREATE TABLE ${LAB_SCHEMA}.of_yesterday (id integer)`);
    await client.query(`COMMENT ON SCHEMA ${LAB_SCHEMA} IS '${LAB_SCHEMA_MARK} Version: old'`);
  });
  const run = await runSeed(owner, api.user);
  expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, state: 'seeded' });
});

test("a schema of the lab's name that is not the lab's is refused and left alone", async () => {
  await inDatabase(async (client) => {
    await client.query(`DROP SCHEMA IF EXISTS ${LAB_SCHEMA} CASCADE`);
    await client.query(`CREATE SCHEMA ${LAB_SCHEMA}`);
    await client.query(`CREATE TABLE ${LAB_SCHEMA}.precious (id integer)`);
  });
  const run = await runSeed(owner, api.user);
  expect(run.exitCode).toBe(5);
  expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, code: 'refused' });
  await inDatabase(async (client) => {
    await client.query(`SELECT FROM ${LAB_SCHEMA}.precious`);
    await client.query(`DROP SCHEMA ${LAB_SCHEMA} CASCADE`);
  });
});

test("what others made in public is not run with the owner's rights", async () => {
  // They fit better than PostgreSQL's own, and need no more than the right to create in that schema.
  await inDatabase(async (client) => {
    await client.query(`DROP SCHEMA IF EXISTS ${LAB_SCHEMA} CASCADE`);
    await client.query(`
      CREATE FUNCTION pg_advisory_xact_lock(integer) RETURNS void LANGUAGE plpgsql
          AS $$BEGIN RAISE 'somebody''s lock ran as %', current_user; END$$;
      CREATE FUNCTION remainder(bigint, integer) RETURNS bigint LANGUAGE plpgsql
          AS $$BEGIN RAISE 'somebody''s operator ran as %', current_user; END$$;
      CREATE OPERATOR % (LEFTARG = bigint, RIGHTARG = integer, FUNCTION = remainder)`);
  });
  const run = await runSeed(owner, api.user);
  await inDatabase(async (client) => {
    await client.query('DROP FUNCTION pg_advisory_xact_lock(integer)');
    await client.query('DROP FUNCTION remainder(bigint, integer) CASCADE');
  });
  expect(JSON.parse(run.stdout)).toMatchObject({ ok: true, state: 'seeded' });
});

test('a wrong password is reported without being shown', async () => {
  const run = await runSeed({ ...owner, password: 'wrong-canary' }, api.user);
  expect(run.exitCode).toBe(4);
  expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, code: 'database' });
  expect(run.stdout + run.stderr).not.toContain('wrong-canary');
});

test('what is not set is named', async () => {
  const run = await runSeed({ ...owner, user: '' }, '');
  expect(run.exitCode).toBe(2);
  expect(run.stdout).toContain('PGUSER, POOL_LAB_API_ROLE');
});
