import { formatCount, formatMs, formatRate, plural } from '../../../../harness/report/format.ts';
import { type PanelGrid, poolSizeText } from '../heat/panel-grid.ts';
import type { Cell, Estimate } from '../sweep-types.ts';
import { type ChartLine, type ChartSpec, lineStyle } from './chart-spec.ts';

export type CurveAxis = 'pool_size' | 'connections';

interface Curves {
  readonly grid: PanelGrid;
  readonly axis: CurveAxis;
  /** What a cell can open at most; `null`: without bound, so that it has no place on that axis. */
  readonly connectionsOf: (cell: Cell) => number | null;
}

/** Throughput and latency of a panel, a line for each number of workers. */
export function curveSpecs(curves: Curves): readonly ChartSpec[] {
  return [
    curveSpec(curves, {
      title: 'Answers in time per second',
      yScale: 'linear',
      estimateOf: ({ goodputPerSecond }) => goodputPerSecond,
      formatY: formatRate,
    }),
    curveSpec(curves, {
      title: 'p99 latency',
      yScale: 'logarithmic',
      estimateOf: ({ latencyMsP99 }) => latencyMsP99,
      formatY: formatMs,
    }),
  ];
}

interface Curve extends Pick<ChartSpec, 'title' | 'yScale' | 'formatY'> {
  readonly estimateOf: (cell: Cell) => Estimate | null;
}

function curveSpec({ grid, axis, connectionsOf }: Curves, curve: Curve): ChartSpec {
  const { estimateOf, ...rest } = curve;
  const placeOf = (cell: Cell): number | null =>
    axis === 'connections' ? connectionsOf(cell) : grid.poolSizes.indexOf(cell.variables.poolSize);
  const places = grid.cells.flat().flatMap((cell) => (cell === null ? [] : (placeOf(cell) ?? [])));
  const xs = [...new Set(places)].sort((a, b) => a - b);
  return {
    ...rest,
    xName: axis === 'connections' ? 'connections at most' : 'pool size',
    xs,
    xScale: 'even',
    lines: grid.cells.map((row, y) => lineOf({ row, y, xs, grid, placeOf, estimateOf })),
    levels: [],
    formatX: (x) =>
      axis === 'connections' ? formatCount(x) : poolSizeText(grid.poolSizes[x] ?? x),
  };
}

function lineOf(props: {
  readonly row: readonly (Cell | null)[];
  readonly y: number;
  readonly xs: readonly number[];
  readonly grid: PanelGrid;
  readonly placeOf: (cell: Cell) => number | null;
  readonly estimateOf: (cell: Cell) => Estimate | null;
}): ChartLine {
  const { row, y, xs, grid, placeOf, estimateOf } = props;
  const estimates = xs.map((x) => {
    const cell = row.find((one) => one !== null && placeOf(one) === x) ?? null;
    return cell === null ? null : estimateOf(cell);
  });
  return {
    name: plural(grid.workers[y] ?? 0, 'worker'),
    style: lineStyle(y),
    values: estimates.map((estimate) => estimate?.value ?? null),
    intervals: estimates.map((estimate) => estimate?.interval ?? null),
    gaps: false,
    dots: true,
  };
}
