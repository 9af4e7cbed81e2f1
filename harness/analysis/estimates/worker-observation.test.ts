import { expect, test } from 'vitest';
import { soundObservations, worker } from '../test/observations.ts';
import { apiCpuMs, meanHeld, workerObservations } from './worker-observation.ts';

const stats = (...workers: readonly ReturnType<typeof worker>[]) => ({
  workers: [...workers],
  crashes: 0,
  primaryCpuMs: 0,
});

/** The warm-up is in the first reading already. */
const warmedUp = {
  ...soundObservations(),
  account: {
    before: { ...stats(worker(1, 1_000), worker(2, 1_000)), primaryCpuMs: 10 },
    after: { ...stats(worker(1, 7_000), worker(2, 7_000)), primaryCpuMs: 35 },
  },
};

test('what a worker did before the window does not count', () => {
  const [first] = workerObservations(warmedUp);
  expect(first).toMatchObject({
    worker: 1,
    answers: 6_000,
    acquireStarted: 6_000,
    acquireTimeout: 240,
    opened: 0,
    meanWaiting: 5,
    saturatedShare: 0.5,
    eventLoopUtilization: 0.25,
    cpuMs: expect.closeTo(2_400, 9),
  });
  expect(meanHeld(warmedUp)).toBeCloseTo(4, 9);
  expect(apiCpuMs(warmedUp)).toBeCloseTo(4_825, 9);
});

test('a worker that started in the window began at nothing', () => {
  const account = { ...warmedUp.account, before: stats(worker(1, 1_000)) };
  const joined = { ...warmedUp, account };
  expect(workerObservations(joined)[1]).toMatchObject({ worker: 2, acquireStarted: 7_001 });
});

test('a loop that was never looked at was not busy', () => {
  const idle = { ...worker(1, 0), eventLoopActiveMs: 0, eventLoopIdleMs: 0 };
  const unseen = { ...warmedUp, account: { before: stats(idle), after: stats(idle) } };
  expect(workerObservations(unseen)[0]?.eventLoopUtilization).toBe(0);
});
