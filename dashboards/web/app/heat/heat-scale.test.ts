import { expect, test } from 'vitest';
import { heatScale } from './heat-scale.ts';

test('a linear scale begins at nothing, so that twice as much is twice as dark', () => {
  const scale = heatScale([50, 100, null], { logarithmic: false });
  expect(scale).toMatchObject({ low: 0, high: 100 });
  expect(scale?.shareOf(50)).toBe(0.5);
});

test('on a logarithmic scale equal ratios are equal steps', () => {
  const scale = heatScale([1, 100, 10], { logarithmic: true });
  expect(scale?.shareOf(1)).toBe(0);
  expect(scale?.shareOf(10)).toBeCloseTo(0.5);
  expect(scale?.shareOf(100)).toBe(1);
});

test('latencies that lie close together look alike', () => {
  const scale = heatScale([100, 200], { logarithmic: true });
  expect(scale).toMatchObject({ low: 100, high: 1_000 });
  expect(scale?.shareOf(200)).toBeCloseTo(Math.log10(2));
});

test('a latency of nothing is the low end, not an infinity', () => {
  const scale = heatScale([0, 10], { logarithmic: true });
  expect(scale?.shareOf(0)).toBe(0);
  expect(scale?.shareOf(10)).toBe(1);
});

test('equal values are light, and no value is no scale', () => {
  expect(heatScale([7, 7], { logarithmic: true })?.shareOf(7)).toBe(0);
  expect(heatScale([0, 0], { logarithmic: false })?.shareOf(0)).toBe(0);
  expect(heatScale([null], { logarithmic: false })).toBeNull();
});
