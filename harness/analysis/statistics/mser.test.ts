import { expect, test } from 'vitest';
import { mserTruncation } from './mser.ts';

test('a warm-up is cut where it ends', () => {
  expect(mserTruncation([10, 40, 80, 100, 99, 101, 99, 101, 100, 100], 5)).toBe(3);
});

test('it is cut whether it is slow or fast', () => {
  expect(mserTruncation([190, 160, 120, 100, 99, 101, 99, 101, 100, 100], 5)).toBe(3);
});

test('a level series is kept whole', () => {
  expect(mserTruncation([99, 101, 99, 101, 99, 101, 99, 101], 4)).toBe(0);
});

test('nothing is cut for rounding errors of equal values', () => {
  expect(mserTruncation([0.1 + 0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3], 4)).toBe(0);
});

test('never more is cut than allowed', () => {
  expect(mserTruncation([1, 2, 3, 4, 5, 6, 7, 8, 8, 8], 5)).toBe(5);
});

test('the statistic is that of the definition', () => {
  // Σ(x − mean)²/(n − d)²: 8/16, then 0/9, for one cut.
  expect(mserTruncation([6, 2, 2, 2], 2)).toBe(1);
});
