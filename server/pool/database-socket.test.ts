import type { QueryConfig } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { POOL_DEFAULTS } from '../contract.ts';
import { LoopTurns, NODE_LOOP } from '../event-loop/loop-turns.ts';
import { type ScriptedPostgres, startScriptedPostgres } from '../test/scripted-postgres.ts';
import { createPool } from './create-pool.ts';
import { NO_POOL_RECORDER, type Pool } from './pool.ts';

const BUSY_MS = 30;

const loop = new LoopTurns(NODE_LOOP);
afterAll(() => loop.stop());

function poolOn(database: ScriptedPostgres, watched: LoopTurns | null): Pool {
  return createPool({
    config: { ...POOL_DEFAULTS, poolSize: 1, maxOverflow: 0 },
    database: {
      host: '127.0.0.1',
      port: database.port,
      user: 'lab',
      password: 'secret',
      database: 'lab',
    },
    applicationName: 'database-socket-test',
    recorder: NO_POOL_RECORDER,
    loop: watched,
  });
}

/** Keeps this process busy, the pool in it: what was just sent to it waits. */
function beBusy(): void {
  const startedAt = performance.now();
  while (performance.now() - startedAt < BUSY_MS) {
    // Busy.
  }
}

/** A message at once, and several held back to be sent together. */
const QUERIES: readonly (readonly [string, QueryConfig])[] = [
  ['simple', { text: 'SELECT 1' }],
  ['extended', { text: 'SELECT $1', values: ['1'] }],
];

test.each(QUERIES)(
  'the answer to a %s query that waits for a busy process is late',
  async (_kind, query) => {
    await using database = await startScriptedPostgres();
    const pool = poolOn(database, loop);
    const checkout = await pool.checkout();
    // What an answer takes is learned first.
    for (let i = 0; i < 20; i++) await checkout.client.query({ ...query });
    const lateMsBefore = checkout.holdLoopMs;
    database.script.onQuery = (session) => {
      session.complete();
      beBusy();
    };
    const askedAt = performance.now();
    await checkout.client.query({ ...query });
    const tookMs = performance.now() - askedAt;
    const lateMs = checkout.holdLoopMs - lateMsBefore;
    expect(lateMs).toBeGreaterThan(0.8 * BUSY_MS);
    expect(lateMs).toBeLessThanOrEqual(tookMs);
    checkout.release();
    await pool.end(100);
  },
);

test('what the next holder waits for is not counted to the one before, nor the other way', async () => {
  await using database = await startScriptedPostgres();
  const pool = poolOn(database, loop);
  const first = await pool.checkout();
  first.release();
  database.script.onQuery = (session) => {
    session.complete();
    beBusy();
  };
  const second = await pool.checkout();
  await second.client.query('SELECT 1');
  second.release();
  const third = await pool.checkout();
  expect(first.holdLoopMs).toBe(0);
  expect(second.holdLoopMs).toBeGreaterThan(0);
  expect(third.holdLoopMs).toBe(0);
  third.release();
  await pool.end(100);
});

test('a greeting that waits for a busy process is late for who had the connection opened', async () => {
  await using database = await startScriptedPostgres({
    onStartup: (session) => {
      session.welcome();
      beBusy();
    },
  });
  const pool = poolOn(database, loop);
  const opened = await pool.checkout();
  // The first answers of a connection are taken from the middle of when they can have come.
  expect(opened.connectLoopMs).toBeGreaterThan(0.4 * BUSY_MS);
  expect(opened.connectLoopMs).toBeLessThanOrEqual(opened.connectMs);
  expect(opened.holdLoopMs).toBe(0);
  opened.release();
  const kept = await pool.checkout();
  expect(kept.connectLoopMs).toBe(0);
  kept.release();
  await pool.end(100);
});

test('a pool without turns of the loop finds nothing late', async () => {
  await using database = await startScriptedPostgres();
  database.script.onQuery = (session) => {
    session.complete();
    beBusy();
  };
  const pool = poolOn(database, null);
  const checkout = await pool.checkout();
  await checkout.client.query('SELECT 1');
  expect(checkout).toMatchObject({ connectLoopMs: 0, holdLoopMs: 0 });
  checkout.release();
  await pool.end(100);
});
