import { expect, test } from 'vitest';
import { bootstrapRatio } from './bootstrap-ratio.ts';
import { pairedRatio } from './paired-ratio.ts';

const NOISE = [-0.03, 0.02, -0.01, 0.04, -0.02, 0.01, 0.03, -0.04];
const LOGS = NOISE.map((x) => Math.log(1.34) + x);

test('the same pairs and seed give the same interval, which holds their mean', () => {
  const interval = bootstrapRatio(LOGS, { seed: 1 });
  expect(interval).toEqual(bootstrapRatio(LOGS, { seed: 1 }));
  expect(interval?.low).toBeLessThan(1.34);
  expect(interval?.high).toBeGreaterThan(1.34);
});

test('where the noise is even, it is about as wide as the t interval', () => {
  const t = pairedRatio(LOGS.map((x) => ({ left: Math.exp(x), right: 1 })));
  const interval = bootstrapRatio(LOGS, { seed: 1 });
  const width = (it: { readonly low: number; readonly high: number } | null) =>
    it === null ? 0 : Math.log(it.high / it.low);
  expect(width(interval) / width(t)).toBeGreaterThan(0.85);
  expect(width(interval) / width(t)).toBeLessThan(1.15);
});

test('swapping the sides inverts it, but for what the draws make of it', () => {
  const there = bootstrapRatio(LOGS, { seed: 5 });
  const back = bootstrapRatio(
    LOGS.map((x) => -x),
    { seed: 5 },
  );
  expect((there?.low ?? 0) * (back?.high ?? 0)).toBeCloseTo(1, 12);
});

test('ratios without any noise have an interval without any width', () => {
  const interval = bootstrapRatio(
    NOISE.map(() => Math.log(2)),
    { seed: 1 },
  );
  expect(interval?.low).toBeCloseTo(2, 12);
  expect(interval?.high).toBeCloseTo(2, 12);
});

test('seven pairs have none', () => {
  expect(bootstrapRatio(LOGS.slice(1), { seed: 1 })).toBeNull();
});
