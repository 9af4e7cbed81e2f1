import { expect, test } from 'vitest';
import { settled } from './test/fake-database.ts';
import { poolUnderTest } from './test/pool-under-test.ts';

test('keeps up to size + overflow idle, newest first', async () => {
  const { pool, database } = poolUnderTest({ kind: 'plain', poolSize: 1, maxOverflow: 2 });
  const held = [await pool.checkout(), await pool.checkout(), await pool.checkout()];
  for (const checkout of held) checkout.release();
  expect(pool.snapshot()).toMatchObject({ idle: 3, held: 0, overflow: 2 });
  const again = await pool.checkout();
  expect(database.of(again.client).id).toBe(3);
  again.release();
  await pool.end(0);
  expect(database.live).toBe(0);
});

test('has more sockets than its max while some are closing', async () => {
  const { pool, database } = poolUnderTest({ kind: 'plain', poolSize: 1, maxOverflow: 1 });
  database.habits.closes = false;
  for (let round = 0; round < 3; round += 1) {
    const held = [await pool.checkout(), await pool.checkout()];
    for (const checkout of held) checkout.release(new Error('broken'));
  }
  expect(database.live).toBe(6);
  expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0, closing: 6 });
  for (const connection of database.in('closing')) connection.close();
  await settled();
  await pool.end(0);
});

test('tells the wait apart from the connect, and counts who waits', async () => {
  const { pool, database, clock } = poolUnderTest({
    kind: 'plain',
    poolSize: 1,
    maxOverflow: 0,
    poolTimeoutMs: 0,
  });
  database.habits.accepts = false;
  const first = pool.checkout();
  clock.advance(30);
  database.connections[0]?.accept();
  const opened = await first;
  expect(opened).toMatchObject({ waitMs: 0, connectMs: 30 });
  const second = pool.checkout();
  clock.advance(200);
  expect(pool.snapshot()).toMatchObject({ waiting: 1, waitingSeconds: 0.2, saturatedSeconds: 0.2 });
  opened.release();
  expect(await second).toMatchObject({ waitMs: 200, connectMs: 0 });
  expect(pool.snapshot()).toMatchObject({ waiting: 0, waitingPeak: 1, acquireOk: 2 });
  (await second).release();
  await pool.end(0);
});

test('ends although pg-pool leaves its waiters pending', async () => {
  const { pool, database, clock } = poolUnderTest({
    kind: 'plain',
    poolSize: 1,
    maxOverflow: 0,
    poolTimeoutMs: 0,
  });
  const held = await pool.checkout();
  const waiter = pool.checkout();
  const ended = pool.end(1_000);
  await expect(waiter).rejects.toMatchObject({ errorClass: 'pool_timeout', reason: 'closing' });
  clock.advance(1_000);
  await ended;
  expect(database.live).toBe(0);
  held.release();
  expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0, closing: 0 });
});
