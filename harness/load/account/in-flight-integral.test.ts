import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InFlightIntegral } from './in-flight-integral.ts';

test('what is in flight counts from its start to its end, second by second', () => {
  const integral = new InFlightIntegral(3_000_000);
  integral.change(500_000, 1);
  integral.change(1_250_000, 1);
  integral.change(2_000_000, -1);
  expect(integral.inFlight).toBe(1);
  expect(integral.seconds(9_000_000)).toBeCloseTo(0.5 + 1 + 0.75 + 1, 9);
  expect([0, 1, 2, 3].map((second) => integral.ofSecond(second))).toEqual([0.5, 1.75, 1, 0]);
});

test('what is told late counts from when it was', () => {
  const integral = new InFlightIntegral(10_000_000);
  integral.change(4_200_000, 1);
  integral.change(1_900_000, 1);
  expect(integral.seconds(4_200_000)).toBeCloseTo(2.3, 9);
  integral.change(4_300_000, -1);
  integral.change(4_300_000, -1);
  expect(integral.seconds(5_000_000)).toBeCloseTo(2.3 + 0.2, 9);
  expect(integral.ofSecond(1)).toBeCloseTo(0.1, 9);
  expect(integral.ofSecond(2)).toBeCloseTo(1, 9);
  expect(integral.ofSecond(3)).toBeCloseTo(1, 9);
  expect(integral.ofSecond(4)).toBeCloseTo(0.4, 9);
});

test('looking at it in between changes nothing', () => {
  const looked = new InFlightIntegral(2_500_000);
  const left = new InFlightIntegral(2_500_000);
  looked.change(100, 1);
  left.change(100, 1);
  for (let us = 100; us < 5_000_000; us += 333_333) looked.seconds(us);
  expect(looked.seconds(5_000_000)).toBeCloseTo(left.seconds(5_000_000), 9);
  expect(looked.ofSecond(2)).toBeCloseTo(left.ofSecond(2), 9);
});

test('it is the sum of all stays, however late they are told: Little’s law', () => {
  const stays = fc.array(
    fc.record({
      startUs: fc.integer({ min: 0, max: 6_000_000 }),
      lateUs: fc.integer({ min: 0, max: 3_000_000 }),
      restUs: fc.integer({ min: 0, max: 3_000_000 }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(stays, fc.integer({ min: 1, max: 7_000_000 }), (all, windowUs) => {
      const integral = new InFlightIntegral(windowUs);
      const changes = all.flatMap(({ startUs, lateUs, restUs }) => [
        { toldUs: startUs + lateUs, sinceUs: startUs, by: 1 as const },
        { toldUs: startUs + lateUs + restUs, sinceUs: startUs + lateUs + restUs, by: -1 as const },
      ]);
      for (const { sinceUs, by } of changes.toSorted(
        (a, b) => a.toldUs - b.toldUs || b.by - a.by,
      )) {
        integral.change(sinceUs, by);
      }
      const inside = (us: number): number => Math.min(us, windowUs);
      const residenceUs = all.reduce(
        (sum, { startUs, lateUs, restUs }) =>
          sum + inside(startUs + lateUs + restUs) - inside(startUs),
        0,
      );
      expect(integral.inFlight).toBe(0);
      expect(integral.seconds(20_000_000)).toBeCloseTo(residenceUs / 1e6, 6);
      const perSecond = Array.from({ length: 20 }, (_, second) => integral.ofSecond(second));
      expect(perSecond.reduce((sum, seconds) => sum + seconds, 0)).toBeCloseTo(
        residenceUs / 1e6,
        6,
      );
    }),
  );
});
