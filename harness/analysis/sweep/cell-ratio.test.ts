import { expect, test } from 'vitest';
import { GOODPUT, isAlike, isAsGood, noiseOf, ratioOfCells } from './cell-ratio.ts';
import type { Ratio } from './sweep-result.ts';
import { comparedCell } from './test/compared-cell.ts';

const ratio = (value: number, finding: Ratio['finding']): Ratio => ({
  pairs: 3,
  ratio: value,
  interval: { low: value * 0.99, high: value * 1.01 },
  finding,
});

test.each([
  [1.02, 'higher'],
  [0.98, 'lower'],
] as const)('a difference of less than the margin is none: %d × (%s)', (value, finding) => {
  expect(isAlike(ratio(value, finding))).toBe(true);
});

test.each([2, 0.5, 5, 0.1])('%d × as much is not alike, however wide the interval', (value) => {
  expect(isAlike(ratio(value, 'not_distinguishable'))).toBe(false);
});

test('what lies between is alike unless it was told apart', () => {
  expect(isAlike(ratio(1.5, 'not_distinguishable'))).toBe(true);
  expect(isAlike(ratio(0.7, 'not_distinguishable'))).toBe(true);
  expect(isAlike(ratio(0.7, 'lower'))).toBe(false);
  expect(isAlike(ratio(1.5, 'higher'))).toBe(false);
});

test('as good is what is told to be higher, or is at most the margin below and not told to be lower', () => {
  expect(isAsGood(ratio(1.5, 'higher'))).toBe(true);
  expect(isAsGood(ratio(0.98, 'not_distinguishable'))).toBe(true);
  expect(isAsGood(ratio(0.98, 'lower'))).toBe(false);
  expect(isAsGood(ratio(0.9, 'not_distinguishable'))).toBe(false);
});

test('a pair noisier than the other cells keeps the interval of its own rounds', () => {
  const calm = [0, 1, 2, 3, 4].map((index) =>
    comparedCell({ id: `c${index}`, goodputs: [800 + index, 801 + index, 800 + index] }),
  );
  const wild = comparedCell({ id: 'wild', goodputs: [700, 1_000, 820] });
  const right = comparedCell({ id: 'right', goodputs: [800, 801, 799] });
  const noise = noiseOf([...calm, right], GOODPUT);
  const own = ratioOfCells({ left: wild, right }, GOODPUT);
  const shared = ratioOfCells({ left: wild, right }, GOODPUT, noise);
  // Of its own three rounds: 15 % up and down, about; of the calm ones: a tenth of a per cent.
  expect(own?.finding).toBe('not_distinguishable');
  expect(shared?.finding).toBe('not_distinguishable');
  expect(shared?.interval?.high).toBeGreaterThan(1.2);
});

test('an overloaded round without a steady rate is compared by its whole window', () => {
  const steady = comparedCell({ id: 'c001', goodputs: [800, 810, 790] });
  const whole = comparedCell({ id: 'c002', goodputs: [400, 405, 395] });
  const overloaded = {
    ...whole,
    rounds: whole.rounds.map((round) =>
      round.state === 'measured' ? { ...round, goodputPerSecond: null } : round,
    ),
  };
  expect(ratioOfCells({ left: overloaded, right: steady }, GOODPUT)).toEqual(
    ratioOfCells({ left: whole, right: steady }, GOODPUT),
  );
});
