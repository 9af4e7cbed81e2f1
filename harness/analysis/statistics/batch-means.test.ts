import { expect, test } from 'vitest';
import { throughputInterval } from './batch-means.ts';

test('ten seconds are ten batches: the textbook t interval', () => {
  // Mean 100, standard deviation √(90/9) = √10, t(9) = 2.262157.
  const counts = [97, 103, 97, 103, 97, 103, 97, 103, 97, 103];
  const half = (2.262157 * Math.sqrt(10)) / Math.sqrt(10);
  expect(throughputInterval(counts)).toEqual({
    low: expect.closeTo(100 - half, 5),
    high: expect.closeTo(100 + half, 5),
  });
});

test('in twenty seconds neighbours are averaged, so that what swings between them cancels', () => {
  const counts = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 50 : 150));
  expect(throughputInterval(counts)).toEqual({ low: 100, high: 100 });
});

test('a rate is never below zero', () => {
  expect(throughputInterval([0, 0, 0, 0, 30])?.low).toBe(0);
});

test('four seconds have no interval', () => {
  expect(throughputInterval([100, 101, 99, 100])).toBeNull();
  expect(throughputInterval([100, 101, 99, 100, 100])).not.toBeNull();
});
