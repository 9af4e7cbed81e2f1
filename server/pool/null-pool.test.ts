import { expect, test } from 'vitest';
import { postgresError, settled } from './test/fake-database.ts';
import { poolUnderTest } from './test/pool-under-test.ts';

test('opens a connection for each checkout and closes it on return', async () => {
  const { pool, database } = poolUnderTest({ kind: 'null', poolSize: 1, maxOverflow: 0 });
  const held = await Promise.all([pool.checkout(), pool.checkout(), pool.checkout()]);
  expect(pool.snapshot()).toMatchObject({ held: 3, idle: 0, overflow: 0 });
  for (const checkout of held) checkout.release();
  await settled();
  expect(pool.snapshot()).toMatchObject({ held: 0, closing: 0, opened: 3, closed: 3 });
  expect(database.live).toBe(0);
  expect(() => held[0]?.release()).toThrow('released twice');
});

test('counts sockets that are still closing', async () => {
  const { pool, database } = poolUnderTest({ kind: 'null' });
  database.habits.closes = false;
  (await pool.checkout()).release();
  expect(pool.snapshot()).toMatchObject({ held: 0, closing: 1 });
  database.connections[0]?.close();
  await settled();
  expect(pool.snapshot()).toMatchObject({ closing: 0, closed: 1 });
});

test('gives the connect up at the deadline and leaves no socket', async () => {
  const { pool, database, clock } = poolUnderTest({ kind: 'null', poolTimeoutMs: 100 });
  database.habits.accepts = false;
  const checkout = pool.checkout();
  clock.advance(100);
  await expect(checkout).rejects.toMatchObject({
    errorClass: 'db_unavailable',
    reason: 'connect_timeout',
  });
  await settled();
  expect(database.live).toBe(0);
  expect(pool.snapshot()).toMatchObject({ connecting: 0, closing: 0, acquireError: 1, waiting: 0 });
});

test('passes a refusal on', async () => {
  const { pool, database } = poolUnderTest({ kind: 'null' });
  database.refusals.push(postgresError('53300', 'too many connections for role "api"', 'FATAL'));
  await expect(pool.checkout()).rejects.toMatchObject({
    errorClass: 'too_many_connections',
    reason: 'role_limit',
  });
  await settled();
  expect(pool.snapshot()).toMatchObject({ openFailed: 1, closing: 0, connecting: 0 });
});

test('ends with holders, connecting and closing ones within the grace and half a second', async () => {
  const { pool, database, clock } = poolUnderTest({ kind: 'null' });
  const held = await pool.checkout();
  database.habits.accepts = false;
  database.habits.closes = false;
  const connecting = pool.checkout();
  const ended = pool.end(1_000);
  await expect(connecting).rejects.toMatchObject({ errorClass: 'pool_timeout', reason: 'closing' });
  await expect(pool.checkout()).rejects.toMatchObject({ reason: 'closing' });
  clock.advance(1_500);
  await ended;
  expect(database.live).toBe(0);
  expect(clock.timers).toBe(0);
  held.release();
  expect(pool.snapshot()).toMatchObject({ held: 0, closing: 0, waiting: 0 });
});
