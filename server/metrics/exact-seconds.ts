/**
 * 60 ns. Multiples of a power of two add up without rounding, up to seventeen years of them.
 */
const UNIT_SECONDS = 2 ** -24;

/**
 * The nearest duration that can be added to others in any order with the same result.
 *
 * Totals of several workers are added up for each scrape, in another order when one has died. A sum that
 * is less than the last one, by the last bit of a number, is for Prometheus a counter that began again at
 * 0: `rate()` would count all of it once more.
 */
export function exactSeconds(seconds: number): number {
  return Math.round(seconds / UNIT_SECONDS) * UNIT_SECONDS;
}
