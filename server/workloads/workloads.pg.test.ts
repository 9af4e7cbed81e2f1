import type { FastifyInstance } from 'fastify';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { buildApp } from '../app.ts';
import { HEADERS, LAB_SCHEMA, POOL_DEFAULTS, type PoolConfig } from '../contract.ts';
import { HttpAccount, NO_HTTP_RECORDER } from '../http/http-account.ts';
import { createPool } from '../pool/create-pool.ts';
import { NO_POOL_RECORDER, type Pool } from '../pool/pool.ts';
import { seededRandom } from '../random.ts';
import { seed } from '../test/seeded.ts';
import { eventually } from '../test/server-process.ts';

const postgres = inject('postgres');

function poolWith(config: Partial<PoolConfig>): Pool {
  return createPool({
    config: { ...POOL_DEFAULTS, maxOverflow: 0, ...config },
    database: postgres.api,
    applicationName: 'pool-lab-workloads-test',
    recorder: NO_POOL_RECORDER,
    loop: null,
  });
}

function appOn(pool: Pool): Promise<FastifyInstance> {
  return buildApp({
    workerId: 1,
    pool,
    account: new HttpAccount(),
    recorder: NO_HTTP_RECORDER,
    random: seededRandom(1),
    loop: null,
    isDraining: () => false,
    reportBug: (error) => {
      throw error;
    },
  });
}

async function asOwner<Result>(use: (client: Client) => Promise<Result>): Promise<Result> {
  const client = new Client({ ...postgres.superuser, database: postgres.api.database });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

let pool: Pool;
let app: FastifyInstance;
beforeAll(async () => {
  await seed(postgres);
  pool = poolWith({ poolSize: 4 });
  app = await appOn(pool);
});
afterAll(async () => {
  await app.close();
  await pool.end(0);
});

test.each([
  ['/w/point?key=7', { account: { id: 7, balance: 55_433 } }],
  ['/w/hold?ms=1', { heldMs: 1 }],
  ['/w/remote-call?ms=1', { calledMs: 1, tx: false }],
  ['/w/remote-call?ms=1&tx=true', { calledMs: 1, tx: true }],
  ['/w/fan-out?n=3', { checkouts: 3, mode: 'concurrent' }],
  ['/w/fan-out?n=3&mode=sequential', { checkouts: 3, mode: 'sequential' }],
  ['/w/fan-out?n=3&mode=nested', { checkouts: 3, mode: 'nested' }],
  ['/w/mixed?point=1&hot=0&hold=0&report=0', { workload: 'point' }],
])('%s answers from the database and keeps nothing', async (url, body) => {
  const answer = await app.inject(url);
  expect(answer.json()).toMatchObject(body);
  expect(pool.snapshot().held).toBe(0);
});

test('concurrent hot requests lose no update and never deadlock', async () => {
  // Other test files use the first four rows at the same time.
  const total = () =>
    asOwner(async (client) => {
      const { rows } = await client.query<{ total: number }>(
        `SELECT sum(counter)::int AS total FROM ${LAB_SCHEMA}.hot_rows WHERE id BETWEEN 5 AND 8`,
      );
      return rows[0]?.total ?? 0;
    });
  const before = await total();
  const answers = await Promise.all(
    Array.from({ length: 40 }, () => app.inject('/w/hot?rows=8&updates=8')),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual(answers.map(() => 200));
  expect((await total()) - before).toBe(40 * 4);
});

test('the report covers as many events as asked for', async () => {
  const answer = await app.inject('/w/report?events=1200');
  const { kinds } = answer.json<{ kinds: { events: number }[] }>();
  expect(kinds.reduce((sum, { events }) => sum + events, 0)).toBe(1_200);
});

test.each([1, 499, 500, 501, 1_000])('a stream of %i rows has that many lines', async (rows) => {
  const answer = await app.inject(`/w/stream?rows=${rows}`);
  expect(answer.body.split('\n')).toHaveLength(rows + 1);
  expect(pool.snapshot().held).toBe(0);
});

test('a lock timeout is answered as one and does not cost the connection', async () => {
  const impatient = poolWith({ poolSize: 1, lockTimeoutMs: 100 });
  const itsApp = await appOn(impatient);
  try {
    await asOwner(async (blocker) => {
      await blocker.query('BEGIN');
      await blocker.query(`SELECT FROM ${LAB_SCHEMA}.hot_rows WHERE id = 1 FOR UPDATE`);
      const answer = await itsApp.inject('/w/hot?rows=1');
      expect(answer.statusCode).toBe(504);
      expect(answer.headers[HEADERS.errorClass]).toBe('lock_timeout');
    });
    await eventually(() => impatient.snapshot().idle === 1);
    expect((await itsApp.inject('/w/hot?rows=1')).statusCode).toBe(200);
    expect(impatient.snapshot()).toMatchObject({ opened: 1, closed: 0 });
  } finally {
    await itsApp.close();
    await impatient.end(0);
  }
});
