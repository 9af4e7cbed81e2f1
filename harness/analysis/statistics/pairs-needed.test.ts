import { expect, test } from 'vitest';
import { pairedRatio } from './paired-ratio.ts';
import { PAIRS_MAX, pairsNeeded } from './pairs-needed.ts';

/** Log ratios of exactly this mean and sample standard deviation. */
function logRatios(pairs: number, mean: number, deviation: number): readonly number[] {
  const raw = Array.from({ length: pairs }, (_, index) => index - (pairs - 1) / 2);
  const scale = Math.sqrt(raw.reduce((sum, x) => sum + x ** 2, 0) / (pairs - 1));
  return raw.map((x) => mean + (deviation * x) / scale);
}

// Half width: t(n − 1) · s / √n, with t(2) = 4.303, t(3) = 3.182, t(4) = 2.776, t(5) = 2.571.
test.each([
  // 4.303 × 0.1 / √3 = 0.248 > 0.2; 3.182 × 0.1 / √4 = 0.159 < 0.2
  { pairs: 3, mean: 0.2, deviation: 0.1, needed: 4 },
  // at 5: 2.776 × 0.1 / √5 = 0.124 > 0.12; at 6: 2.571 × 0.1 / √6 = 0.105 < 0.12
  { pairs: 3, mean: 0.12, deviation: 0.1, needed: 6 },
  // Which side is faster makes no difference.
  { pairs: 3, mean: -0.12, deviation: 0.1, needed: 6 },
  // No difference at all: ln 1.03 = 0.02956 must hold it; at 5: 0.0248, at 4: 0.0318.
  { pairs: 3, mean: 0, deviation: 0.02, needed: 5 },
  // Two pairs, 12.706 × 0.05 / √2 = 0.449; at 3: 4.303 × 0.05 / √3 = 0.124 < 0.2
  { pairs: 2, mean: 0.2, deviation: 0.05, needed: 3 },
])(
  'log ratios of mean $mean and deviation $deviation in $pairs pairs need $needed',
  ({ pairs, mean, deviation, needed }) => {
    expect(pairsNeeded(logRatios(pairs, mean, deviation))).toBe(needed);
  },
);

test('what is said to tell does tell, and one pair less does not', () => {
  const found = pairsNeeded(logRatios(4, 0.05, 0.08)) ?? 0;
  const finding = (pairs: number) =>
    pairedRatio(logRatios(pairs, 0.05, 0.08).map((x) => ({ left: Math.exp(x), right: 1 })))
      ?.finding;
  expect(finding(found)).toBe('higher');
  expect(finding(found - 1)).toBe('not_distinguishable');
});

test('noise far above the difference would take more pairs than a sweep may have', () => {
  expect(pairsNeeded(logRatios(5, 0.01, 0.5))).toBeNull();
  expect(pairsNeeded(logRatios(PAIRS_MAX, 0.01, 0.5))).toBeNull();
});

test.each([[[]], [[0.3]]])('%j: without a spread nobody can tell', (values) => {
  expect(pairsNeeded(values)).toBeNull();
});
