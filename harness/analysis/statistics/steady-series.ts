import { findLevelShift, type LevelShift } from './level-shift.ts';
import { mannKendall, type Trend } from './mann-kendall.ts';

/** One quantity over the run, which must be level for the run to be steady. */
export interface SteadySeries {
  readonly name: string;
  readonly values: readonly number[];
  /**
   * Change over a window, relative to its mean, below which it is of no consequence, however certain.
   */
  readonly changeMin: number;
  /** The same in the series' own unit: what chance or a clock's grain does to a system that is idle. */
  readonly grain: number;
}

/** z of a two-sided 5 % test, for the window in question. */
const TREND_Z = 1.96;
/** z of a two-sided 1 % test, for the whole run, whose trend puts the burden of proof on a window. */
const WHOLE_TREND_Z = 2.576;
/** A trend that goes on at this share of its pace has not ended. */
const TREND_GOES_ON = 0.5;
/** Bound for the best of all splits; found in simulation. */
const SHIFT_T_MIN = 6;

/**
 * Does it rise or fall from there on? By Mann–Kendall's test; where the whole has a trend, a shorter
 * window, which has little power to show one, must have slowed to less than half of it, unless all of
 * the trend was a step before the window.
 */
export function hasTrend(series: SteadySeries, from: number): boolean {
  const { values } = series;
  const kept = values.slice(from);
  const trend = mannKendall(kept);
  if (matters(series, { trend, values: kept, z: TREND_Z })) return true;
  const whole = mannKendall(values);
  if (from === 0 || !matters(series, { trend: whole, values, z: WHOLE_TREND_Z })) return false;
  const shift = findLevelShift(values);
  if (shift !== null && isShift(shift, series) && shift.at <= from) return false;
  return trend.slope * Math.sign(whole.slope) > TREND_GOES_ON * Math.abs(whole.slope);
}

/** A single step from there on that explains it better than a line does; `null` without one. */
export function shiftOf(series: SteadySeries, from: number): LevelShift | null {
  const shift = findLevelShift(series.values.slice(from));
  return shift !== null && isShift(shift, series) ? { ...shift, at: from + shift.at } : null;
}

/** Of the mean, from there on. */
export function relativeChange({ values }: SteadySeries, from: number): number {
  const kept = values.slice(from);
  return (mannKendall(kept).slope * kept.length) / meanOf(kept);
}

/** Gain per step from there on; `null` where it does not rise. */
export function gainOf(values: readonly number[]): number | null {
  const { slope, z } = mannKendall(values);
  return z > TREND_Z ? slope : null;
}

/** Values that all lie so near each other that there is no warm-up to be cut off. */
export function isLevel({ values, grain }: SteadySeries): boolean {
  return Math.max(...values) - Math.min(...values) <= 2 * grain;
}

function matters(
  { changeMin, grain }: SteadySeries,
  test: { readonly trend: Trend; readonly values: readonly number[]; readonly z: number },
): boolean {
  const change = Math.abs(test.trend.slope) * test.values.length;
  const needed = Math.max(changeMin * meanOf(test.values), grain);
  return Math.abs(test.trend.z) > test.z && change > needed;
}

function isShift({ before, after, t, isStep }: LevelShift, { changeMin, grain }: SteadySeries) {
  const needed = Math.max(changeMin * Math.min(before, after), grain);
  return isStep && Math.abs(t) > SHIFT_T_MIN && Math.abs(after - before) > needed;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
