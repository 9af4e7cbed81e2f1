import { describe, expect, test } from 'vitest';
import { postgresError, settled } from './test/fake-database.ts';
import { poolUnderTest } from './test/pool-under-test.ts';

describe('a connection given back', () => {
  test('inside a transaction is closed', async () => {
    const { pool, database } = poolUnderTest({});
    const checkout = await pool.checkout();
    await checkout.client.query('BEGIN');
    checkout.release();
    await settled();
    expect(pool.snapshot()).toMatchObject({ idle: 0, closed: 1 });
    expect(database.live).toBe(0);
  });

  test('inside a transaction is rolled back and kept with resetOnReturn', async () => {
    const { pool, database } = poolUnderTest({ resetOnReturn: true });
    database.habits.answers = false;
    const checkout = await pool.checkout();
    const begun = checkout.client.query('BEGIN');
    database.connections[0]?.answer();
    await begun;
    checkout.release();
    await settled();
    expect(database.connections[0]?.unanswered).toEqual(['ROLLBACK']);
    expect(pool.snapshot()).toMatchObject({ held: 1, idle: 0 });
    database.connections[0]?.answer();
    await settled();
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 1, closed: 0 });
  });

  test('that does not answer the reset is closed in the end', async () => {
    const { pool, database, clock } = poolUnderTest({ resetOnReturn: true });
    database.habits.answers = false;
    (await pool.checkout()).release();
    clock.advance(5_000);
    await settled();
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0, closing: 0 });
    expect(database.live).toBe(0);
  });

  test('with a query still running is closed', async () => {
    const { pool, database } = poolUnderTest({});
    database.habits.answers = false;
    const checkout = await pool.checkout();
    const query = checkout.client.query('SELECT 1');
    checkout.release();
    await expect(query).rejects.toThrow('Connection terminated');
    await settled();
    expect(pool.snapshot()).toMatchObject({ idle: 0, closed: 1 });
  });

  test.for([
    ['57014', 'canceling statement due to statement timeout'],
    ['55P03', 'canceling statement due to lock timeout'],
    ['40P01', 'deadlock detected'],
    ['23505', 'duplicate key value violates unique constraint'],
  ] as const)('after %s is kept, once the session is ready again', async ([code, message]) => {
    const { pool, database } = poolUnderTest({});
    database.habits.answers = false;
    const checkout = await pool.checkout();
    const failed = checkout.client.query('SELECT 1').catch((error: unknown) => {
      checkout.release(error);
    });
    database.connections[0]?.fail(postgresError(code, message), { ready: false });
    await failed;
    await settled();
    expect(pool.snapshot()).toMatchObject({ held: 1, idle: 0 });
    database.connections[0]?.ready();
    await settled();
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 1, closed: 0 });
  });

  test('after an error inside a transaction is closed', async () => {
    const { pool, database } = poolUnderTest({});
    const checkout = await pool.checkout();
    await checkout.client.query('BEGIN');
    database.habits.answers = false;
    const failed = checkout.client.query('UPDATE t SET x = 1').catch((error: unknown) => {
      checkout.release(error);
    });
    database.connections[0]?.fail(postgresError('40P01', 'deadlock detected'), { ready: false });
    await failed;
    database.connections[0]?.ready();
    await settled();
    expect(pool.snapshot()).toMatchObject({ idle: 0, closed: 1 });
  });

  test.for([
    new Error('Query read timeout'),
    new Error('received invalid response: 48'),
    new TypeError('a mistake of the handler'),
    postgresError('25P03', 'terminating connection due to idle-in-transaction timeout', 'FATAL'),
  ])('with "%s" is closed', async (error) => {
    const { pool } = poolUnderTest({});
    (await pool.checkout()).release(error);
    await settled();
    expect(pool.snapshot()).toMatchObject({ idle: 0, closed: 1 });
  });

  test('after garbage from the server is closed, whatever its holder says', async () => {
    const { pool, database } = poolUnderTest({});
    const checkout = await pool.checkout();
    const query = checkout.client.query('SELECT 1');
    database.connections[0]?.fail(new Error('received invalid response: 48'));
    await expect(query).rejects.toThrow('invalid response');
    checkout.release();
    await settled();
    expect(pool.snapshot()).toMatchObject({ idle: 0, closed: 1 });
  });

  test('twice throws and changes nothing', async () => {
    const { pool } = poolUnderTest({});
    const checkout = await pool.checkout();
    checkout.release();
    const other = await pool.checkout();
    const before = pool.snapshot();
    expect(() => checkout.release()).toThrow('released twice');
    expect(pool.snapshot()).toEqual(before);
    other.release();
  });

  test('by await using is given back once, even when its holder throws', async () => {
    const { pool } = poolUnderTest({});
    const work = async (): Promise<void> => {
      await using checkout = await pool.checkout();
      expect(checkout.client).toBeDefined();
      throw new Error('the handler throws');
    };
    await expect(work()).rejects.toThrow('the handler throws');
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 1 });
    await using released = await pool.checkout();
    released.release();
  });
});

describe('a connection that dies', () => {
  test('idle: nobody is told, the next one is new', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 1, maxOverflow: 0 });
    (await pool.checkout()).release();
    database.connections[0]?.terminate();
    await settled();
    expect(pool.snapshot()).toMatchObject({ idle: 0, closed: 1, overflow: -1 });
    expect(database.of((await pool.checkout()).client).id).toBe(2);
  });

  test('busy: its holder is told once, the others are not', async () => {
    const { pool, database } = poolUnderTest({ poolSize: 2, maxOverflow: 0 });
    database.habits.answers = false;
    const [victim, other] = [await pool.checkout(), await pool.checkout()];
    const errors: Error[] = [];
    const query = victim.client.query('SELECT 1').catch((error: Error) => errors.push(error));
    const survivor = other.client.query('SELECT 1');
    database.connections[0]?.terminate();
    await query;
    database.connections[1]?.answer();
    await survivor;
    expect(errors).toHaveLength(1);
    victim.release(errors[0]);
    other.release();
    await settled();
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 1, closed: 1 });
  });

  test('between two queries: the next query says so', async () => {
    const { pool, database } = poolUnderTest({});
    const checkout = await pool.checkout();
    await checkout.client.query('SELECT 1');
    database.connections[0]?.terminate();
    await settled();
    await expect(checkout.client.query('SELECT 1')).rejects.toThrow('not queryable');
    checkout.release();
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0, overflow: -5 });
  });
});
