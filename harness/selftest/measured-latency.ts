import type { Interval } from '../analysis/trial-result.ts';
import { decodeHistogram, Histogram, mergeHistograms } from '../load/account/histogram.ts';
import type { LoadResult } from '../load/load-engine.ts';
import { US_PER_MS } from '../load/monotonic-clock.ts';
import type { StubTruth } from '../load/stubs/stub-server.ts';

/** Two-sided 99.9 % quantile of the normal distribution. */
const NORMAL_999 = 3.29;

/** Latencies in ms; quantiles of both sides are read the same way, from the same kind of histogram. */
export interface LatencyView {
  readonly samples: number;
  readonly meanMs: number | null;
  readonly maxMs: number | null;
  quantileMs(q: number): number | null;
  /**
   * Where that quantile lies with 99.9 % confidence, by order statistics (normal approximation of the
   * binomial): of samples that do not depend on each other, which those of a constant server nearly are.
   */
  knownMs(q: number): Interval | null;
}

/** Right answers as the engine measured them. */
export function measuredLatency(load: LoadResult): LatencyView {
  return viewOf(decodeHistogram(load.latencyUs.ok));
}

/** Right answers, and the ages of those who never got one. */
export function measuredLatencyWithUnanswered({ latencyUs }: LoadResult): LatencyView {
  return viewOf(mergeHistograms([latencyUs.ok, latencyUs.censored]));
}

/** The wait that the answers told of. */
export function measuredWait(load: LoadResult): LatencyView {
  return viewOf(decodeHistogram(load.componentsUs.wait));
}

/** From a request's arrival at the stub to its answer, as the stub recorded it. */
export function recordedLatency({ serviceMs }: Pick<StubTruth, 'serviceMs'>): LatencyView {
  return viewOfMs(serviceMs);
}

/** From a request's arrival at the stub to its turn. */
export function recordedWait({ times }: Pick<StubTruth, 'times'>): LatencyView {
  return viewOfMs(
    times
      .filter(({ endedMs }) => endedMs !== null)
      .map(({ arrivedMs, startedMs }) => startedMs - arrivedMs),
  );
}

function viewOfMs(values: readonly number[]): LatencyView {
  const histogram = new Histogram();
  for (const ms of values) histogram.record(ms * US_PER_MS);
  return viewOf(histogram);
}

function viewOf(histogram: Histogram): LatencyView {
  const toMs = (us: number | null): number | null => (us === null ? null : us / US_PER_MS);
  return {
    samples: histogram.samples,
    meanMs: toMs(histogram.meanUs),
    maxMs: toMs(histogram.maxUs),
    quantileMs: (q) => (histogram.samples === 0 ? null : toMs(histogram.quantileUs(q))),
    knownMs: (q) => {
      if (histogram.samples === 0) return null;
      const half = NORMAL_999 * Math.sqrt((q * (1 - q)) / histogram.samples);
      const at = (share: number): number =>
        histogram.quantileUs(Math.min(1, Math.max(0, share))) / US_PER_MS;
      return { low: at(q - half), high: at(q + half) };
    },
  };
}

/** How many of the right answers took longer than this. */
export function slowerThan(load: LoadResult, ms: number): number {
  return [...decodeHistogram(load.latencyUs.ok).values()]
    .filter(({ us }) => us > ms * US_PER_MS)
    .reduce((sum, { count }) => sum + count, 0);
}
