import { type BreakdownBucket, COMPONENTS } from '../../load/load-engine.ts';
import type { TrialObservations } from '../trial-observations.ts';
import type { MeasuredTrial, Parts, Percentiles } from '../trial-result.ts';

/** So many requests make up one composition at least: one alone tells of its own bad luck. */
const REQUESTS_MIN = 20;
/** Buckets further away than this factor are not "about that latency" any more. */
const DISTANCE_MAX = 2;

const QUANTILES = ['p50', 'p95', 'p99'] as const;
const US_PER_MS = 1000;

/** A part that so few of the right answers leave out is as good as told by all. */
const TOLD_SHARE = 0.99;

/** Whether answers tell what they waited for and what PostgreSQL took: a service's need not. */
export function tellsParts({
  service,
  load,
}: Pick<TrialObservations, 'service' | 'load'>): boolean {
  if (service === null) return true;
  const { answers, wait, db } = load.timed;
  return answers > 0 && Math.min(wait, db) >= TOLD_SHARE * answers;
}

/**
 * What requests of about the latency of a percentile were made of. Percentiles of the parts do not
 * add up (the request with the p99 wait is not the one with the p99 query), so the parts are the
 * shares of the right answers nearest to that latency, times the percentile.
 *
 * Taken from the whole run, whatever its steady window: requests of equal latency are alike. Left
 * out where too few right answers lie near the percentile: where it is one of a percentile's
 * lower bounds (the unanswered), no answer tells what it was made of.
 */
export function compositionOf(
  breakdown: readonly BreakdownBucket[],
  latencyMs: Percentiles,
): MeasuredTrial['composition'] {
  return QUANTILES.flatMap((quantile) => {
    const ms = latencyMs[quantile];
    if (ms === null) return [];
    const partsMs = partsNear(breakdown, ms);
    return partsMs === null ? [] : [{ quantile, latencyMs: ms, partsMs }];
  });
}

/** The mean right answer of the whole run; `null` without any. */
export function meanComposition(
  breakdown: readonly BreakdownBucket[],
): { readonly latencyMs: number; readonly partsMs: Parts } | null {
  const count = breakdown.reduce((sum, bucket) => sum + bucket.count, 0);
  if (count === 0) return null;
  const latencyMs = sumUs(breakdown) / count / US_PER_MS;
  return { latencyMs, partsMs: shared(breakdown, latencyMs) };
}

function partsNear(breakdown: readonly BreakdownBucket[], latencyMs: number): Parts | null {
  const latencyUs = latencyMs * US_PER_MS;
  const nearest = breakdown
    .map((bucket) => ({ bucket, factor: distance(bucket, latencyUs) }))
    .filter(({ factor }) => factor <= DISTANCE_MAX)
    .sort((a, b) => a.factor - b.factor);
  const pooled: BreakdownBucket[] = [];
  let count = 0;
  for (const { bucket } of nearest) {
    if (count >= REQUESTS_MIN) break;
    pooled.push(bucket);
    count += bucket.count;
  }
  return count < REQUESTS_MIN ? null : shared(pooled, latencyMs);
}

/** By the mean latency of a bucket's requests, as a factor of at least 1. */
function distance(bucket: BreakdownBucket, latencyUs: number): number {
  const meanUs = sumUs([bucket]) / bucket.count;
  if (meanUs === 0 || latencyUs === 0) return meanUs === latencyUs ? 1 : Number.POSITIVE_INFINITY;
  return Math.max(meanUs / latencyUs, latencyUs / meanUs);
}

/** The buckets' parts in proportion, so that they add up to the given latency. */
function shared(buckets: readonly BreakdownBucket[], latencyMs: number): Parts {
  const allUs = sumUs(buckets);
  const part = (name: keyof Parts): number =>
    allUs === 0
      ? 0
      : (latencyMs * buckets.reduce((sum, bucket) => sum + bucket.sumUs[name], 0)) / allUs;
  return {
    lag: part('lag'),
    wait: part('wait'),
    connect: part('connect'),
    db: part('db'),
    loop: part('loop'),
    rest: part('rest'),
  };
}

function sumUs(buckets: readonly BreakdownBucket[]): number {
  return buckets.reduce(
    (sum, bucket) => sum + COMPONENTS.reduce((parts, name) => parts + bucket.sumUs[name], 0),
    0,
  );
}
