import { expect, test } from 'vitest';
import { evenTicks, logTicks } from './axis-ticks.ts';

test('few steps are all named, many at equal distances', () => {
  expect(evenTicks(4)).toEqual([0, 1, 2, 3]);
  expect(evenTicks(30)).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27]);
  expect(evenTicks(0)).toEqual([]);
});

test.each([
  { low: 0.9, high: 20_000, ticks: [1, 10, 100, 1_000, 10_000] },
  { low: 2, high: 300, ticks: [3, 10, 30, 100, 300] },
  { low: 30, high: 230, ticks: [30, 40, 50, 60, 80, 100, 150, 200] },
  { low: 8, high: 110, ticks: [10, 20, 50, 100] },
  { low: 41, high: 49, ticks: [41, 42, 43, 44, 45, 46, 47, 48, 49] },
])('from $low to $high a logarithmic axis has $ticks', ({ low, high, ticks }) => {
  expect(logTicks(low, high)).toEqual(ticks);
});

test.each([
  [0.0011, 0.0012],
  [0.05, 7e9],
  [999, 1_001],
])('between %d and %d there are ticks, but not too many to read', (low, high) => {
  const ticks = logTicks(low, high);
  expect(ticks.length).toBeGreaterThan(1);
  expect(ticks.length).toBeLessThan(14);
});
