import { expect, test } from 'vitest';
import { atLeast, exactly } from './threshold-range.ts';
import { comparisonWords, openWords, valueWords } from './threshold-words.ts';

test.each([
  ['ms', 0, '0 ms'],
  ['ms', 0.4217, '0.422 ms'],
  ['ms', 41.234, '41.2 ms'],
  ['ms', 1_240, '1,240 ms'],
  ['ms', 30_000, '30 s'],
  ['per_second', 809.44, '809/s'],
  ['count', 12_345, '12,345'],
  ['share', 0.0123, '1.23 %'],
  ['share', 0, '0 %'],
  ['cores', 0.53, '0.53 cores'],
  ['count', Number.POSITIVE_INFINITY, 'unlimited'],
] as const)('%s %d is shown as %s', (unit, value, text) => {
  expect(valueWords(unit, value)).toBe(text);
});

test.each([
  ['<', true, '41.2 ms < 50 ms'],
  ['<', false, '41.2 ms ≥ 50 ms'],
  ['<=', false, '41.2 ms > 50 ms'],
  ['>', false, '41.2 ms ≤ 50 ms'],
  ['>=', false, '41.2 ms < 50 ms'],
  ['==', false, '41.2 ms ≠ 50 ms'],
  ['!=', false, '41.2 ms = 50 ms'],
] as const)('%s with the outcome %s is said as a true statement', (comparison, met, words) => {
  const sides = { left: exactly(41.2), right: exactly(50), unit: 'ms' } as const;
  expect(comparisonWords(sides, comparison, met)).toBe(words);
});

test('two numbers that differ never look the same', () => {
  const words = (left: number, right: number): string =>
    comparisonWords({ left: exactly(left), right: exactly(right), unit: 'ms' }, '<', false);
  expect(words(50.004, 50)).toBe('50.004 ms ≥ 50 ms');
  expect(words(12_000.4, 12_000)).toBe('12.0004 s ≥ 12 s');
  expect(words(50, 50)).toBe('50 ms ≥ 50 ms');
});

test('a lower bound is called one, and need not be what it could be', () => {
  const sides = { left: atLeast(45), right: exactly(50), unit: 'ms' } as const;
  expect(openWords(sides, '<')).toBe('at least 45 ms need not be < 50 ms');
});
