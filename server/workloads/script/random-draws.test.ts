import { expect, test } from 'vitest';
import { seededRandom } from '../../random.ts';
import { drawExponential, drawGaussian, drawUniform, drawZipfian } from './random-draws.ts';

const TEN = { from: 1n, to: 10n };
const DRAWS = 50_000;
/** Five standard deviations of a share of a half. */
const TOLERANCE = 0.012;

type Random = () => number;

function sharesOf(draw: (random: Random) => bigint): readonly number[] {
  const random = seededRandom(11);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < DRAWS; i++) {
    const at = Number(draw(random)) - 1;
    counts[at] = (counts[at] ?? Number.NaN) + 1;
  }
  return counts.map((count) => count / DRAWS);
}

/** The integral of a density over each tenth, by its distribution function. */
function tenths(below: (x: number) => number): readonly number[] {
  return Array.from({ length: 10 }, (_, i) => below((i + 1) / 10) - below(i / 10));
}

function erf(x: number): number {
  // Abramowitz and Stegun 7.1.26, within 1.5e-7.
  const t = 1 / (1 + 0.327_591_1 * Math.abs(x));
  const poly =
    ((((1.061_405_429 * t - 1.453_152_027) * t + 1.421_413_741) * t - 0.284_496_736) * t +
      0.254_829_592) *
    t;
  return Math.sign(x) * (1 - poly * Math.exp(-x * x));
}

const phi = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;

test.each<[string, (random: Random) => bigint, readonly number[]]>([
  ['uniform', (random) => drawUniform(TEN, random), tenths((x) => x)],
  [
    'exponential',
    (random) => drawExponential(TEN, 3, random),
    tenths((x) => (1 - Math.exp(-3 * x)) / (1 - Math.exp(-3))),
  ],
  [
    'gaussian',
    (random) => drawGaussian(TEN, 2.5, random),
    tenths((x) => (phi(2.5 * (2 * x - 1)) - phi(-2.5)) / (2 * phi(2.5) - 1)),
  ],
  [
    'zipfian',
    (random) => drawZipfian(TEN, 1.2, random),
    Array.from({ length: 10 }, (_, i) => (i + 1) ** -1.2).map(
      (weight, _, all) => weight / all.reduce((sum, one) => sum + one, 0),
    ),
  ],
])('%s draws have the shares of their distribution', (_name, draw, expected) => {
  const shares = sharesOf(draw);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  for (const [index, share] of shares.entries()) {
    expect(Math.abs(share - (expected[index] ?? Number.NaN))).toBeLessThan(TOLERANCE);
  }
});

test('a range of more than 32 bits is drawn from in full, and never left', () => {
  const range = { from: -(2n ** 61n), to: 2n ** 61n };
  const random = seededRandom(3);
  const draws = Array.from({ length: 1_000 }, () => drawUniform(range, random));
  expect(draws.every((draw) => draw >= range.from && draw <= range.to)).toBe(true);
  expect(draws.filter((draw) => draw < 0n).length).toBeGreaterThan(400);
  expect(new Set(draws.map((draw) => draw & 0xffn)).size).toBeGreaterThan(1);
});
