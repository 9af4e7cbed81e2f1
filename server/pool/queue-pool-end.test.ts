import { describe, expect, test } from 'vitest';
import { settled } from './test/fake-database.ts';
import { follow } from './test/follow.ts';
import { poolUnderTest } from './test/pool-under-test.ts';

describe('end', () => {
  test('answers all who wait, lets holders finish, and leaves nothing', async () => {
    const { pool, database, clock } = poolUnderTest({ poolSize: 2, maxOverflow: 1 });
    const [held, idle] = [await pool.checkout(), await pool.checkout()];
    idle.release();
    await pool.checkout();
    database.habits.accepts = false;
    const [connecting, waiting] = [follow(pool), follow(pool)];
    const ended = pool.end(1_000);
    const late = follow(pool);
    await settled();
    for (const caller of [connecting, waiting, late]) {
      expect(caller.error).toMatchObject({ errorClass: 'pool_timeout', reason: 'closing' });
    }
    expect(pool.snapshot()).toMatchObject({ held: 2, idle: 0, connecting: 0 });
    held.release();
    await settled();
    expect(pool.snapshot()).toMatchObject({ held: 1, idle: 0 });
    clock.advance(1_000);
    await ended;
    expect(database.live).toBe(0);
    expect(clock.timers).toBe(0);
  });

  test('breaks off what does not say goodbye within half a second after the grace', async () => {
    const { pool, database, clock } = poolUnderTest({});
    database.habits.closes = false;
    const checkout = await pool.checkout();
    const ended = pool.end(1_000);
    clock.advance(1_499);
    await settled();
    expect(database.live).toBe(1);
    clock.advance(1);
    await ended;
    expect(database.live).toBe(0);
    checkout.release();
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0, closing: 0 });
  });

  test('may be called again, and of an unused pool is immediate', async () => {
    const { pool } = poolUnderTest({});
    await Promise.all([pool.end(1_000), pool.end(5)]);
  });
});

test('a half-open connection gives its slot back after five seconds', async () => {
  const { pool, database, clock } = poolUnderTest({
    poolSize: 1,
    maxOverflow: 0,
    poolTimeoutMs: 0,
  });
  database.habits.closes = false;
  (await pool.checkout()).release(new Error('broken'));
  const waiter = follow(pool);
  clock.advance(4_999);
  await settled();
  expect(waiter.answers).toBe(0);
  clock.advance(1);
  await settled();
  expect(waiter.checkout).toBeDefined();
});
