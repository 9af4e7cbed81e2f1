import { expect, test } from 'vitest';
import type { Contrast } from '../../analysis/comparison/comparison-result.ts';
import { contrastText, findingText, ratioText, turnedRound } from './ratio-text.ts';

test.each([
  [1.342, { low: 1.288, high: 1.399 }, '1.34 [1.29–1.40]'],
  [5.52, { low: 5.48, high: 5.56 }, '5.5 [5.5–5.6]'],
  [42.4, { low: 38, high: 47 }, '42 [38–47]'],
  [0.21, null, '0.21'],
  [2.04, { low: 1.04, high: 4.1 }, '2.04 [1.04–4.10]'],
  [1_234.5, { low: 1_100, high: 1_400 }, '1,235 [1,100–1,400]'],
  // Two digits would show 1.00, and hide that the end lies above 1, or below.
  [1.03, { low: 1.002, high: 1.06 }, '1.030 [1.002–1.060]'],
  [0.98, { low: 0.96, high: 0.998 }, '0.980 [0.960–0.998]'],
  // 1 itself is no end to hide.
  [1, { low: 1, high: 1 }, '1.00 [1.00–1.00]'],
  [0.0021, { low: 0.0019, high: 0.0024 }, '0.0021 [0.0019–0.0024]'],
])('%f with %j is %s', (ratio, interval, text) => {
  expect(ratioText(ratio, interval)).toBe(text);
});

const judged = {
  basis: 'rounds',
  pairs: 3,
  ratio: 2,
  interval: { low: 1.6, high: 2.5 },
  bootstrapInterval: null,
  finding: 'higher',
  pairsMore: 0,
} satisfies Contrast;

test('turned round it is the other side’s ratio, and twice turned round the same', () => {
  expect(turnedRound(judged)).toMatchObject({
    ratio: 0.5,
    interval: { low: 0.4, high: 0.625 },
    finding: 'lower',
  });
  expect(turnedRound(turnedRound(judged))).toEqual(judged);
});

test.each<[Contrast, string, string]>([
  [judged, '2.0 [1.6–2.5]', 'higher'],
  [
    { ...judged, ratio: 1.99, finding: 'not_distinguishable', pairsMore: 5 },
    '1.99 [1.60–2.50]',
    'not distinguishable, 5 more pairs',
  ],
  [
    { ...judged, finding: 'not_distinguishable', pairsMore: null },
    '2.0 [1.6–2.5]',
    'far apart, and uncertain, not in 100 pairs',
  ],
  [
    { ...judged, ratio: 0.5, finding: 'not_distinguishable', pairsMore: 1 },
    '0.50 [1.60–2.50]',
    'far apart, and uncertain, 1 more pair',
  ],
  [
    { basis: 'own_intervals', ratio: 1.34, finding: 'apart' },
    '1.34',
    'no two pairs; own intervals apart',
  ],
  [
    { basis: 'own_intervals', ratio: 1.34, finding: 'overlapping' },
    '1.34',
    'no two pairs; own intervals overlap',
  ],
  [{ basis: 'own_intervals', ratio: 1.34, finding: 'unknown' }, '1.34', 'no interval'],
  [{ basis: 'none', without: ['left', 'right'] }, '–', 'no number of A and B'],
])('%j is shown as %s: %s', (contrast, ratio, finding) => {
  expect(contrastText(contrast)).toBe(ratio);
  expect(findingText(contrast)).toBe(finding);
});
