import type { ChartSpec } from './chart-spec.ts';

/** Room above the highest value, so that no line lies on the frame. */
const HEADROOM = 1.06;

/**
 * From nothing to the highest value, whisker or level of a linear chart, since heights are compared;
 * between the extremes of a logarithmic one, where there is no nothing.
 */
export function chartRange(
  spec: Pick<ChartSpec, 'lines' | 'levels' | 'yScale'>,
): readonly [number, number] {
  const values = [
    ...spec.lines.flatMap(({ values: own, intervals = [] }) => [
      ...own.filter((value) => value !== null),
      ...intervals.flatMap((interval) => (interval === null ? [] : [interval.low, interval.high])),
    ]),
    ...spec.levels.map(({ value }) => value),
  ].filter(Number.isFinite);
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  if (spec.yScale === 'linear') return [0, high === 0 ? 1 : high * HEADROOM];
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const low = positive.reduce((a, b) => Math.min(a, b));
  return [low / HEADROOM, Math.max(high, low * 2) * HEADROOM];
}
