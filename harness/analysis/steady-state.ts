import { type Backlog, findBacklog } from './backlog.ts';
import { findLevelShift, type LevelShift } from './level-shift.ts';
import { mannKendall, type Trend } from './mann-kendall.ts';
import { mserTruncation } from './mser.ts';
import type { SteadyState } from './trial-result.ts';

/** One whole second of the window. */
export interface SteadySecond {
  readonly second: number;
  /** Requests that became due, dropped ones included. */
  readonly arrived: number;
  /** Of them never sent because of the generator's cap. */
  readonly dropped: number;
  /** Right answers. */
  readonly ok: number;
  readonly inFlightMean: number;
  /** Of the answers; `null` without any. */
  readonly latencyMsMean: number | null;
}

export interface SteadyStateInput {
  /** In order, without gaps; the load must have been the same in all of them. */
  readonly seconds: readonly SteadySecond[];
  readonly model: 'closed' | 'open';
  /** A shorter run is not judged; 0: none is. */
  readonly steadySecondsMin: number;
}

/** No test can tell a trend of fewer seconds from chance. */
const SECONDS_MIN = 5;
/** z of a two-sided 5 % test, for the window in question. */
const TREND_Z = 1.96;
/** z of a two-sided 1 % test, for the whole run, whose trend puts the burden of proof on a window. */
const WHOLE_TREND_Z = 2.576;
/**
 * Change over the window, relative to its mean, below which a trend is of no consequence, however
 * certain. Requests in flight and latency of a sound queue vary that much more than its throughput.
 */
const CHANGE_MIN = { throughput: 0.05, queue: 0.3 } as const;
/** A trend that goes on at this share of its pace has not ended. */
const TREND_GOES_ON = 0.5;
/** Bound for the best of all splits; found in simulation. */
const SHIFT_T_MIN = 6;

/**
 * Which seconds of a run may stand for it, found after the fact, without ever looking at whether the
 * result would be better or worse.
 *
 * 1. More arrives than is answered (open model): `overloaded`, see `findBacklog`.
 * 2. MSER-5 cuts the warm-up, at most half, by throughput and by requests in flight (open) or latency
 *    (closed, where the clients fix what is in flight); the larger cut counts.
 * 3. The longest window from there to the end of the run without a Mann–Kendall trend in either is
 *    taken. It always reaches the end: what went wrong late is not cut off. A short window has little
 *    power to show a trend, so where the whole run has one, it must have slowed to less than half.
 * 4. None: `drifting`, or `level_shift` where a single step explains it better than a line. A step
 *    too short for a trend is looked for in the window found, too.
 */
export function findSteadyState(input: SteadyStateInput): SteadyState {
  const { seconds, model, steadySecondsMin } = input;
  const window = (from: number) => windowOf(seconds, from);
  if (steadySecondsMin === 0) return { ...window(0), state: 'not_judged', detail: 'not judged' };
  const wanted = Math.max(SECONDS_MIN, steadySecondsMin);
  if (seconds.length < wanted) {
    const detail = `${seconds.length} whole seconds, at least ${wanted} are wanted`;
    return { ...window(0), state: 'insufficient', detail };
  }
  const backlog = model === 'open' ? findBacklog(seconds) : null;
  if (backlog !== null) {
    const backlogPerSecond = backlog.perSecond;
    return { ...window(0), state: 'overloaded', backlogPerSecond, detail: backlogText(backlog) };
  }
  const series = seriesOf(seconds, model);
  const cutMax = Math.min(Math.floor(seconds.length / 2), seconds.length - SECONDS_MIN);
  const cut = Math.max(...series.map(({ values }) => mserTruncation(values, cutMax)));
  for (let from = cut; from <= cutMax; from += 1) {
    if (series.some((one) => hasTrend(one, from))) continue;
    const shifted = series.flatMap((one) => shiftText(one, from, seconds) ?? []);
    const state = shifted.length > 0 ? 'level_shift' : 'steady';
    return { ...window(from), state, detail: shifted[0] ?? steadyText(seconds, from) };
  }
  const trending = series.filter((one) => hasTrend(one, cut));
  const steps = trending.map((one) => shiftText(one, cut, seconds));
  const [step] = steps;
  if (typeof step === 'string' && !steps.includes(null)) {
    return { ...window(cut), state: 'level_shift', detail: step };
  }
  return {
    ...window(cut),
    state: 'drifting',
    backlogPerSecond: model === 'open' ? gainPerSecond(seconds.slice(cut)) : null,
    detail: trending.map((one) => trendText(one, cut)).join('; '),
  };
}

/** Requests in flight gained per second; `null` where they do not grow. */
function gainPerSecond(seconds: readonly SteadySecond[]): number | null {
  const { slope, z } = mannKendall(seconds.map(({ inFlightMean }) => inFlightMean));
  return z > TREND_Z ? slope : null;
}

interface Series {
  readonly name: string;
  readonly values: readonly number[];
  readonly changeMin: number;
}

function seriesOf(seconds: readonly SteadySecond[], model: 'closed' | 'open'): readonly Series[] {
  return [
    {
      name: 'right answers/s',
      values: seconds.map(({ ok }) => ok),
      changeMin: CHANGE_MIN.throughput,
    },
    model === 'open'
      ? {
          name: 'requests in flight',
          values: seconds.map(({ inFlightMean }) => inFlightMean),
          changeMin: CHANGE_MIN.queue,
        }
      : {
          name: 'mean latency (ms)',
          values: withoutGaps(seconds.map(({ latencyMsMean }) => latencyMsMean)),
          changeMin: CHANGE_MIN.queue,
        },
  ];
}

/** A second without an answer has no latency: it takes the last known one; its throughput tells. */
function withoutGaps(values: readonly (number | null)[]): readonly number[] {
  let known = values.find((value) => value !== null) ?? 0;
  return values.map((value) => {
    known = value ?? known;
    return known;
  });
}

function hasTrend(series: Series, from: number): boolean {
  const { values, changeMin } = series;
  const kept = values.slice(from);
  const trend = mannKendall(kept);
  if (matters({ trend, values: kept, changeMin, z: TREND_Z })) return true;
  const whole = mannKendall(values);
  if (from === 0 || !matters({ trend: whole, values, changeMin, z: WHOLE_TREND_Z })) return false;
  const shift = findLevelShift(values);
  if (shift !== null && isShift(shift, changeMin) && shift.at <= from) return false;
  return trend.slope * Math.sign(whole.slope) > TREND_GOES_ON * Math.abs(whole.slope);
}

function matters(test: {
  readonly trend: Trend;
  readonly values: readonly number[];
  readonly changeMin: number;
  readonly z: number;
}): boolean {
  const change = Math.abs(test.trend.slope) * test.values.length;
  return Math.abs(test.trend.z) > test.z && change > test.changeMin * meanOf(test.values);
}

function shiftText(
  { name, values, changeMin }: Series,
  from: number,
  seconds: readonly SteadySecond[],
): string | null {
  const shift = findLevelShift(values.slice(from));
  if (shift === null || !isShift(shift, changeMin)) return null;
  const { at, before, after } = shift;
  return `${name} step from ${rounded(before)} to ${rounded(after)} at ${seconds[from + at]?.second} s`;
}

function isShift({ before, after, t, isStep }: LevelShift, changeMin: number): boolean {
  const change = Math.abs(after - before);
  return isStep && Math.abs(t) > SHIFT_T_MIN && change > changeMin * Math.min(before, after);
}

function windowOf(
  seconds: readonly SteadySecond[],
  from: number,
): Pick<SteadyState, 'fromSecond' | 'toSecond' | 'backlogPerSecond'> {
  const fromSecond = seconds[from]?.second ?? 0;
  const toSecond = fromSecond + Math.max(0, seconds.length - from);
  return { fromSecond, toSecond, backlogPerSecond: null };
}

function steadyText(seconds: readonly SteadySecond[], from: number): string {
  const kept = seconds.length - from;
  const cut = from === 0 ? '' : `, after ${from} s of settling`;
  return `${kept} s without a trend in right answers and queue${cut}`;
}

function trendText({ name, values }: Series, from: number): string {
  const kept = values.slice(from);
  const { slope } = mannKendall(kept);
  const change = (slope * kept.length) / meanOf(kept);
  const percent = `${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(0)} %`;
  return `${name} change by ${percent} in the last ${kept.length} s`;
}

function backlogText({ perSecond, arrivedPerSecond, droppedPerSecond }: Backlog): string {
  const excess = `${rounded(perSecond)} requests/s of ${rounded(arrivedPerSecond)} arriving stay unanswered`;
  return droppedPerSecond > 0
    ? `${excess}, ${rounded(droppedPerSecond)}/s dropped at the cap`
    : excess;
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
