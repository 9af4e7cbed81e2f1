import { expect, test } from 'vitest';
import { estimateOverRounds, percentileOverRounds } from './round-estimate.ts';

const own = { low: 90, high: 115 };

test('rounds have a geometric mean and the t interval of their logarithms', () => {
  // Logarithms ln 110 − ln 1.1, ln 110, ln 110 + ln 1.1; t(2) = 4.302653, so 1.1^(4.302653/√3) = 1.267143.
  const estimate = estimateOverRounds([100, 110, 121], [own, own, own]);
  expect(estimate?.value).toBeCloseTo(110, 9);
  expect(estimate?.interval?.low).toBeCloseTo(110 / 1.267143, 3);
  expect(estimate?.interval?.high).toBeCloseTo(110 * 1.267143, 3);
});

test('one round has the interval that was found within it', () => {
  expect(estimateOverRounds([100], [own])).toEqual({ value: 100, interval: own });
  expect(estimateOverRounds([100], [null])).toEqual({ value: 100, interval: null });
});

test('a round without any answer leaves a mean and no interval', () => {
  expect(estimateOverRounds([0, 30, 60], [own, own, own])).toEqual({ value: 30, interval: null });
});

test('no round, no estimate', () => {
  expect(estimateOverRounds([], [])).toBeNull();
  expect(percentileOverRounds(null, [{ valueMs: 5, interval: null }])).toBeNull();
});

test('a percentile is that of the merged histogram, as uncertain as the rounds differ', () => {
  const rounds = [100, 110, 121].map((valueMs) => ({ valueMs, interval: null }));
  const estimate = percentileOverRounds(114, rounds);
  expect(estimate?.value).toBe(114);
  expect(estimate?.interval?.high).toBeCloseTo(114 * 1.267143, 3);
});

test('a round too short for the percentile leaves it without an interval', () => {
  const rounds = [100, null, 121].map((valueMs) => ({ valueMs, interval: own }));
  expect(percentileOverRounds(114, rounds)).toEqual({ value: 114, interval: null });
});
