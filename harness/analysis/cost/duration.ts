import { z } from 'zod';
import { orderStatisticInterval } from '../statistics/order-statistic-interval.ts';
import { SAMPLES_BEYOND_MIN, samplesBeyond } from '../statistics/percentiles.ts';
import { intervalSchema } from '../trial-result.ts';

/** Fewer have no interval worth the name. */
export const SAMPLES_MIN = 10;

/** A time that was measured many times, in ms; a difference of two may be below zero. */
export const durationSchema = z.strictObject({
  samples: z.int().min(SAMPLES_MIN),
  p50Ms: z.number(),
  /**
   * 95 %, of the median. One connection was made at a time, each after the one before had ended, so that the
   * samples are independent but for what drifts.
   */
  p50Interval: intervalSchema,
  /** `null` where fewer than ten samples lie beyond it. */
  p95Ms: z.number().nullable(),
});
export type Duration = Readonly<z.infer<typeof durationSchema>>;

/** @returns `null` with fewer than `SAMPLES_MIN` */
export function durationOf(valuesMs: readonly number[]): Duration | null {
  const samples = valuesMs.length;
  if (samples < SAMPLES_MIN) return null;
  const sorted = valuesMs.toSorted((a, b) => a - b);
  return {
    samples,
    p50Ms: quantile(sorted, 0.5),
    p50Interval: orderStatisticInterval(sorted, 0.5),
    p95Ms: samplesBeyond(samples, 'p95') >= SAMPLES_BEYOND_MIN ? quantile(sorted, 0.95) : null,
  };
}

/** @param sorted ascending; not empty */
export function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) throw new RangeError('nothing was measured');
  return below + (above - below) * (at - Math.floor(at));
}
