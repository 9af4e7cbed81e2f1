import { expect, test } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import { mannKendall } from './mann-kendall.ts';

test('a rising series has every pair rising and its own slope', () => {
  // Variance of the score without ties: 5·4·15/18 = 16.667.
  expect(mannKendall([10, 12, 14, 16, 18])).toEqual({
    score: 10,
    z: expect.closeTo(9 / Math.sqrt(50 / 3), 12),
    slope: 2,
  });
});

test('a falling series is the mirror image', () => {
  const rising = mannKendall([1, 2, 4, 3, 7, 9]);
  const falling = mannKendall([-1, -2, -4, -3, -7, -9]);
  expect(falling.z).toBeCloseTo(-rising.z, 12);
  expect(falling.slope).toBeCloseTo(-rising.slope, 12);
});

test('ties take their part out of the variance', () => {
  // 10 pairs, 4 of them tied: two groups of two and of three, (5·4·15 − 2·1·9 − 3·2·11)/18 = 12.
  expect(mannKendall([1, 1, 2, 2, 2])).toMatchObject({
    score: 6,
    z: expect.closeTo(5 / Math.sqrt(12), 12),
  });
});

test.each([[[]], [[3]], [[4, 4, 4, 4]]])('%j has no trend', (values) => {
  expect(mannKendall(values)).toEqual({ score: 0, z: 0, slope: 0 });
});

test('one wild value does not bend the slope', () => {
  expect(mannKendall([1, 2, 3, 4, 1_000, 6, 7, 8, 9]).slope).toBe(1);
});

test('independent values exceed 1.96 in about 5 % of cases', () => {
  const random = seededRandom(1);
  let beyond = 0;
  for (let run = 0; run < 2_000; run += 1) {
    if (Math.abs(mannKendall(Array.from({ length: 10 }, random)).z) > 1.96) beyond += 1;
  }
  expect(beyond / 2_000).toBeGreaterThan(0.025);
  expect(beyond / 2_000).toBeLessThan(0.06);
});
