import { seededRandom } from '../../seeded-random.ts';

/** Standard normal numbers, the same for the same seed (Box and Muller). */
export function normalNumbers(seed: number): () => number {
  const random = seededRandom(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Rounds of two cells whose true ratio is known, with lognormal noise in every one of them. */
export function noisyPairs({
  pairs,
  ratio,
  noise,
  normal,
}: {
  readonly pairs: number;
  readonly ratio: number;
  /** Standard deviation of one measurement's logarithm. */
  readonly noise: number;
  readonly normal: () => number;
}): readonly { readonly left: number; readonly right: number }[] {
  return Array.from({ length: pairs }, () => ({
    left: 1000 * ratio * Math.exp(noise * normal()),
    right: 1000 * Math.exp(noise * normal()),
  }));
}
