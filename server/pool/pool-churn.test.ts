import { describe, expect, test } from 'vitest';
import type { PoolConfig } from '../contract.ts';
import { NO_POOL_RECORDER } from './pool.ts';
import { postgresError, settled } from './test/fake-database.ts';
import { poolUnderTest } from './test/pool-under-test.ts';

function churnOf(config: Partial<PoolConfig>) {
  const notes: string[] = [];
  const parts = poolUnderTest(config, {
    ...NO_POOL_RECORDER,
    connectError: ({ errorClass, reason }) => notes.push(`refused ${errorClass} ${reason}`),
    overflowOpened: () => notes.push('opened beyond the size'),
    closed: (reason) => notes.push(`closed ${reason}`),
  });
  return { ...parts, notes };
}

describe('queue', () => {
  test('what is opened beyond the size is counted, and closed as such on return', async () => {
    const { pool, notes } = churnOf({ poolSize: 1, maxOverflow: 1 });
    const [first, second] = [await pool.checkout(), await pool.checkout()];
    expect(notes).toEqual(['opened beyond the size']);
    first.release();
    second.release();
    await settled();
    expect(notes).toEqual(['opened beyond the size', 'closed overflow']);
  });

  test('without a size nothing is beyond it', async () => {
    const { pool, notes } = churnOf({ poolSize: 0, maxOverflow: 1 });
    await Promise.all([pool.checkout(), pool.checkout()]);
    expect(notes).toEqual([]);
  });

  test('a connection that is too old is closed for its lifetime', async () => {
    const { pool, clock, notes } = churnOf({ poolSize: 1, maxOverflow: 0, recycleMs: 100 });
    (await pool.checkout()).release();
    clock.advance(101);
    await pool.checkout();
    expect(notes).toEqual(['closed lifetime']);
  });

  test('one that died, idle or in a hand, and one that is not trusted are closed by an error', async () => {
    const { pool, database, notes } = churnOf({ poolSize: 1, maxOverflow: 0 });
    (await pool.checkout()).release();
    database.connections[0]?.terminate();
    await settled();
    const held = await pool.checkout();
    database.connections[1]?.terminate();
    await settled();
    held.release();
    (await pool.checkout()).release(new Error('broken'));
    await settled();
    expect(notes).toEqual(['closed error', 'closed error', 'closed error']);
  });

  test('at the end all are closed by the shutdown', async () => {
    const { pool, clock, notes } = churnOf({ poolSize: 2, maxOverflow: 0 });
    const [idle] = [await pool.checkout(), await pool.checkout()];
    idle.release();
    const ended = pool.end(100);
    clock.advance(100);
    await ended;
    expect(notes).toEqual(['closed shutdown', 'closed shutdown']);
  });

  test('a refusal is told with its class and reason, and closes nothing', async () => {
    const { pool, database, notes } = churnOf({ poolSize: 1, maxOverflow: 0 });
    database.refusals.push(postgresError('53300', 'sorry, too many clients already', 'FATAL'));
    await expect(pool.checkout()).rejects.toThrow('too many clients');
    await settled();
    expect(notes).toEqual(['refused too_many_connections all_slots']);
  });
});

test('null closes what is returned as beyond what it keeps', async () => {
  const { pool, database, notes } = churnOf({ kind: 'null' });
  (await pool.checkout()).release();
  await settled();
  database.refusals.push(postgresError('53300', 'sorry, too many clients already', 'FATAL'));
  await expect(pool.checkout()).rejects.toThrow('too many clients');
  const held = await pool.checkout();
  const ended = pool.end(1_000);
  held.release();
  await ended;
  expect(notes).toEqual([
    'closed overflow',
    'refused too_many_connections all_slots',
    'closed shutdown',
  ]);
});

test('plain tells a broken connection from the end', async () => {
  const { pool, database, notes } = churnOf({ kind: 'plain', poolSize: 1, maxOverflow: 1 });
  const [first, second] = [await pool.checkout(), await pool.checkout()];
  first.release(new Error('broken'));
  await settled();
  second.release();
  database.connections[1]?.terminate();
  await settled();
  (await pool.checkout()).release();
  await pool.end(0);
  expect(notes).toEqual([
    'opened beyond the size',
    'closed error',
    'closed error',
    'closed shutdown',
  ]);
});
