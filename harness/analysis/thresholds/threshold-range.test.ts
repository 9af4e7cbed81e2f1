import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPARISONS } from '../../plan/thresholds/threshold.ts';
import { atLeast, decide, exactly, partOf, type Range } from './threshold-range.ts';

test.each([
  [exactly(4), '<', exactly(5), 'met'],
  [exactly(5), '<', exactly(5), 'not_met'],
  [exactly(5), '<=', exactly(5), 'met'],
  [exactly(5), '>=', exactly(5), 'met'],
  [exactly(5), '>', exactly(5), 'not_met'],
  [exactly(0), '==', exactly(0), 'met'],
  [exactly(1), '==', exactly(0), 'not_met'],
  [exactly(1), '!=', exactly(0), 'met'],
  [exactly(0), '!=', exactly(0), 'not_met'],
  // What can still grow is lost above an upper bound, and never below a lower one.
  [atLeast(4), '<', exactly(5), 'open'],
  [atLeast(5), '<', exactly(5), 'not_met'],
  [atLeast(5), '<=', exactly(5), 'open'],
  [atLeast(6), '<=', exactly(5), 'not_met'],
  [atLeast(4), '>', exactly(5), 'open'],
  [atLeast(6), '>', exactly(5), 'met'],
  [atLeast(0), '==', exactly(0), 'open'],
  [atLeast(1), '==', exactly(0), 'not_met'],
  [atLeast(1), '!=', exactly(0), 'met'],
  [exactly(4), '<', atLeast(5), 'met'],
  [exactly(6), '<', atLeast(5), 'open'],
  [atLeast(1), '<', atLeast(1), 'open'],
  // No bound at all is above everything.
  [exactly(4), '<=', exactly(Number.POSITIVE_INFINITY), 'met'],
  [exactly(Number.POSITIVE_INFINITY), '<=', exactly(26), 'not_met'],
] as const)('%j %s %j is %s', (left, comparison, right, decision) => {
  expect(decide(left, comparison, right)).toBe(decision);
});

const holds = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
} as const;

test('a decision is what every pair of values in the ranges says, and open where they differ', () => {
  const few = fc.integer({ min: 0, max: 4 });
  const range = fc
    .tuple(few, few)
    .map(([a, b]): Range => ({ low: Math.min(a, b), high: Math.max(a, b) }));
  const valuesOf = ({ low, high }: Range): readonly number[] =>
    // Steps of a half: between two whole numbers there are others.
    Array.from({ length: 2 * (high - low) + 1 }, (_, step) => low + step / 2);
  fc.assert(
    fc.property(range, fc.constantFrom(...COMPARISONS), range, (left, comparison, right) => {
      const says = new Set(
        valuesOf(left).flatMap((a) => valuesOf(right).map((b) => holds[comparison](a, b))),
      );
      const expected = says.size === 2 ? 'open' : says.has(true) ? 'met' : 'not_met';
      expect(decide(left, comparison, right)).toBe(expected);
    }),
    { numRuns: 1_000 },
  );
});

test('a part of a whole number is the number people would compute', () => {
  expect(partOf(exactly(100), 0.29)).toEqual(exactly(29));
  expect(partOf(exactly(30), 0.1)).toEqual(exactly(3));
  expect(partOf(atLeast(10), 0.5)).toEqual(atLeast(5));
});
