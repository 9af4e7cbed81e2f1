import { findBacklog } from './backlog.ts';
import { findLevelShift, type LevelShift } from './level-shift.ts';
import { mannKendall } from './mann-kendall.ts';
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
  /** Of right answers; `null` without any. */
  readonly latencyMsMean: number | null;
}

export interface SteadyStateInput {
  readonly seconds: readonly SteadySecond[];
  readonly model: 'closed' | 'open';
  /** Shorter runs are not judged; 0: none is. */
  readonly steadySecondsMin: number;
}

/** No test can tell a trend of fewer seconds from chance. */
const SECONDS_MIN = 5;
/** z of a two-sided 5 % test. */
const TREND_Z = 1.96;
/** Change over the window below which a trend, however certain, is of no use. */
const EFFECT_MIN = { throughput: 0.05, load: 0.25 } as const;
const SHIFT_T = 5;

export function findSteadyState(input: SteadyStateInput): SteadyState {
  const { seconds, model, steadySecondsMin } = input;
  const whole = windowOf(seconds, 0);
  if (steadySecondsMin === 0) return { ...whole, state: 'not_judged', detail: 'not asked for' };
  if (seconds.length < Math.max(SECONDS_MIN, steadySecondsMin)) {
    return { ...whole, state: 'insufficient', detail: `${seconds.length} s are too few to judge` };
  }
  const backlog = model === 'open' ? findBacklog(seconds) : null;
  if (backlog !== null) {
    return {
      ...whole,
      state: 'overloaded',
      backlogPerSecond: backlog.perSecond,
      detail: `requests in flight grow by ${backlog.perSecond.toFixed(1)}/s`,
    };
  }
  const series = seriesOf(seconds, model);
  const cutMax = Math.min(Math.floor(seconds.length / 2), seconds.length - SECONDS_MIN);
  const cut = Math.max(...series.map(({ values }) => mserTruncation(values, cutMax)));
  for (let from = cut; from <= cutMax; from += 1) {
    if (series.some((one) => trends(one, from))) continue;
    const shifted = series.some((one) => shifts(one, from));
    return {
      ...windowOf(seconds, from),
      state: shifted ? 'level_shift' : 'steady',
      detail: `steady from second ${from} on`,
    };
  }
  const step = series.every((one) => !trends(one, cut) || shifts(one, cut));
  return {
    ...windowOf(seconds, cut),
    state: step ? 'level_shift' : 'drifting',
    detail: 'no window without a trend',
  };
}

interface Series {
  readonly name: string;
  readonly values: readonly number[];
  readonly effectMin: number;
}

function seriesOf(seconds: readonly SteadySecond[], model: 'closed' | 'open'): readonly Series[] {
  const load = seconds
    .map(({ inFlightMean, latencyMsMean }) => (model === 'open' ? inFlightMean : latencyMsMean))
    .map((value) => value ?? 0);
  return [
    { name: 'throughput', values: seconds.map(({ ok }) => ok), effectMin: EFFECT_MIN.throughput },
    {
      name: model === 'open' ? 'requests in flight' : 'latency',
      values: load,
      effectMin: EFFECT_MIN.load,
    },
  ];
}

function trends({ values, effectMin }: Series, from: number): boolean {
  const kept = values.slice(from);
  const { z, slope } = mannKendall(kept);
  const mean = kept.reduce((sum, x) => sum + x, 0) / kept.length;
  return Math.abs(z) > TREND_Z && Math.abs(slope) * kept.length > effectMin * mean;
}

function shifts({ values, effectMin }: Series, from: number): boolean {
  const shift: LevelShift | null = findLevelShift(values.slice(from));
  if (shift === null) return false;
  const effect = Math.abs(shift.after - shift.before);
  return Math.abs(shift.t) > SHIFT_T && effect > effectMin * Math.min(shift.before, shift.after);
}

function windowOf(
  seconds: readonly SteadySecond[],
  from: number,
): Pick<SteadyState, 'fromSecond' | 'toSecond' | 'backlogPerSecond'> {
  const fromSecond = seconds[from]?.second ?? 0;
  return {
    fromSecond,
    toSecond: fromSecond + (seconds.length - from),
    backlogPerSecond: null,
  };
}
