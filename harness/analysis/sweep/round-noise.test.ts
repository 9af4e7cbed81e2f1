import { expect, test } from 'vitest';
import { studentTQuantile } from '../statistics/student-t.ts';
import { roundNoise } from './round-noise.ts';

const row = (...values: readonly (number | null)[]): ReadonlyMap<number, number> =>
  new Map(values.flatMap((value, index) => (value === null ? [] : [[index + 1, Math.exp(value)]])));

test('what a cell and a round explain is no noise', () => {
  // Rounds 0, 0.3, 0.1 apart, cells 1, 2, 3: nothing remains.
  const rows = [1, 2, 3].map((cell) => row(cell, cell + 0.3, cell + 0.1));
  expect(roundNoise(rows)?.sdLog).toBeCloseTo(0, 12);
});

test('of two cells it is that of their differences', () => {
  // Residuals ±0.05 four times: 0.01 over one degree of freedom. The differences 0 and 0.2 have √2 of it.
  const noise = roundNoise([row(0, 0.2), row(0, 0)]);
  expect(noise?.sdLog).toBeCloseTo(0.1, 12);
  expect(noise?.t).toBeCloseTo(studentTQuantile(0.975, 1), 9);
});

test('the bound grows with the comparisons and falls with the degrees of freedom', () => {
  // Three comparisons; four cells in three rounds leave 12 − 4 − 3 + 1 = 6.
  const noise = roundNoise([row(0, 1, 2), row(0, 0, 1), row(1, 0, 2), row(0, 2, 0)]);
  expect(noise?.t).toBeCloseTo(studentTQuantile(1 - 0.05 / 6, 6), 9);
});

test('a cell that lacks a round tells what it can', () => {
  // Of 3 + 3 + 2 values; the deviations ±0.1 of the third stand in rounds 1 and 2 alone.
  const noise = roundNoise([row(0, 0, 0), row(0, 0, 0), row(0, 0.2, null)]);
  // Rounds' means ∓0.1/3: residuals 2·2·(0.1/3)² + 2·(0.2/3)², over 8 − 3 − 3 + 1 = 3.
  expect(noise?.sdLog).toBeCloseTo(Math.sqrt((4 * (0.1 / 3) ** 2 + 2 * (0.2 / 3) ** 2) / 3), 12);
});

test.each([
  ['no cell', []],
  ['one cell', [row(1, 2, 3)]],
  ['one round', [row(1), row(2)]],
])('%s tells nothing of noise', (_, rows) => {
  expect(roundNoise(rows)).toBeNull();
});
