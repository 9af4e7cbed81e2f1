import { expect, test } from 'vitest';
import { type HistogramView, percentilesOf } from './percentiles.ts';

const histogram = (samples: number): HistogramView => ({
  samples,
  meanUs: samples === 0 ? null : 5000,
  maxUs: samples === 0 ? null : 9000,
  quantileUs: (q) => q * 10_000,
});

test.each([
  [0, { mean: null, max: null, p50: null, p90: null, p95: null, p99: null, p999: null }],
  [19, { p50: null, p90: null }],
  [20, { p50: 5, p90: null }],
  [199, { p90: 9, p95: null, p99: null }],
  [999, { p95: 9.5, p99: null }],
  [1000, { p99: 9.9, p999: null }],
  [10_000, { p99: 9.9, p999: 9.99 }],
])('with %i samples only percentiles with ten samples beyond them are given', (samples, shown) => {
  const result = percentilesOf(histogram(samples), 0);
  expect(result).toMatchObject(
    Object.fromEntries(
      Object.entries(shown).map(([name, value]) => [
        name,
        value === null ? null : expect.closeTo(value, 9),
      ]),
    ),
  );
});

test('mean and maximum are in milliseconds and lower bounds are counted', () => {
  expect(percentilesOf(histogram(100), 7)).toMatchObject({
    samples: 100,
    censored: 7,
    mean: 5,
    max: 9,
  });
});
