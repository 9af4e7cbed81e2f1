import { formatCount, formatMs, formatRate } from '../../../../harness/report/format.ts';
import type { Cell, Series } from '../sweep-types.ts';
import { type ChartLevel, type ChartLine, type ChartSpec, lineStyle } from './chart-spec.ts';

interface Seconds {
  readonly cell: Cell;
  readonly series: Series;
  /** Connections an ordinary role may hold. */
  readonly usable: number;
}

/** What happened second by second in the round that stands for a cell. */
export function secondSpecs({ cell, series, usable }: Seconds): readonly ChartSpec[] {
  const { maxConnections } = cell.variables;
  const failed = series.errorPerSecond.some((count) => count > 0);
  return [
    timeSpec(series, {
      title: 'Requests per second',
      lines: [
        timeLine('answered in time', series.goodPerSecond),
        timeLine('answered', series.okPerSecond),
        timeLine('started', series.startedPerSecond),
        ...(failed ? [timeLine('failed', series.errorPerSecond)] : []),
      ],
      formatY: formatRate,
    }),
    timeSpec(series, {
      title: 'Latency of right answers',
      yScale: 'logarithmic',
      lines: [timeLine('p50', series.latencyMsP50), timeLine('p99', series.latencyMsP99)],
      formatY: formatMs,
    }),
    timeSpec(series, {
      title: 'Requests in flight',
      lines: [timeLine('in flight', series.inFlightMean)],
      formatY: formatRate,
    }),
    timeSpec(series, {
      title: 'Connections to PostgreSQL',
      lines: [timeLine('held by the workers', series.connectionsPeak)],
      levels: [
        { name: `max_connections ${maxConnections}`, value: maxConnections },
        ...(usable === maxConnections ? [] : [{ name: `usable ${usable}`, value: usable }]),
      ],
      formatY: formatCount,
    }),
  ];
}

interface TimeChart extends Pick<ChartSpec, 'title' | 'formatY'> {
  readonly lines: readonly Omit<ChartLine, 'style'>[];
  readonly levels?: readonly ChartLevel[];
  readonly yScale?: ChartSpec['yScale'];
}

function timeSpec({ startedPerSecond, stepSeconds }: Series, chart: TimeChart): ChartSpec {
  return {
    title: chart.title,
    xName: 'second',
    xs: startedPerSecond.map((_, step) => step * stepSeconds),
    xScale: 'linear',
    yScale: chart.yScale ?? 'linear',
    lines: chart.lines.map((line, index) => ({ ...line, style: lineStyle(index) })),
    levels: chart.levels ?? [],
    formatX: formatCount,
    formatY: chart.formatY,
  };
}

/** Up to so many seconds each is marked, since a single one is no line. */
const DOTTED_MAX = 20;

function timeLine(name: string, values: readonly (number | null)[]): Omit<ChartLine, 'style'> {
  return { name, values, gaps: true, dots: values.length <= DOTTED_MAX };
}
