import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BucketSeries } from './bucket-series.ts';
import { MetricRegistry, renderMetrics } from './registry.ts';

const BOUNDS = [0.001, 0.01, 0.1, 1];

test('a value on a bound belongs to it, one beyond the last only to the total', () => {
  const series = new BucketSeries({}, BOUNDS);
  for (const value of [0, 0.001, 0.0011, 1, 1.0001, 40]) series.observe(value);
  expect(series.read()).toEqual({
    buckets: [
      { le: 0.001, count: 2 },
      { le: 0.01, count: 3 },
      { le: 0.1, count: 3 },
      { le: 1, count: 4 },
    ],
    count: 6,
    sum: expect.closeTo(42.0022, 6),
  });
});

test('counts never fall from bucket to bucket and end in the number of values', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 5, noNaN: true })), (values) => {
      const series = new BucketSeries({}, BOUNDS);
      for (const value of values) series.observe(value);
      const { buckets, count } = series.read();
      const counts = [0, ...buckets.map((bucket) => bucket.count), count];
      return (
        count === values.length &&
        counts.every((n, index) => n >= (counts[index - 1] ?? 0)) &&
        buckets.every(({ le, count: n }) => n === values.filter((value) => value <= le).length)
      );
    }),
  );
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%s is a bug of the caller', (value) => {
  expect(() => new BucketSeries({}, BOUNDS).observe(value)).toThrow(TypeError);
});

test("several processes' series are added up in Prometheus' text", async () => {
  const of = (worker: string, values: readonly number[]) => {
    const registry = new MetricRegistry();
    const definition = { name: 'd_seconds', help: 'd', labelNames: ['route'], buckets: [0.5] };
    const series = registry.histogram(definition)({ route: worker });
    for (const value of values) series.observe(value);
    return registry.snapshot();
  };
  const text = await renderMetrics(await Promise.all([of('/a', [0.125, 2]), of('/a', [0.25])]));
  expect(text.trim().split('\n')).toEqual([
    '# HELP d_seconds d',
    '# TYPE d_seconds histogram',
    'd_seconds_bucket{le="0.5",route="/a"} 2',
    'd_seconds_bucket{le="+Inf",route="/a"} 3',
    'd_seconds_sum{route="/a"} 2.375',
    'd_seconds_count{route="/a"} 3',
  ]);
});
