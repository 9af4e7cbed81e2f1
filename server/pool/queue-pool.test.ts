import { describe, expect, test } from 'vitest';
import { postgresError, settled } from './test/fake-database.ts';
import { follow } from './test/follow.ts';
import { poolUnderTest } from './test/pool-under-test.ts';

const REFUSED = postgresError('53300', 'sorry, too many clients already', 'FATAL');

describe('a slot', () => {
  test('is free only when the socket that had it is closed', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 1, maxOverflow: 1 });
    database.habits.closes = false;
    const [first, second] = [await pool.checkout(), await pool.checkout()];
    first.release();
    second.release();
    await settled();
    expect(pool.snapshot()).toMatchObject({ idle: 1, closing: 1, overflow: 1, closed: 0 });
    await pool.checkout();
    const waiter = follow(pool);
    await settled();
    expect(waiter.answers).toBe(0);
    expect(database.live).toBe(2);
    database.in('closing')[0]?.close();
    await settled();
    expect(waiter.checkout).toBeDefined();
    expect(pool.snapshot()).toMatchObject({ held: 2, overflow: 1, opened: 3, closed: 1 });
  });

  test('goes to the first in line, not to whoever asks in the same tick', async () => {
    const { pool } = poolUnderTest({ poolSize: 1, maxOverflow: 0 });
    const held = await pool.checkout();
    const waiter = follow(pool);
    held.release();
    const newcomer = follow(pool);
    await settled();
    expect(waiter.checkout).toBeDefined();
    expect(newcomer.answers).toBe(0);
  });

  test('is given back by a failed connect, and wakes the next in line', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 1, maxOverflow: 0 });
    database.habits.accepts = false;
    const [first, second] = [follow(pool), follow(pool)];
    database.connections[0]?.refuse(REFUSED);
    await settled();
    expect(first.error).toMatchObject({
      errorClass: 'too_many_connections',
      reason: 'all_slots',
      sqlstate: '53300',
    });
    expect(pool.snapshot()).toMatchObject({ connecting: 1, overflow: 0, openFailed: 1 });
    database.connections[1]?.accept();
    await settled();
    expect(second.checkout).toBeDefined();
  });

  test('is not lost in a storm of refusals, and the line keeps its order', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 2, maxOverflow: 1 });
    database.refusals.push(...Array.from({ length: 20 }, () => REFUSED));
    const order: number[] = [];
    const answers = Array.from({ length: 20 }, (_, index) =>
      pool.checkout().catch(() => order.push(index)),
    );
    await Promise.all(answers);
    await settled();
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(pool.snapshot()).toMatchObject({
      ...{ held: 0, idle: 0, connecting: 0, closing: 0, waiting: 0, overflow: -2 },
      ...{ acquireError: 20, openFailed: 20, opened: 0 },
    });
    expect(database.live).toBe(0);
    await pool.checkout();
    expect(pool.snapshot().overflow).toBe(-1);
  });

  test('stays with a holder whose connection died until it is released', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 1, maxOverflow: 0 });
    const held = await pool.checkout();
    const waiter = follow(pool);
    database.connections[0]?.terminate();
    await settled();
    expect(waiter.answers).toBe(0);
    held.release();
    await settled();
    expect(waiter.checkout).toBeDefined();
    expect(database.live).toBe(1);
  });
});

describe('the deadline', () => {
  test('speaks as SQLAlchemy does, with the overflow of the moment', async () => {
    const { pool, clock } = poolUnderTest({ poolSize: 2, maxOverflow: 1, poolTimeoutMs: 1_500 });
    await Promise.all([pool.checkout(), pool.checkout(), pool.checkout()]);
    const waiter = follow(pool);
    clock.advance(1_499);
    await settled();
    expect(waiter.answers).toBe(0);
    clock.advance(1);
    await settled();
    expect(waiter.error).toMatchObject({
      errorClass: 'pool_timeout',
      reason: 'deadline',
      message: 'QueuePool limit of size 2 overflow 1 reached, connection timed out, timeout 1.50',
    });
    expect(pool.snapshot()).toMatchObject({ acquireTimeout: 1, waiting: 0, held: 3 });
  });

  test('covers the queue and the connect together', async () => {
    const { pool, database, clock } = poolUnderTest({
      poolSize: 1,
      maxOverflow: 0,
      poolTimeoutMs: 100,
    });
    const held = await pool.checkout();
    database.habits.accepts = false;
    const waiter = follow(pool);
    clock.advance(60);
    held.release(new Error('broken'));
    await settled();
    expect(pool.snapshot()).toMatchObject({ connecting: 1, waiting: 1 });
    clock.advance(40);
    await settled();
    expect(waiter.error).toMatchObject({ errorClass: 'db_unavailable', reason: 'connect_timeout' });
    expect(pool.snapshot()).toMatchObject({ connecting: 0, closing: 0, acquireError: 1 });
    expect(database.live).toBe(0);
  });

  test('of 0 never passes', async () => {
    const { pool, clock } = poolUnderTest({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 0 });
    await pool.checkout();
    const waiter = follow(pool);
    clock.advance(3_600_000);
    await settled();
    expect(waiter.answers).toBe(0);
  });

  test.for(['before', 'after'] as const)(
    'passing right %s a release answers the waiter once and loses no slot',
    async (side) => {
      const { pool, clock } = poolUnderTest({ poolSize: 1, maxOverflow: 0, poolTimeoutMs: 100 });
      const held = await pool.checkout();
      const waiter = follow(pool);
      if (side === 'before') clock.advance(100);
      held.release();
      if (side === 'after') clock.advance(100);
      await settled();
      expect(waiter.answers).toBe(1);
      expect(waiter.checkout === undefined).toBe(side === 'before');
      waiter.checkout?.release();
      await settled();
      expect(pool.snapshot()).toMatchObject({ idle: 1, held: 0, waiting: 0 });
      await pool.checkout();
    },
  );
});

describe('the line', () => {
  test('refuses at once beyond maxWaiting', async () => {
    const { pool } = poolUnderTest({ poolSize: 1, maxOverflow: 0, maxWaiting: 1 });
    const held = await pool.checkout();
    const [waiter, refused] = [follow(pool), follow(pool)];
    await settled();
    expect(waiter.answers).toBe(0);
    expect(refused.error).toMatchObject({ errorClass: 'pool_timeout', reason: 'queue_full' });
    held.release();
    await settled();
    expect(waiter.checkout).toBeDefined();
  });

  test('of maxWaiting 0 does not keep anybody from a free slot', async () => {
    const { pool } = poolUnderTest({ poolSize: 1, maxOverflow: 1, maxWaiting: 0 });
    await pool.checkout();
    await pool.checkout();
    await expect(pool.checkout()).rejects.toMatchObject({ reason: 'queue_full' });
  });

  test('does not exist where overflow is unlimited', async () => {
    const { pool } = poolUnderTest({ poolSize: 1, maxOverflow: -1, maxWaiting: 0 });
    await Promise.all(Array.from({ length: 50 }, () => pool.checkout()));
    expect(pool.snapshot()).toMatchObject({ held: 50, overflow: 49, waitingPeak: 0 });
  });
});

describe('the idle', () => {
  test.for([
    ['fifo', [1, 2, 3]],
    ['lifo', [3, 2, 1]],
  ] as const)('are handed out %s', async ([order, expected]) => {
    const { pool, database } = poolUnderTest({ poolSize: 3, maxOverflow: 0, order });
    const held = [await pool.checkout(), await pool.checkout(), await pool.checkout()];
    for (const checkout of held) checkout.release();
    const again = [await pool.checkout(), await pool.checkout(), await pool.checkout()];
    expect(again.map(({ client }) => database.of(client).id)).toEqual(expected);
  });

  test('are replaced in the same slot when older than recycleMs', async () => {
    const { pool, database, clock } = poolUnderTest({
      poolSize: 1,
      maxOverflow: 0,
      recycleMs: 1_000,
    });
    database.habits.closes = false;
    (await pool.checkout()).release();
    clock.advance(1_000);
    (await pool.checkout()).release();
    expect(database.accepted).toBe(1);
    clock.advance(1);
    const [renewed, next] = [follow(pool), follow(pool)];
    await settled();
    expect(pool.snapshot()).toMatchObject({ closing: 1, connecting: 0, waiting: 2 });
    database.connections[0]?.close();
    await settled();
    expect(renewed.checkout).toBeDefined();
    expect(next.answers).toBe(0);
    expect(database.accepted).toBe(2);
  });

  test('are asked for a sign of life with prePing, new ones are not', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 1, maxOverflow: 0, prePing: true });
    database.habits.answers = false;
    const first = await pool.checkout();
    expect(database.connections[0]?.unanswered).toEqual([]);
    first.release();
    const second = follow(pool);
    await settled();
    expect(database.connections[0]?.unanswered).toEqual(['SELECT 1']);
    database.connections[0]?.answer();
    await settled();
    expect(second.checkout?.connectMs).toBe(0);
    expect(database.accepted).toBe(1);
  });

  test('that fail the ping are replaced, within the same checkout', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 1, maxOverflow: 0, prePing: true });
    database.habits.answers = false;
    (await pool.checkout()).release();
    const second = follow(pool);
    database.connections[0]?.terminate();
    await settled();
    expect(second.checkout).toBeDefined();
    expect(database.of(second.checkout?.client ?? {}).id).toBe(2);
  });

  test('that do not answer the ping are given up at the deadline', async () => {
    const { pool, database, clock } = poolUnderTest({
      poolSize: 1,
      maxOverflow: 0,
      prePing: true,
      poolTimeoutMs: 100,
    });
    database.habits.answers = false;
    (await pool.checkout()).release();
    const second = follow(pool);
    await settled();
    clock.advance(100);
    await settled();
    expect(second.error).toMatchObject({ reason: 'connect_timeout' });
    expect(pool.snapshot()).toMatchObject({ held: 0, closing: 0, overflow: -1 });
  });
});
