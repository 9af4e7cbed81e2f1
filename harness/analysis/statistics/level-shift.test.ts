import { expect, test } from 'vitest';
import { findLevelShift } from './level-shift.ts';

test('a step is found where it is, with both levels', () => {
  const shift = findLevelShift([10, 11, 9, 10, 10, 20, 21, 19, 20]);
  expect(shift).toMatchObject({ at: 5, before: 10, after: 20, isStep: true });
  expect(shift?.t ?? 0).toBeGreaterThan(10);
});

test('a step down has a negative t', () => {
  expect(findLevelShift([20, 21, 19, 20, 10, 11, 9, 10])?.t ?? 0).toBeLessThan(-5);
});

test('a straight line is no step, however well two levels fit it', () => {
  const shift = findLevelShift([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(Math.abs(shift?.t ?? 0)).toBeGreaterThan(4);
  expect(shift?.isStep).toBe(false);
});

test('equal values have no shift', () => {
  expect(findLevelShift([5, 5, 5, 5, 5, 5])).toMatchObject({ t: 0, isStep: false });
});

test('a level needs three seconds', () => {
  expect(findLevelShift([1, 1, 1, 9, 9])).toBeNull();
  expect(findLevelShift([1, 1, 1, 1, 1, 9, 9])).toMatchObject({ at: 4 });
});
