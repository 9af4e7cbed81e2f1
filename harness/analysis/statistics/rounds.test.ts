import { expect, test } from 'vitest';
import { spreadOf } from './rounds.ts';

test('the spread is the largest over the smallest, minus 1', () => {
  expect(spreadOf([110, 100, 115])).toEqual({
    min: 100,
    median: 110,
    max: 115,
    spread: expect.closeTo(0.15, 12),
  });
});

test('the median of an even number lies between the middle two', () => {
  expect(spreadOf([4, 1, 3, 2])).toMatchObject({ min: 1, median: 2.5, max: 4, spread: 3 });
});

test.each([
  ['none', []],
  ['one', [5]],
  ['a zero', [0, 5]],
  ['a NaN', [Number.NaN, 5]],
  ['an infinity', [Number.POSITIVE_INFINITY, 5]],
])('there is no spread of %s', (_, values) => {
  expect(spreadOf(values)).toBeNull();
});
