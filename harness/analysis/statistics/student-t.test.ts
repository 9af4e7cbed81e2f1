import { expect, test } from 'vitest';
import { studentT95, studentTQuantile } from './student-t.ts';

test.each([
  [0.975, 1, 12.706205],
  [0.975, 2, 4.302653],
  [0.975, 3, 3.182446],
  [0.975, 9, 2.262157],
  [0.975, 30, 2.042272],
  [0.995, 4, 4.604095],
  [0.95, 7, 1.894579],
  [0.999, 10, 4.1437],
  [0.975, 1000, 1.962339],
])(
  'the %f quantile with %i degrees of freedom is that of the tables',
  (probability, degrees, t) => {
    expect(studentTQuantile(probability, degrees)).toBeCloseTo(t, 5);
  },
);

test('a 95 % interval leaves 2.5 % on either side', () => {
  expect(studentT95(9)).toBe(studentTQuantile(0.975, 9));
});

test.each([
  [0.5, 3],
  [1, 3],
  [0.975, 0],
  [0.975, 2.5],
])('there is no quantile %f with %f degrees of freedom', (probability, degrees) => {
  expect(() => studentTQuantile(probability, degrees)).toThrow(RangeError);
});
