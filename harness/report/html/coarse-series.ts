import type { CellResult } from '../../analysis/sweep/sweep-result.ts';
import { roundedNumber } from './embedded-json.ts';

type Series = NonNullable<CellResult['series']>;

/** A chart of some hundred pixels cannot show more. */
const SIGNIFICANT_DIGITS = 4;

/**
 * The series with at most `pointsMax` points: neighbouring steps are put together until it fits.
 *
 * Rates and requests in flight are means. Percentiles cannot be merged without their histograms, and a
 * peak must not vanish: of those and of connections it is the highest of the steps.
 */
export function coarseSeries(series: Series, pointsMax: number): Series {
  const steps = Math.max(1, Math.ceil(series.startedPerSecond.length / Math.max(1, pointsMax)));
  const each = <T, U>(column: readonly T[], merge: (group: readonly T[]) => U): U[] =>
    Array.from({ length: Math.ceil(column.length / steps) }, (_, index) =>
      merge(column.slice(index * steps, (index + 1) * steps)),
    );
  return {
    round: series.round,
    stepSeconds: series.stepSeconds * steps,
    startedPerSecond: each(series.startedPerSecond, mean),
    okPerSecond: each(series.okPerSecond, mean),
    goodPerSecond: each(series.goodPerSecond, mean),
    errorPerSecond: each(series.errorPerSecond, mean),
    inFlightMean: each(series.inFlightMean, mean),
    latencyMsP50: each(series.latencyMsP50, highest),
    latencyMsP99: each(series.latencyMsP99, highest),
    connectionsPeak: each(series.connectionsPeak, highest),
  };
}

function mean(group: readonly number[]): number {
  return shown(group.reduce((sum, value) => sum + value, 0) / group.length);
}

function highest(group: readonly (number | null)[]): number | null {
  const present = group.filter((value) => value !== null);
  return present.length === 0 ? null : shown(Math.max(...present));
}

function shown(value: number): number {
  return roundedNumber(value, SIGNIFICANT_DIGITS);
}
