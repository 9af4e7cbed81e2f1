import { expect, test } from 'vitest';
import { pairedRatio } from './paired-ratio.ts';

test('the interval of a constant ratio is the ratio', () => {
  const result = pairedRatio([
    { left: 40, right: 10 },
    { left: 80, right: 20 },
  ]);
  expect(result).toMatchObject({ pairs: 2, finding: 'higher' });
  expect(result?.ratio).toBeCloseTo(4, 12);
  expect(result?.low).toBeCloseTo(4, 12);
});

test('swapping the sides inverts the ratio and its interval', () => {
  const pairs = [
    { left: 10, right: 31 },
    { left: 11, right: 29 },
    { left: 9, right: 30 },
  ];
  const there = pairedRatio(pairs);
  const back = pairedRatio(pairs.map(({ left, right }) => ({ left: right, right: left })));
  expect(there?.finding).toBe('lower');
  expect(back?.finding).toBe('higher');
  expect((there?.ratio ?? 0) * (back?.ratio ?? 0)).toBeCloseTo(1, 12);
  expect((there?.low ?? 0) * (back?.high ?? 0)).toBeCloseTo(1, 12);
});

test('the interval is the textbook t interval of the log ratios', () => {
  // Log ratios 0.1, 0.2, 0.3: mean 0.2, standard deviation 0.1, t(2) = 4.302653.
  const result = pairedRatio([0.1, 0.2, 0.3].map((x) => ({ left: Math.exp(x), right: 1 })));
  expect(Math.log(result?.low ?? 0)).toBeCloseTo(0.2 - (4.302653 * 0.1) / Math.sqrt(3), 6);
  expect(result?.finding).toBe('not_distinguishable');
});

test('small differences that are certain are called equivalent', () => {
  const result = pairedRatio([
    { left: 1.011, right: 1 },
    { left: 1.01, right: 1 },
    { left: 1.012, right: 1 },
    { left: 1.011, right: 1 },
  ]);
  expect(result?.finding).toBe('equivalent');
});

test.each([
  ['one pair', [{ left: 1, right: 2 }]],
  [
    'a zero',
    [
      { left: 0, right: 2 },
      { left: 1, right: 2 },
    ],
  ],
  [
    'NaN',
    [
      { left: Number.NaN, right: 2 },
      { left: 1, right: 2 },
    ],
  ],
])('no interval exists with %s', (_, pairs) => {
  expect(pairedRatio(pairs)).toBeNull();
});
