import { expect, test } from 'vitest';
import type { HistogramView } from './percentiles.ts';
import { percentileIntervals, sectionsOf } from './sectioning.ts';

const view = (us: number, samples = 1_000): HistogramView => ({
  samples,
  meanUs: us,
  maxUs: us,
  quantileUs: () => us,
});

test.each([5, 6, 7, 10, 19, 20, 61])(
  '%i seconds are cut into four sections, all of them used',
  (seconds) => {
    const sections = sectionsOf(seconds);
    expect(sections).toHaveLength(4);
    const lengths = sections.map(([from, to]) => to - from);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    expect(sections[0]?.[0]).toBe(0);
    expect(sections.map(([, to]) => to)).toEqual([
      ...sections.slice(1).map(([from]) => from),
      seconds,
    ]);
  },
);

test.each([0, 1, 4])('%i seconds are too few for sections', (seconds) => {
  expect(sectionsOf(seconds)).toEqual([]);
  expect(percentileIntervals(view(10_000), []).p50).toBeNull();
});

test('the interval is the textbook t interval of the sections, on the log scale', () => {
  // Logarithms apart by ±0.1: standard deviation √(0.04/3), t(3) = 3.182446.
  const sections = [0.1, -0.1, 0.1, -0.1].map((x) => view(10_000 * Math.exp(x)));
  const half = (3.182446 * Math.sqrt(0.04 / 3)) / 2;
  const { p99 } = percentileIntervals(view(10_000), sections);
  expect(p99?.low).toBeCloseTo(10 * Math.exp(-half), 5);
  expect(p99?.high).toBeCloseTo(10 * Math.exp(half), 5);
});

test('the run itself is in the middle, not the mean of its sections', () => {
  const sections = [1_000, 1_100, 1_000, 1_100].map((us) => view(us));
  const { p50 } = percentileIntervals(view(5_000), sections);
  expect(Math.sqrt((p50?.low ?? 0) * (p50?.high ?? 0))).toBeCloseTo(5, 9);
});

test('a percentile needs three samples beyond it in every section', () => {
  const sections = [view(10, 300), view(10, 300), view(10, 300), view(10, 299)];
  expect(percentileIntervals(view(10, 1_199), sections)).toMatchObject({
    p50: { low: 0.01, high: 0.01 },
    p95: { low: 0.01, high: 0.01 },
    p99: null,
    p999: null,
  });
  expect(percentileIntervals(view(10, 1_200), sections.fill(view(10, 300))).p99).not.toBeNull();
});

test('an empty section has no percentile', () => {
  const sections = [view(10), view(10), view(10), view(0, 0)];
  expect(percentileIntervals(view(10, 3_000), sections).p50).toBeNull();
});

test('an answer within the clock’s resolution has an interval', () => {
  const sections = [view(0), view(0), view(0), view(0)];
  expect(percentileIntervals(view(0), sections).p50).toEqual({ low: 0, high: 0 });
});
