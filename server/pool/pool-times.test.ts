import { expect, test } from 'vitest';
import { NO_POOL_RECORDER, type PoolRecorder } from './pool.ts';
import { settled } from './test/fake-database.ts';
import { poolUnderTest } from './test/pool-under-test.ts';

function notebook() {
  const notes: string[] = [];
  const recorder: PoolRecorder = {
    ...NO_POOL_RECORDER,
    waited: (seconds, result) => notes.push(`waited ${seconds} ${result}`),
    held: (seconds) => notes.push(`held ${seconds}`),
    connected: (seconds, result) => notes.push(`connected ${seconds} ${result}`),
  };
  return { notes, recorder };
}

test('wait, connect and hold are told apart', async () => {
  const { notes, recorder } = notebook();
  const { pool, database, clock } = poolUnderTest({ poolSize: 1, maxOverflow: 0 }, recorder);
  database.habits.accepts = false;
  const first = pool.checkout();
  clock.advance(30);
  database.connections[0]?.accept();
  const opened = await first;
  expect(opened).toMatchObject({ waitMs: 0, connectMs: 30 });

  const second = pool.checkout();
  clock.advance(200);
  opened.release(new Error('broken'));
  await settled();
  clock.advance(40);
  database.connections[1]?.accept();
  const waited = await second;
  expect(waited).toMatchObject({ waitMs: 200, connectMs: 40 });

  clock.advance(500);
  waited.release();
  const third = await pool.checkout();
  expect(third).toMatchObject({ waitMs: 0, connectMs: 0 });
  expect(notes).toEqual([
    'connected 0.03 ok',
    'waited 0 ok',
    'held 0.2',
    'connected 0.04 ok',
    'waited 0.2 ok',
    'held 0.5',
    'waited 0 ok',
  ]);
  expect(pool.snapshot().holdSeconds).toBeCloseTo(0.7, 9);
});

test('the queue is integrated exactly, its peak kept, and connecting is no queueing', async () => {
  const { pool, database, clock } = poolUnderTest({ poolSize: 1, maxOverflow: 0 });
  database.habits.accepts = false;
  const first = pool.checkout();
  clock.advance(1_000);
  database.connections[0]?.accept();
  const held = await first;
  expect(pool.snapshot()).toMatchObject({ waitingSeconds: 0, saturatedSeconds: 0, waitingPeak: 0 });

  const waiters = [pool.checkout(), pool.checkout()];
  clock.advance(2_000);
  expect(pool.snapshot()).toMatchObject({ waitingSeconds: 4, saturatedSeconds: 2, waiting: 2 });
  held.release();
  const next = await waiters[0];
  clock.advance(3_000);
  next?.release();
  await waiters[1];
  clock.advance(5_000);
  expect(pool.snapshot()).toMatchObject({
    ...{ waitingSeconds: 7, saturatedSeconds: 5, waiting: 0, waitingPeak: 2 },
    ...{ held: 1, heldPeak: 1, acquireStarted: 3, acquireOk: 3 },
  });
});

test('a timeout and a refusal are recorded as what they were', async () => {
  const { notes, recorder } = notebook();
  const { pool, database, clock } = poolUnderTest(
    { poolSize: 1, maxOverflow: 0, poolTimeoutMs: 100 },
    recorder,
  );
  database.refusals.push(new Error('no'));
  await expect(pool.checkout()).rejects.toThrow('no');
  await settled();
  await pool.checkout();
  const waiter = pool.checkout();
  clock.advance(100);
  await expect(waiter).rejects.toThrow('QueuePool limit');
  expect(notes).toEqual([
    'connected 0 error',
    'waited 0 error',
    'connected 0 ok',
    'waited 0 ok',
    'waited 0.1 timeout',
  ]);
});
