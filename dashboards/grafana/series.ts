/** The dashboard's variables that choose series; their definitions are in `variables.ts`. */
const API = ['job=~"$job"', 'instance=~"$instance"'];
const LOAD = ['instance=~"$load"'];

/** Of the workers that the reader chose; those long dead, whose totals are put together, are no choice. */
export const CHOSEN_WORKERS = 'worker=~"$worker"';
/** Of all workers, whatever is chosen: a budget has no use for a part of them. */
export const ALL_WORKERS = 'worker=~"[0-9]+"';

/** A metric on the API's endpoint. */
export function api(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[...matchers, ...API].join(', ')}}`;
}

/** A metric on the endpoint of the load generator. */
export function load(metric: string, ...matchers: readonly string[]): string {
  return `${metric}{${[...matchers, ...LOAD].join(', ')}}`;
}

/** Per second, over a window of at least four scrapes, as long as the data source knows their interval. */
export function rate(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** Of a gauge that jumps between two scrapes. */
export function average(selector: string): string {
  return `avg_over_time(${selector}[$__rate_interval])`;
}

/**
 * A quantile from the buckets of a histogram, in the histogram's unit. Interpolated within its bucket, so as
 * good as the bucket is narrow; nothing, rather than NaN, where nothing was observed.
 *
 * @param by labels that are kept, besides the bucket's
 */
export function quantile(q: number, buckets: string, by: readonly string[] = []): string {
  return `(histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${rate(buckets)})) >= 0)`;
}

/**
 * Mean of what a histogram observed; nothing, rather than NaN, where nothing was.
 *
 * @param per histogram that has one observation for each of what it is a mean of; default: the same
 */
export function mean(
  histogram: string,
  select: (metric: string) => string,
  per = histogram,
): string {
  return `sum(${rate(select(`${histogram}_sum`))}) / (sum(${rate(select(`${per}_count`))}) > 0)`;
}
