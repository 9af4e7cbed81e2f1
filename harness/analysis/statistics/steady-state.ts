import type { SteadyState } from '../trial-result.ts';
import { type Backlog, findBacklog } from './backlog.ts';
import { mserTruncation } from './mser.ts';
import { blocksOf, type SteadyBlock, type SteadySecond } from './steady-block.ts';
import {
  gainOf,
  hasTrend,
  isLevel,
  relativeChange,
  type SteadySeries,
  shiftOf,
} from './steady-series.ts';

export interface SteadyStateInput {
  /** In order, without gaps; the load must have been the same in all of them. */
  readonly seconds: readonly SteadySecond[];
  readonly model: 'closed' | 'open';
  /** A shorter run is not judged; 0: none is. */
  readonly steadySecondsMin: number;
}

/** No test can tell a trend of fewer from chance. */
const BLOCKS_MIN = 5;
/** Requests in flight and latency of a sound queue vary that much more than its throughput. */
const CHANGE_MIN = { throughput: 0.05, queue: 0.3 } as const;
/**
 * Half a request in flight, or half a millisecond: a system that is nearly idle changes by so much while
 * its code is being compiled, and nobody would call that a drift.
 */
const QUEUE_GRAIN = 0.5;
/** Arrivals differ by chance, and with them what is answered: by the deviation of a Poisson count. */
const ARRIVAL_DEVIATIONS = 2;

/**
 * Which seconds of a run may stand for it, found after the fact, without ever looking at whether the
 * result would be better or worse.
 *
 * 1. More arrives than is answered (open model): `overloaded`, see `findBacklog`.
 * 2. MSER-5 cuts the warm-up, at most half, by throughput and by requests in flight (open) or latency
 *    (closed, where the clients fix what is in flight); the larger cut counts. What differs by no more
 *    than chance or the clock's grain needs no cut.
 * 3. The longest window from there to the end of the run without a trend in either is taken, see
 *    `hasTrend`. It always reaches the end: what went wrong late is not cut off.
 * 4. None: `drifting`, or `level_shift` where a single step explains it better than a line. A step
 *    too short for a trend is looked for in the window found, too.
 *
 * Of simulated pool queues (8 slots, 100 to 1,000/s, utilization up to 0.85, runs of 10 to 60 s) 95 %
 * and more are called steady, whatever the spread of holds up to a variation of 1; of runs of 5 s at
 * 100/s 91 %. A queue that its own timeout bounds does become steady although it is overloaded: there
 * the errors say so, and the goodput.
 */
export function findSteadyState(input: SteadyStateInput): SteadyState {
  const { seconds, model, steadySecondsMin } = input;
  const blocks = blocksOf(seconds);
  const window = (from: number) => windowOf(blocks, from);
  if (steadySecondsMin === 0) return { ...window(0), state: 'not_judged', detail: 'not judged' };
  const wanted = Math.max(BLOCKS_MIN, steadySecondsMin);
  if (seconds.length < wanted) {
    const whole = seconds.length === 1 ? 'whole second' : 'whole seconds';
    const detail = `${seconds.length} ${whole}, at least ${wanted} are wanted`;
    return { ...window(0), state: 'insufficient', detail };
  }
  const backlog = model === 'open' ? findBacklog(blocks) : null;
  if (backlog !== null) {
    const backlogPerSecond = backlog.perSecond;
    return { ...window(0), state: 'overloaded', backlogPerSecond, detail: backlogText(backlog) };
  }
  const series = seriesOf(blocks, model);
  const cutMax = Math.min(Math.floor(blocks.length / 2), blocks.length - BLOCKS_MIN);
  const cut = Math.max(
    ...series.map((one) => (isLevel(one) ? 0 : mserTruncation(one.values, cutMax))),
  );
  for (let from = cut; from <= cutMax; from += 1) {
    if (series.some((one) => hasTrend(one, from))) continue;
    const shifted = series.flatMap((one) => shiftText(one, from, blocks) ?? []);
    const state = shifted.length > 0 ? 'level_shift' : 'steady';
    return { ...window(from), state, detail: shifted[0] ?? steadyText(blocks, from) };
  }
  const trending = series.filter((one) => hasTrend(one, cut));
  const steps = trending.map((one) => shiftText(one, cut, blocks));
  const [step] = steps;
  if (typeof step === 'string' && !steps.includes(null)) {
    return { ...window(cut), state: 'level_shift', detail: step };
  }
  return {
    ...window(cut),
    state: 'drifting',
    backlogPerSecond: model === 'open' ? gainPerSecond(blocks.slice(cut)) : null,
    detail: trending.map((one) => trendText(one, cut, blocks)).join('; '),
  };
}

function seriesOf(
  blocks: readonly SteadyBlock[],
  model: 'closed' | 'open',
): readonly SteadySeries[] {
  const okPerSecond = blocks.map((block) => block.okPerSecond);
  return [
    {
      name: 'right answers/s',
      values: okPerSecond,
      changeMin: CHANGE_MIN.throughput,
      grain: model === 'open' ? arrivalGrain(okPerSecond, blocks.at(-1)?.seconds ?? 1) : 0,
    },
    {
      name: model === 'open' ? 'requests in flight' : 'mean latency (ms)',
      values: blocks.map(({ inFlightMean, latencyMsMean }) =>
        model === 'open' ? inFlightMean : latencyMsMean,
      ),
      changeMin: CHANGE_MIN.queue,
      grain: QUEUE_GRAIN,
    },
  ];
}

function arrivalGrain(perSecond: readonly number[], seconds: number): number {
  const mean = perSecond.reduce((sum, it) => sum + it, 0) / perSecond.length;
  return ARRIVAL_DEVIATIONS * Math.sqrt(mean / seconds);
}

function gainPerSecond(blocks: readonly SteadyBlock[]): number | null {
  const gained = gainOf(blocks.map(({ inFlightMean }) => inFlightMean));
  return gained === null ? null : gained / (blocks.at(-1)?.seconds ?? 1);
}

function windowOf(
  blocks: readonly SteadyBlock[],
  from: number,
): Pick<SteadyState, 'fromSecond' | 'toSecond' | 'backlogPerSecond'> {
  const fromSecond = blocks[from]?.firstSecond ?? 0;
  return { fromSecond, toSecond: fromSecond + lengthOf(blocks, from), backlogPerSecond: null };
}

/** In seconds, from there to the end. */
function lengthOf(blocks: readonly SteadyBlock[], from: number): number {
  return blocks.slice(from).reduce((sum, { seconds }) => sum + seconds, 0);
}

function steadyText(blocks: readonly SteadyBlock[], from: number): string {
  const kept = lengthOf(blocks, from);
  const cut = from === 0 ? '' : `, after ${lengthOf(blocks, 0) - kept} s of settling`;
  return `${kept} s without a trend in right answers and queue${cut}`;
}

function shiftText(
  series: SteadySeries,
  from: number,
  blocks: readonly SteadyBlock[],
): string | null {
  const shift = shiftOf(series, from);
  if (shift === null) return null;
  const { at, before, after } = shift;
  return `${series.name} step from ${rounded(before)} to ${rounded(after)} at ${blocks[at]?.firstSecond} s`;
}

function trendText(series: SteadySeries, from: number, blocks: readonly SteadyBlock[]): string {
  const change = relativeChange(series, from);
  const percent = `${change > 0 ? '+' : '−'}${Math.abs(change * 100).toFixed(0)} %`;
  return `${series.name} change by ${percent} in the last ${lengthOf(blocks, from)} s`;
}

function backlogText({ perSecond, arrivedPerSecond, givenUpPerSecond }: Backlog): string {
  const excess = `${rounded(perSecond)} requests/s of ${rounded(arrivedPerSecond)} arriving stay unanswered`;
  return givenUpPerSecond > 0
    ? `${excess}, ${rounded(givenUpPerSecond)}/s dropped or given up by their clients`
    : excess;
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(2);
}
