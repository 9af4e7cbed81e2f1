import { expect, test } from 'vitest';
import type { Way } from '../../plan/ways/way.ts';
import { sampleWays } from './test/sample-ways.ts';
import type { WaysResult } from './ways-result.ts';

function wayOf({ ways }: WaysResult, way: Way) {
  const found = ways.find((it) => it.way === way);
  if (found === undefined) throw new Error(`${way} is missing`);
  return found;
}

test('ratios are of each way over the pool alone, paired by round', () => {
  const result = sampleWays({ pool: [100, 200, 400], small_pool_pgbouncer: [50, 100, 200] });
  const { againstPool } = wayOf(result, 'small_pool_pgbouncer');
  // In every pair the same: rounds that differ by a factor of four leave no doubt about the ratio.
  expect(againstPool?.goodputPerSecond).toMatchObject({
    basis: 'rounds',
    pairs: 3,
    finding: 'lower',
  });
  expect(againstPool?.goodputPerSecond).toHaveProperty('ratio', expect.closeTo(0.5, 10));
  expect(wayOf(result, 'pool').againstPool).toBeNull();
});

test('a round that only one of two has is no pair', () => {
  const result = sampleWays({ pool: [100, 'failed', 100], small_pool_pgbouncer: [50, 1, 50] });
  expect(wayOf(result, 'small_pool_pgbouncer').againstPool?.goodputPerSecond).toMatchObject({
    pairs: 2,
  });
  expect(result.trials).toEqual({ planned: 12, measured: 11, failed: 1 });
  const codes = result.caveats.map(({ code }) => code);
  expect(codes).toEqual(expect.arrayContaining(['incomplete', 'rounds_left_out']));
});

test('who refused is told apart, and everything else that failed', () => {
  const result = sampleWays({
    no_pool_pgbouncer: [
      { goodput: 100, refused: 3, refusedByPooler: 40 },
      { goodput: 100, refused: 2, refusedByPooler: 50 },
    ],
  });
  expect(wayOf(result, 'no_pool_pgbouncer').refusals).toEqual({
    postgres: 5,
    pooler: 90,
    otherFailures: 0,
  });
  expect(wayOf(result, 'no_pool').refusals).toEqual({
    postgres: 9_000,
    pooler: 0,
    otherFailures: 0,
  });
});

test('without a pool each answer has opened a connection, and connecting took its share', () => {
  const result = sampleWays();
  expect(wayOf(result, 'no_pool_pgbouncer').churn).toMatchObject({
    openedPerAnswer: expect.closeTo(1, 2),
    connectShare: expect.closeTo(0.6, 10),
  });
  expect(wayOf(result, 'pool').churn).toMatchObject({ openedPerAnswer: 0, connectShare: 0 });
});

test('PgBouncer’s account is that of its rounds together', () => {
  const result = sampleWays();
  expect(wayOf(result, 'no_pool_pgbouncer').pooler).toEqual({
    version: '1.18.0',
    serversPeak: 20,
    clientsWaitingPeak: 120,
    maxWaitMs: 14,
    waitMsPerTransaction: 2,
  });
  expect(wayOf(result, 'pool').pooler).toBeNull();
});

test('one that was stopped after two trials says what it has, and concludes nothing', () => {
  const result = sampleWays({
    small_pool_pgbouncer: [1],
    no_pool: [],
    no_pool_pgbouncer: [],
    pool: [2],
  });
  expect(result.trials).toEqual({ planned: 12, measured: 2, failed: 0 });
  expect(result.verdict).toBe('INVALID');
  expect(result.conclusion.notCompared).toEqual(['no_pool', 'no_pool_pgbouncer']);
  expect(result.conclusion.deploy).toBeNull();
});

test('counts are of every round, and what is estimated of those alone that may be believed', () => {
  const invalid = { goodput: 100, refused: 7, verdict: 'INVALID' as const };
  const result = sampleWays({ no_pool_pgbouncer: [invalid, invalid, invalid] });
  const way = wayOf(result, 'no_pool_pgbouncer');
  expect(way).toMatchObject({ refusals: { postgres: 21 }, churn: null, pooler: null });
});
