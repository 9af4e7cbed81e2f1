import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPONENTS } from '../load-engine.ts';
import { answerParts, credibleTiming } from './answer-parts.ts';

test('what the API tells is taken, and the rest is what it does not tell', () => {
  const timing = { wait: 4, connect: 1, db: 5, loop: 0.5, total: 12 };
  expect(answerParts(15_000, 1_000, timing)).toEqual({
    lag: 1_000,
    wait: 4_000,
    connect: 1_000,
    db: 5_000,
    loop: 500,
    rest: 3_500,
  });
});

test('without Server-Timing everything beyond the lag is rest, and nothing else is claimed', () => {
  expect(answerParts(15_000, 1_000, {})).toEqual({
    lag: 1_000,
    wait: null,
    connect: null,
    db: null,
    loop: null,
    rest: 14_000,
  });
});

test('what is told in part is taken, and the rest is not told', () => {
  expect(answerParts(15_000, 1_000, { db: 5, wait: 0 })).toEqual({
    lag: 1_000,
    wait: 0,
    connect: null,
    db: 5_000,
    loop: null,
    rest: 9_000,
  });
});

test('a fan-out of four statements at once spends no more than its own duration', () => {
  // Four connections, each waited 6 ms for and used for 9 ms, all within 20 ms of one request.
  const timing = { wait: 24, connect: 0, db: 36, loop: 0, total: 20 };
  expect(answerParts(22_000, 0, timing)).toEqual({
    lag: 0,
    wait: 8_000,
    connect: 0,
    db: 12_000,
    loop: 0,
    rest: 2_000,
  });
});

test('an API that claims more than its client saw is not believed', () => {
  const parts = answerParts(10_000, 4_000, { wait: 0, connect: 0, db: 50, loop: 0, total: 50 });
  expect(parts).toEqual({ lag: 4_000, wait: 0, connect: 0, db: 6_000, loop: 0, rest: 0 });
});

test('a lag beyond the latency is all there is', () => {
  expect(answerParts(10_000, 11_000, { db: 5 })).toMatchObject({ lag: 10_000, db: 0, rest: 0 });
});

test('whatever an API claims, the parts add up to the latency and none is less than nothing', () => {
  const claimedMs = fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 100, noNaN: true }),
    fc.double({ min: 0, max: 3_600_000, noNaN: true }),
  );
  const timings = fc.record(
    { wait: claimedMs, connect: claimedMs, db: claimedMs, loop: claimedMs, total: claimedMs },
    { requiredKeys: [] },
  );
  const latencyUs = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 3.6e9, noNaN: true }));
  const lagShare = fc.double({ min: 0, max: 1.1, noNaN: true });
  fc.assert(
    fc.property(latencyUs, lagShare, timings, (latency, share, timing) => {
      const parts = answerParts(latency, latency * share, timing);
      const sum = COMPONENTS.reduce((total, name) => total + (parts[name] ?? 0), 0);
      expect(Math.abs(sum - latency)).toBeLessThanOrEqual(latency * 1e-12);
      for (const name of COMPONENTS) expect(parts[name] ?? 0).toBeGreaterThanOrEqual(0);
    }),
    { numRuns: 500 },
  );
});

test.each<[string, number, Parameters<typeof credibleTiming>[1], boolean]>([
  ['milliseconds', 50_000, { wait: 30, db: 19 }, true],
  ['twenty things at once', 50_000, { wait: 600, db: 400 }, true],
  ['microseconds', 50_000, { wait: 30_000, db: 19_000 }, false],
  ['microseconds of a fast answer', 150, { wait: 0, db: 140 }, false],
  ['milliseconds of a fast answer, rounded up', 150, { wait: 1, db: 1 }, true],
])('a service that tells %s', (_, serviceUs, timing, isTaken) => {
  expect(credibleTiming(serviceUs, timing)).toEqual(isTaken ? timing : {});
});
