import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ARRIVALS, type Stage } from '../load-engine.ts';
import { type ArrivalShare, arrivalSchedule } from './arrival-schedule.ts';

const SECOND_US = 1_000_000;

const stage = fc.record({
  fromPerSecond: fc.integer({ min: 0, max: 500 }),
  toPerSecond: fc.integer({ min: 0, max: 500 }),
  durationMs: fc.integer({ min: 1, max: 2_000 }),
});
const shares = fc.record({
  stages: fc.array(stage, { minLength: 1, maxLength: 4 }),
  arrivals: fc.constantFrom(...ARRIVALS),
  seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
});

test('arrivals ascend, within the stages, and the same seed gives the same ones', () => {
  fc.assert(
    fc.property(shares, (share) => {
      const moments = momentsOf({ ...share, thread: 0, threads: 1 });
      const again = momentsOf({ ...share, thread: 0, threads: 1 });
      expect(again).toEqual(moments);
      expect(moments).toEqual(moments.toSorted((a, b) => a - b));
      expect(moments.every((us) => us >= 0 && us <= lengthUs(share.stages))).toBe(true);
    }),
    { numRuns: 100 },
  );
});

test('constant arrivals never differ from the integral of the rate by more than half a one', () => {
  fc.assert(
    fc.property(shares, ({ stages }) => {
      const share: ArrivalShare = { ...constantArrivals(stages), thread: 0, threads: 1 };
      const { expectedUntil } = arrivalSchedule(share);
      const moments = momentsOf(share);
      const offBy = moments.map((us, index) => Math.abs(expectedUntil(us) - (index + 0.5)));
      expect(Math.max(0, ...offBy)).toBeLessThan(1e-4);
      const left = Math.abs(moments.length - expectedUntil(lengthUs(stages)));
      expect(left).toBeLessThan(0.5 + 1e-6);
    }),
    { numRuns: 100 },
  );
});

test('threads of constant arrivals take turns: together they are the one stream', () => {
  fc.assert(
    fc.property(shares, fc.integer({ min: 2, max: 5 }), ({ stages }, threads) => {
      const together = threadsOf(constantArrivals(stages), threads);
      const alone = momentsOf({ ...constantArrivals(stages), thread: 0, threads: 1 });
      expect(together).toHaveLength(alone.length);
      const offBy = together.map((us, index) => Math.abs(us - (alone[index] ?? Number.NaN)));
      expect(Math.max(0, ...offBy)).toBeLessThan(1e-3);
    }),
    { numRuns: 100 },
  );
});

test('the parts of all threads add up to what is expected', () => {
  fc.assert(
    fc.property(shares, fc.integer({ min: 1, max: 5 }), (share, threads) => {
      const at = lengthUs(share.stages) * 0.7;
      const expectedBy = (thread: number, of: number): number =>
        arrivalSchedule({ ...share, thread, threads: of }).expectedUntil(at);
      const sum = Array.from({ length: threads }, (_, thread) => expectedBy(thread, threads));
      expect(sum.reduce((a, b) => a + b)).toBeCloseTo(expectedBy(0, 1), 6);
    }),
    { numRuns: 100 },
  );
});

test('a ramp is exact: half of the arrivals of 0 to 200/s come in its last 29 %', () => {
  const stages = [{ fromPerSecond: 0, toPerSecond: 200, durationMs: 10_000 }];
  const moments = momentsOf({ ...constantArrivals(stages), thread: 0, threads: 1 });
  expect(moments).toHaveLength(1_000);
  expect((moments[500] ?? 0) / SECOND_US).toBeCloseTo(10 * Math.sqrt(0.5), 2);
});

test('steps follow one another without a gap', () => {
  const stages = [
    { fromPerSecond: 10, toPerSecond: 10, durationMs: 1_000 },
    { fromPerSecond: 0, toPerSecond: 0, durationMs: 2_000 },
    { fromPerSecond: 20, toPerSecond: 20, durationMs: 1_000 },
  ];
  const moments = momentsOf({ ...constantArrivals(stages), thread: 0, threads: 1 });
  expect(moments).toHaveLength(30);
  expect(moments.map((us) => Math.round(us / 1_000)).slice(8, 12)).toEqual([
    850, 950, 3_025, 3_075,
  ]);
});

test.each([1, 4])(
  'Poisson arrivals of %i threads have the mean and variance of their rate',
  (threads) => {
    const stages = [{ fromPerSecond: 1_000, toPerSecond: 1_000, durationMs: 100_000 }];
    const moments = threadsOf({ stages, arrivals: 'poisson', seed: 7 }, threads);
    // 100,000 expected; the standard deviation is 316.
    expect(Math.abs(moments.length - 100_000)).toBeLessThan(4 * 316);
    const countsPer10Ms = Array.from({ length: 10_000 }, () => 0);
    for (const us of moments) {
      const slot = Math.floor(us / 10_000);
      countsPer10Ms[slot] = (countsPer10Ms[slot] ?? 0) + 1;
    }
    const mean = moments.length / countsPer10Ms.length;
    const variance =
      countsPer10Ms.reduce((sum, count) => sum + (count - mean) ** 2, 0) / countsPer10Ms.length;
    // Their ratio is 1 with a standard deviation of √(2 / 10,000) = 0.014.
    expect(Math.abs(variance / mean - 1)).toBeLessThan(4 * 0.0142);
    // Exponential gaps: a share of 1/e is longer than the mean.
    const long = moments.filter((us, index) => us - (moments[index - 1] ?? 0) > 1_000).length;
    expect(Math.abs(long / moments.length - Math.exp(-1))).toBeLessThan(4 * 0.0016);
  },
);

test('threads and neighbouring seeds have arrivals of their own', () => {
  const stages = [{ fromPerSecond: 100, toPerSecond: 100, durationMs: 1_000 }];
  const firsts = [0, 1, 2, 3].flatMap((thread) =>
    [1, 2, 3, 4].map(
      (seed) => momentsOf({ stages, arrivals: 'poisson', seed, thread, threads: 4 })[0] ?? 0,
    ),
  );
  expect(new Set(firsts.map(Math.round)).size).toBe(16);
});

function constantArrivals(stages: readonly Stage[]) {
  return { stages, arrivals: 'constant', seed: 1 } as const;
}

function momentsOf(share: ArrivalShare): number[] {
  const schedule = arrivalSchedule(share);
  const moments: number[] = [];
  for (let us = schedule.next(); us !== null; us = schedule.next()) moments.push(us);
  return moments;
}

function threadsOf(share: Omit<ArrivalShare, 'thread' | 'threads'>, threads: number): number[] {
  return Array.from({ length: threads }, (_, thread) => momentsOf({ ...share, thread, threads }))
    .flat()
    .sort((a, b) => a - b);
}

function lengthUs(stages: readonly Stage[]): number {
  return stages.reduce((sum, { durationMs }) => sum + durationMs * 1_000, 0);
}
