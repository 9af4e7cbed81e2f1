import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPONENTS, type Component } from '../load-engine.ts';
import { Breakdown } from './breakdown.ts';

type Parts = Readonly<Record<Component, number>>;
const sumOf = (parts: Parts): number => COMPONENTS.reduce((sum, name) => sum + parts[name], 0);

test('answers of about the same latency share a bucket, whose edges hold them', () => {
  const breakdown = new Breakdown();
  const parts = (us: number): Parts => ({
    lag: us,
    wait: 2 * us,
    connect: 3 * us,
    db: 4 * us,
    loop: 5 * us,
    rest: 6 * us,
  });
  for (const us of [1_000, 1_000.5, 5_000]) breakdown.record(21 * us, parts(us));
  const buckets = breakdown.buckets();
  expect(buckets.map(({ count }) => count)).toEqual([2, 1]);
  expect(buckets[0]?.sumUs).toEqual(parts(2_000.5));
  expect(buckets[1]?.sumUs).toEqual(parts(5_000));
  for (const [index, us] of [21_000, 105_000].entries()) {
    const fromUs = buckets[index]?.fromUs ?? Number.NaN;
    expect(fromUs).toBeLessThanOrEqual(us);
    expect(us).toBeLessThan(fromUs * 2 ** (1 / 16));
  }
});

test('from nothing to more than an hour, every answer has a bucket', () => {
  const breakdown = new Breakdown();
  const nothing: Parts = { lag: 0, wait: 0, connect: 0, db: 0, loop: 0, rest: 0 };
  for (const us of [0, 0.5, 1, 3.6e9, 1e12]) breakdown.record(us, nothing);
  const buckets = breakdown.buckets();
  expect(buckets[0]).toMatchObject({ fromUs: 0, count: 3 });
  expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(5);
  expect(new Breakdown().buckets()).toEqual([]);
});

test('its sums are the sums of all latencies, and its buckets ascend', () => {
  const partUs = fc.double({ min: 0, max: 1e7, noNaN: true });
  const parts = fc.record({
    lag: partUs,
    wait: partUs,
    connect: partUs,
    db: partUs,
    loop: partUs,
    rest: partUs,
  });
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 50 }), (answers) => {
      const breakdown = new Breakdown();
      for (const answer of answers) breakdown.record(sumOf(answer), answer);
      const buckets = breakdown.buckets();
      const latencySumUs = answers.reduce((sum, answer) => sum + sumOf(answer), 0);
      const brokenDownUs = buckets.reduce((sum, { sumUs }) => sum + sumOf(sumUs), 0);
      expect(Math.abs(brokenDownUs - latencySumUs)).toBeLessThanOrEqual(latencySumUs * 1e-12);
      expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(answers.length);
      const edges = buckets.map(({ fromUs }) => fromUs);
      expect(edges).toEqual(edges.toSorted((a, b) => a - b));
      for (const { fromUs, count, sumUs } of buckets) {
        const meanUs = sumOf(sumUs) / count;
        expect(meanUs).toBeGreaterThanOrEqual(fromUs * (1 - 1e-9));
        expect(meanUs).toBeLessThanOrEqual(Math.max(1, fromUs) * 2 ** (1 / 16) * (1 + 1e-9));
      }
    }),
  );
});
