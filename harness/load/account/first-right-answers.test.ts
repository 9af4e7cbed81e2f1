import { expect, test } from 'vitest';
import { FirstRightAnswers, mergeFirstRightMs } from './first-right-answers.ts';

test('only who began after the moment tells how long it took, and only the first of them', () => {
  const first = new FirstRightAnswers([10, 50]);
  first.answered({ beganUs: 9_999, endedUs: 11_000 });
  expect(first.snapshot()).toEqual([null, null]);
  first.answered({ beganUs: 10_000, endedUs: 12_500 });
  first.answered({ beganUs: 11_000, endedUs: 13_000 });
  expect(first.snapshot()).toEqual([2.5, null]);
  first.answered({ beganUs: 60_000, endedUs: 61_000 });
  expect(first.snapshot()).toEqual([2.5, 11]);
});

test('of several generators the earliest counts', () => {
  expect(
    mergeFirstRightMs([
      [4, null, 9],
      [3, null, null],
    ]),
  ).toEqual([3, null, 9]);
});
