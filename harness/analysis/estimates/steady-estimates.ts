import type { Component, LoadResult, LoadSecond } from '../../load/load-engine.ts';
import { throughputInterval } from '../statistics/batch-means.ts';
import { percentilesOf, withheldPercentiles } from '../statistics/percentiles.ts';
import { percentileIntervals, sectionsOf } from '../statistics/sectioning.ts';
import type { DecodeHistogram } from '../trial-observations.ts';
import type {
  Interval,
  MeasuredTrial,
  PercentileIntervals,
  Percentiles,
  SteadyState,
} from '../trial-result.ts';

const MS_PER_SECOND = 1000;

/** What the steady window says; everything `null` where no number stands for the window. */
export interface SteadyEstimates {
  readonly throughputPerSecond: number | null;
  readonly throughputInterval: Interval | null;
  readonly goodputPerSecond: number | null;
  readonly goodputInterval: Interval | null;
  readonly latencyMs: Percentiles;
  readonly latencyIntervals: PercentileIntervals;
  /** What `latencyMs` is read from, encoded; `null` where that is withheld, or empty. */
  readonly latencyHistogram: string | null;
  readonly componentsMs: MeasuredTrial['componentsMs'];
}

const NO_INTERVALS: PercentileIntervals = {
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
};

/**
 * Rates come from the whole seconds of the steady window alone. Latencies are counted in the second
 * in which a request *ended*: where the window reaches the end of the run, they include the drain,
 * or a server that stood still at the end would look fast by not having answered yet. The last
 * section takes the drain in for the same reason.
 */
export function steadyEstimates(
  load: LoadResult,
  steady: SteadyState,
  decode: DecodeHistogram,
): SteadyEstimates {
  const { fromSecond, toSecond } = steady;
  const inWindow = load.seconds.slice(fromSecond, toSecond);
  const tail = toSecond === wholeSeconds(load) ? load.seconds.slice(toSecond) : [];
  const measured = [...inWindow, ...tail];
  const whole = latencyView(measured, decode);
  const censored = measured.reduce((sum, { outcomes }) => sum + outcomes.censored, 0);
  const latencyMs = percentilesOf(whole, censored);
  if (isWithheld(steady)) {
    return {
      throughputPerSecond: null,
      throughputInterval: null,
      goodputPerSecond: null,
      goodputInterval: null,
      latencyMs: withheldPercentiles(latencyMs),
      latencyIntervals: NO_INTERVALS,
      latencyHistogram: null,
      componentsMs: componentsOf(measured, decode, (it) => withheldPercentiles(it)),
    };
  }
  const sections = sectionsOf(inWindow.length).map(([from, to]) =>
    latencyView([...inWindow.slice(from, to), ...(to === inWindow.length ? tail : [])], decode),
  );
  return {
    ...ratesOf(load, { steady, inWindow }),
    latencyMs,
    latencyIntervals:
      steady.state === 'not_judged' ? NO_INTERVALS : percentileIntervals(whole, sections),
    latencyHistogram: whole.samples === 0 ? null : whole.encode(),
    componentsMs: componentsOf(measured, decode, (it) => it),
  };
}

/** No point estimate stands for a window in which nothing settles. */
export function isWithheld({ state }: SteadyState): boolean {
  return state === 'drifting' || state === 'overloaded';
}

/**
 * Arrivals per second of the steady window, those that were dropped included; `null` in the closed
 * loop, where as much arrives as is answered.
 */
export function offeredPerSecond(load: LoadResult, steady: SteadyState): number | null {
  if (load.offered === null) return null;
  const inWindow = load.seconds.slice(steady.fromSecond, steady.toSecond);
  if (inWindow.length > 0 && steady.state !== 'not_judged') {
    return mean(inWindow.map((it) => it.started + it.dropped));
  }
  return load.durationMs > 0 ? (load.offered.due * MS_PER_SECOND) / load.durationMs : 0;
}

/**
 * Where steady state is not judged nothing is left out, the last part of a second neither: in a run of
 * 1.3 s it is a quarter of all. A run of less than a second has no whole one at all.
 */
function ratesOf(
  load: LoadResult,
  window: { readonly steady: SteadyState; readonly inWindow: readonly LoadSecond[] },
): Pick<
  SteadyEstimates,
  'throughputPerSecond' | 'throughputInterval' | 'goodputPerSecond' | 'goodputInterval'
> {
  const { steady, inWindow } = window;
  const ok = inWindow.map(({ outcomes }) => outcomes.ok);
  const good = inWindow.map((second) => second.good);
  const whole = inWindow.length === 0 || steady.state === 'not_judged';
  return {
    ...(whole
      ? wholeRunRates(load)
      : { throughputPerSecond: mean(ok), goodputPerSecond: mean(good) }),
    // Parts of a ramp or of a deploy differ by design, and how much says nothing about the whole.
    throughputInterval: steady.state === 'not_judged' ? null : throughputInterval(ok),
    goodputInterval: steady.state === 'not_judged' ? null : throughputInterval(good),
  };
}

/**
 * Right answers that came within the window, per second of it. The drain's are left out: an overloaded
 * system works its backlog off there, and would look as fast as what is asked of it.
 */
export function wholeRunRates({ durationMs, seconds: all }: LoadResult): {
  readonly throughputPerSecond: number;
  readonly goodputPerSecond: number;
} {
  const inWindow = all.filter(({ second }) => second * MS_PER_SECOND < durationMs);
  const seconds = durationMs / MS_PER_SECOND;
  const perSecond = (read: (second: LoadSecond) => number): number =>
    seconds > 0 ? inWindow.reduce((sum, second) => sum + read(second), 0) / seconds : 0;
  return {
    throughputPerSecond: perSecond(({ outcomes }) => outcomes.ok),
    goodputPerSecond: perSecond(({ good }) => good),
  };
}

function componentsOf(
  seconds: readonly LoadSecond[],
  decode: DecodeHistogram,
  shown: (percentiles: Percentiles) => Percentiles,
): MeasuredTrial['componentsMs'] {
  const of = (name: Component): Percentiles =>
    shown(percentilesOf(decode(seconds.map(({ componentsUs }) => componentsUs[name])), 0));
  return {
    lag: of('lag'),
    wait: of('wait'),
    connect: of('connect'),
    db: of('db'),
    loop: of('loop'),
    rest: of('rest'),
  };
}

function latencyView(seconds: readonly LoadSecond[], decode: DecodeHistogram) {
  return decode(seconds.flatMap(({ latencyUs }) => [latencyUs.ok, latencyUs.censored]));
}

/** How many seconds of the window are whole; what follows is its end and the drain. */
export function wholeSeconds({ durationMs, seconds }: LoadResult): number {
  return Math.min(seconds.length, Math.floor(durationMs / MS_PER_SECOND));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
