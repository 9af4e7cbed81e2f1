import { expect, test } from 'vitest';
import { percentilesOf } from '../statistics/percentiles.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import { bucket } from '../test/observations.ts';
import { compositionOf, meanComposition } from './composition.ts';

const latencies = (text: string) => percentilesOf(decodeFake([text]), 0);

test('a percentile is made of what the requests of its latency were made of', () => {
  const breakdown = [
    bucket(10, 9_500, { db: 9, rest: 1 }),
    bucket(100, 500, { wait: 90, db: 9, rest: 1 }),
  ];
  expect(compositionOf(breakdown, latencies('10x9400 100x600'))).toEqual([
    {
      quantile: 'p50',
      latencyMs: 10,
      partsMs: { lag: 0, wait: 0, connect: 0, db: 9, loop: 0, rest: 1 },
    },
    {
      quantile: 'p95',
      latencyMs: 100,
      partsMs: { lag: 0, wait: 90, connect: 0, db: 9, loop: 0, rest: 1 },
    },
    {
      quantile: 'p99',
      latencyMs: 100,
      partsMs: { lag: 0, wait: 90, connect: 0, db: 9, loop: 0, rest: 1 },
    },
  ]);
});

test('the parts are scaled to add up to the percentile', () => {
  const breakdown = [bucket(100, 2_000, { wait: 60, db: 40 })];
  const [p50] = compositionOf(breakdown, latencies('104x2000'));
  expect(p50?.partsMs.wait).toBeCloseTo(62.4, 9);
  expect(p50?.partsMs.db).toBeCloseTo(41.6, 9);
});

test('neighbouring latencies are pooled until twenty requests speak', () => {
  const breakdown = [
    bucket(90, 10, { wait: 90 }),
    bucket(100, 10, { db: 100 }),
    bucket(111, 10, { rest: 111 }),
  ];
  const p99 = compositionOf(breakdown, latencies('1x1970 100x30')).at(-1);
  expect(p99).toMatchObject({ quantile: 'p99', latencyMs: 100 });
  // The nearest by factor: 100 itself, then 111 / 100 = 1.11 against 100 / 90 = 1.111.
  expect(p99?.partsMs.wait).toBe(0);
  expect(p99?.partsMs.db).toBeCloseTo((100 * 100) / 211, 9);
});

test.each([
  ['fewer than twenty lie near it', [bucket(100, 19, { db: 100 })]],
  ['it is one of the lower bounds, where no answer is', [bucket(10, 5_000, { db: 10 })]],
])('a percentile has no composition where %s', (_, breakdown) => {
  expect(compositionOf(breakdown, latencies('100x5000'))).toEqual([]);
});

test('a withheld percentile has no composition', () => {
  expect(compositionOf([bucket(10, 500, { db: 10 })], latencies('10x500'))).toMatchObject([
    { quantile: 'p50' },
    { quantile: 'p95' },
  ]);
});

test('the mean answer is made of all of them', () => {
  const mean = meanComposition([bucket(10, 3, { db: 10 }), bucket(50, 1, { wait: 50 })]);
  expect(mean?.latencyMs).toBeCloseTo(20, 9);
  expect(mean?.partsMs.db).toBeCloseTo(7.5, 9);
  expect(mean?.partsMs.wait).toBeCloseTo(12.5, 9);
  expect(meanComposition([])).toBeNull();
});
