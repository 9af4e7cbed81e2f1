/** How far repeated measurements of one cell lie apart. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
  /** `max / min − 1`: 0.15 is the largest 15 % above the smallest. */
  readonly spread: number;
}

/**
 * Spread of the rounds of one cell. A few rounds have no distribution to speak of, so it is the range
 * and no standard deviation. `null` with fewer than two values, or when one is not positive: a ratio
 * to it says nothing.
 */
export function spreadOf(values: readonly number[]): Spread | null {
  if (values.length < 2 || values.some((value) => !(value > 0 && Number.isFinite(value)))) {
    return null;
  }
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const min = at(0);
  const max = at(sorted.length - 1);
  const half = sorted.length / 2;
  const median = (at(Math.ceil(half) - 1) + at(Math.floor(half))) / 2;
  return { min, median, max, spread: max / min - 1 };
}
