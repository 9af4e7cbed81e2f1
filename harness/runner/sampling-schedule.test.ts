import { expect, test } from 'vitest';
import { sampleOnSchedule } from './sampling-schedule.ts';

/** Real timers, but a clock that only samples move: each costs the given time. */
async function runWith(costsMs: readonly number[]) {
  const moments: number[] = [];
  const stop = new AbortController();
  let nowMs = 0;
  const account = await sampleOnSchedule({
    intervalMs: 10,
    signal: stop.signal,
    // The schedule asks for the time before it waits; let the wait take as long as planned.
    now: () => nowMs,
    sample: async (elapsedMs) => {
      moments.push(elapsedMs);
      nowMs += costsMs[moments.length - 1] ?? 0;
      if (moments.length === costsMs.length) stop.abort();
      // The next moment comes by itself when there was time left.
      const rest = nowMs % 10;
      if (rest !== 0 && nowMs % 10 < 5) nowMs += 10 - rest;
    },
  });
  return { moments, account };
}

test('samples come at fixed moments from the start, whatever each one costs', async () => {
  const { moments, account } = await runWith([4, 4, 4, 4]);
  expect(moments).toEqual([0, 10, 20, 30]);
  expect(account).toMatchObject({ samplesMissed: 0, samplesLate: 0, error: null });
});

test('moments that pass during a slow sample are missed and counted, not made up for', async () => {
  const { moments, account } = await runWith([34, 4, 4]);
  expect(moments).toEqual([0, 40, 50]);
  expect(account).toMatchObject({ samplesMissed: 3, sampleGapMsMax: 40 });
});

test('a late sample is counted as late', async () => {
  const { moments, account } = await runWith([17, 0, 0]);
  expect(moments[1]).toBe(17);
  expect(account.samplesLate).toBe(1);
});

test('what a sample throws ends the sampling and is handed on', async () => {
  const broken = new Error('connection lost');
  const account = await sampleOnSchedule({
    intervalMs: 1,
    signal: new AbortController().signal,
    now: () => performance.now(),
    sample: () => Promise.reject(broken),
  });
  expect(account.error).toBe(broken);
});
