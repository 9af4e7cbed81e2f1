export interface LevelShift {
  /** Index of the first value of the new level. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
  /** Difference of the levels in standard errors of it. */
  readonly t: number;
  /** Two levels explain more of the series than a straight line does: a step, no drift. */
  readonly isStep: boolean;
}

/** A level of fewer seconds may be a hiccup. */
const LEVEL_LENGTH_MIN = 3;

/**
 * The split into two levels that explains most of the series, by least squares; `null` when it is too
 * short for two levels. Being the best of all splits, its `t` is larger than that of a split chosen
 * beforehand: judge it by a bound found in simulation, not by Student's.
 */
export function findLevelShift(values: readonly number[]): LevelShift | null {
  let best: Split | null = null;
  for (let at = LEVEL_LENGTH_MIN; at <= values.length - LEVEL_LENGTH_MIN; at += 1) {
    const split = splitAt(values, at);
    if (best === null || split.left < best.left) best = split;
  }
  if (best === null) return null;
  const { at, before, after, left } = best;
  const variance = left / (values.length - 2);
  const standardError = Math.sqrt(variance * (1 / at + 1 / (values.length - at)));
  const t = before === after ? 0 : (after - before) / standardError;
  return { at, before, after, t, isStep: left < squaresAroundLine(values) };
}

interface Split extends Pick<LevelShift, 'at' | 'before' | 'after'> {
  /** Squares that the two levels leave unexplained. */
  readonly left: number;
}

function splitAt(values: readonly number[], at: number): Split {
  const early = values.slice(0, at);
  const late = values.slice(at);
  return {
    at,
    before: meanOf(early),
    after: meanOf(late),
    left: squaresAroundMean(early) + squaresAroundMean(late),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function squaresAroundMean(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
}

/** Squares that the least-squares line leaves unexplained. */
function squaresAroundLine(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = meanOf(values);
  let products = 0;
  let squares = 0;
  for (const [index, value] of values.entries()) {
    products += (index - middle) * (value - mean);
    squares += (index - middle) ** 2;
  }
  return squaresAroundMean(values) - products ** 2 / squares;
}
