import { expect, test } from 'vitest';
import { decodeHistogram, HISTOGRAM_MAX_US, Histogram, mergeHistograms } from './histogram.ts';

function histogramOf(...valuesUs: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const us of valuesUs) histogram.record(us);
  return histogram;
}

test.each([1, 999, 20_000, 1_234_567, 59_999_999, HISTOGRAM_MAX_US])(
  '%i µs is kept within 0.1 %%, through encoding and decoding',
  (us) => {
    const decoded = decodeHistogram(histogramOf(us).encode());
    expect(decoded.samples).toBe(1);
    for (const kept of [decoded.quantileUs(0.5), decoded.maxUs, decoded.minUs, decoded.meanUs]) {
      expect(Math.abs((kept ?? Number.NaN) - us) / us).toBeLessThanOrEqual(0.001);
    }
  },
);

test('what is longer than an hour is kept as an hour, what is negative as nothing', () => {
  const histogram = histogramOf(HISTOGRAM_MAX_US * 2, -5);
  expect(histogram.minUs).toBe(0);
  expect((histogram.maxUs ?? 0) / HISTOGRAM_MAX_US).toBeCloseTo(1, 3);
});

test('merging gives the percentiles of all values together, not their average', () => {
  const fast = histogramOf(...Array.from({ length: 990 }, () => 1_000));
  const slow = histogramOf(...Array.from({ length: 10 }, () => 1_000_000));
  const merged = mergeHistograms([fast.encode(), null, slow.encode()]);
  expect(merged.samples).toBe(1_000);
  expect(merged.quantileUs(0.99)).toBe(1_000);
  expect(merged.quantileUs(0.991)).toBeGreaterThanOrEqual(999_000);
});

test('an empty histogram says so', () => {
  const empty = decodeHistogram(new Histogram().encode());
  expect(empty).toMatchObject({ samples: 0, meanUs: null, maxUs: null, minUs: null });
  expect(() => empty.quantileUs(0.5)).toThrow(RangeError);
  expect([...mergeHistograms([null, empty.encode()]).values()]).toEqual([]);
});

test('its values come ascending with their counts', () => {
  expect([...histogramOf(30, 10, 10, 20).values()]).toEqual([
    { us: 10, count: 2 },
    { us: 20, count: 1 },
    { us: 30, count: 1 },
  ]);
});

test('a histogram that was reset starts anew', () => {
  const histogram = histogramOf(5_000);
  histogram.reset();
  histogram.record(10);
  expect(histogram).toMatchObject({ samples: 1, maxUs: 10, minUs: 10 });
});
