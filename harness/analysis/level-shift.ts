export interface LevelShift {
  /** Index of the first value of the new level. */
  readonly at: number;
  readonly before: number;
  readonly after: number;
  /** Difference of the levels in standard errors of it. */
  readonly t: number;
  /** Share of the variance that two levels explain, 0 to 1. */
  readonly explained: number;
}

/** A level of fewer seconds may be a hiccup. */
const LEVEL_SECONDS_MIN = 3;

/**
 * The split into two levels that explains most of the series, by least squares; `null` when it is too
 * short for two levels. Being the best of all splits, its `t` is larger than that of a split chosen
 * beforehand: judge it by a bound found in simulation, not by Student's.
 */
export function findLevelShift(values: readonly number[]): LevelShift | null {
  const total = squaresAround(values);
  let best: LevelShift | null = null;
  for (let at = LEVEL_SECONDS_MIN; at <= values.length - LEVEL_SECONDS_MIN; at += 1) {
    const left = values.slice(0, at);
    const right = values.slice(at);
    const within = squaresAround(left) + squaresAround(right);
    const explained = total > 0 ? 1 - within / total : 0;
    if (best !== null && explained <= best.explained) continue;
    const before = meanOf(left);
    const after = meanOf(right);
    const variance = within / (values.length - 2);
    const standardError = Math.sqrt(variance * (1 / left.length + 1 / right.length));
    best = {
      at,
      before,
      after,
      t: before === after ? 0 : (after - before) / standardError,
      explained,
    };
  }
  return best;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function squaresAround(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
}
