import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exactSeconds } from './exact-seconds.ts';

const durations = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 2 });
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('sums are the same in any order', () => {
  fc.assert(
    fc.property(durations, (seconds) => {
      const exact = seconds.map(exactSeconds);
      return sum(exact) === sum(exact.toReversed()) && sum(exact) === sum(exact.toSorted());
    }),
  );
});

test('a total that grows never shrinks, and is off by less than a tenth of a microsecond', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e6, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (total, more) => {
        expect(exactSeconds(total + more)).toBeGreaterThanOrEqual(exactSeconds(total));
        expect(Math.abs(exactSeconds(total) - total)).toBeLessThan(1e-7);
      },
    ),
  );
});

test('whole numbers stay what they are', () => {
  expect([0, 1, 65_536, 2 ** 28].map(exactSeconds)).toEqual([0, 1, 65_536, 2 ** 28]);
});
