import { expect, test } from 'vitest';
import { contrastOf, failedShareOf } from './contrast.ts';

const pairsOf = (logRatios: readonly number[]) =>
  logRatios.map((x) => ({ left: 100 * Math.exp(x), right: 100 }));
const alone = (value: number, half: number | null) => ({
  value,
  interval: half === null ? null : { low: value - half, high: value + half },
});
const none = { left: null, right: null };
const plain = { bootstrap: false };

test('two rounds or more are judged by the t interval of their log ratios', () => {
  // Mean 0.3, standard deviation 0.01: 0.3 ± 4.302653 × 0.01 / √3 = 0.3 ± 0.024841
  expect(contrastOf(pairsOf([0.29, 0.3, 0.31]), none, plain)).toEqual({
    basis: 'rounds',
    pairs: 3,
    ratio: expect.closeTo(Math.exp(0.3), 10),
    interval: {
      low: expect.closeTo(Math.exp(0.3 - 0.024841), 5),
      high: expect.closeTo(Math.exp(0.3 + 0.024841), 5),
    },
    bootstrapInterval: null,
    finding: 'higher',
    pairsMore: 0,
  });
});

test('where they cannot be told apart, it is said how many more pairs would', () => {
  // Mean 0.12, standard deviation 0.1: told at six pairs, so three more.
  expect(contrastOf(pairsOf([0.02, 0.12, 0.22]), none, plain)).toMatchObject({
    finding: 'not_distinguishable',
    pairsMore: 3,
  });
});

test('and where no number of rounds would, that', () => {
  expect(contrastOf(pairsOf([-0.9, 0.01, 0.92]), none, plain)).toMatchObject({
    finding: 'not_distinguishable',
    pairsMore: null,
  });
});

test('eight pairs are held against the bootstrap too, seven are not', () => {
  const logs = [0.1, 0.12, 0.08, 0.11, 0.09, 0.1, 0.13, 0.07];
  const bootstrapOf = (values: readonly number[]) => {
    const contrast = contrastOf(pairsOf(values), none, { bootstrap: true });
    return contrast.basis === 'rounds' ? contrast.bootstrapInterval : undefined;
  };
  expect(bootstrapOf(logs)?.low).toBeGreaterThan(1);
  expect(bootstrapOf(logs.slice(1))).toBeNull();
});

test.each([
  ['apart', alone(130, 5), alone(100, 5)],
  ['apart', alone(100, 5), alone(130, 5)],
  ['overlapping', alone(108, 5), alone(100, 5)],
  ['unknown', alone(130, null), alone(100, 5)],
] as const)('one pair claims nothing: its own intervals are %s', (finding, left, right) => {
  const pairs = [{ left: left.value, right: right.value }];
  expect(contrastOf(pairs, { left, right }, plain)).toEqual({
    basis: 'own_intervals',
    ratio: left.value / right.value,
    finding,
  });
});

test('a round that a side withheld is no pair', () => {
  const pairs = [...pairsOf([0.29, 0.3, 0.31]), { left: null, right: 100 }];
  expect(contrastOf(pairs, none, plain)).toMatchObject({ pairs: 3 });
});

test('a round that answered nothing is not left out: there is no ratio', () => {
  const pairs = [...pairsOf([0.29, 0.3, 0.31]), { left: 130, right: 0 }];
  const sides = { left: alone(130, 5), right: alone(75, null) };
  expect(contrastOf(pairs, sides, plain)).toEqual({ basis: 'none', without: ['right'] });
});

test('there is no ratio to nothing', () => {
  const sides = { left: alone(100, 5), right: alone(0, null) };
  const pairs = [
    { left: 100, right: 0 },
    { left: 101, right: 0 },
  ];
  expect(contrastOf(pairs, sides, plain)).toEqual({ basis: 'none', without: ['right'] });
  expect(contrastOf([], none, plain)).toEqual({ basis: 'none', without: ['left', 'right'] });
});

test.each([
  // Differences 0.10, 0.12, 0.14: 0.12 ± 4.303 × 0.02 / √3 = 0.12 ± 0.0497
  { left: [0.1, 0.12, 0.14], right: [0, 0, 0], finding: 'higher' },
  { left: [0, 0, 0], right: [0.1, 0.12, 0.14], finding: 'lower' },
  { left: [0, 0, 0], right: [0, 0, 0], finding: 'equivalent' },
  { left: [0.0005, 0.0006, 0.0004], right: [0, 0, 0], finding: 'equivalent' },
  { left: [0.01, 0.3, 0.02], right: [0, 0, 0], finding: 'not_distinguishable' },
])('shares of failed requests $left against $right: $finding', ({ left, right, finding }) => {
  const pairs = left.map((value, index) => ({ left: value, right: right[index] ?? 0 }));
  expect(failedShareOf(pairs, none).finding).toBe(finding);
});

test('one pair of shares has no interval and no finding', () => {
  expect(failedShareOf([{ left: 0.1, right: 0 }], none)).toEqual({
    left: null,
    right: null,
    difference: null,
    finding: null,
  });
});
