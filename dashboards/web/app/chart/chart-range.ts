import type { ChartSpec } from './chart-spec.ts';

/** Room above the highest value, so that no line lies on the frame. */
const HEADROOM = 1.06;

/** A whisker makes room for itself up to so many times the highest value; beyond, it leaves the frame. */
const WHISKER_ROOM = { linear: 2, logarithmic: 10 } as const;

/**
 * From nothing to the highest value, whisker or level of a linear chart, since heights are compared;
 * between the extremes of a logarithmic one, where there is no nothing.
 */
export function chartRange(
  spec: Pick<ChartSpec, 'lines' | 'levels' | 'yScale'>,
): readonly [number, number] {
  const drawn = [
    ...spec.lines.flatMap(({ values: own }) => own.filter((value) => value !== null)),
    ...spec.levels.map(({ value }) => value),
  ].filter(Number.isFinite);
  const values = [...drawn, ...whiskerEnds(spec, drawn)];
  const high = values.reduce((a, b) => Math.max(a, b), 0);
  if (spec.yScale === 'linear') return [0, high === 0 ? 1 : high * HEADROOM];
  const positive = values.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  const low = positive.reduce((a, b) => Math.min(a, b));
  return [low / HEADROOM, Math.max(high, low * 2) * HEADROOM];
}

function whiskerEnds(
  { lines, yScale }: Pick<ChartSpec, 'lines' | 'yScale'>,
  drawn: readonly number[],
): readonly number[] {
  const positive = drawn.filter((value) => value > 0);
  if (positive.length === 0) return [];
  const room = WHISKER_ROOM[yScale];
  const lowest = positive.reduce((a, b) => Math.min(a, b)) / room;
  const highest = positive.reduce((a, b) => Math.max(a, b)) * room;
  return lines.flatMap(({ intervals = [] }) =>
    intervals.flatMap((interval) =>
      interval === null ? [] : [Math.max(lowest, interval.low), Math.min(highest, interval.high)],
    ),
  );
}
