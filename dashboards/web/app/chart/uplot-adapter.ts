import './valid-language.ts';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { evenTicks, logTicks } from './axis-ticks.ts';
import { chartRange } from './chart-range.ts';
import type { ChartLine, ChartSpec } from './chart-spec.ts';

/** Of the page's style sheet: a canvas follows none by itself. */
export interface ChartInk {
  readonly color: (property: `--${string}`) => string;
  readonly font: string;
}

interface DrawChart {
  readonly place: HTMLElement;
  readonly spec: ChartSpec;
  readonly ink: ChartInk;
  readonly widthPx: number;
  readonly heightPx: number;
  /** The point under the pointer; `null` when it leaves. */
  readonly onPoint: (index: number | null) => void;
}

const AXIS_WIDTH_PX = 58;
const AXIS_HEIGHT_PX = 22;
const DOT_PX = 6;
const WHISKER_PX = 3.5;

/** Draws the chart into its place; the caller ends it with what is returned. */
export function drawChart({ place, spec, ink, widthPx, heightPx, onPoint }: DrawChart): () => void {
  const [yMin, yMax] = chartRange(spec);
  const chart = new uPlot(
    {
      width: widthPx,
      height: heightPx,
      padding: [16, 12, 0, 0],
      // Its legend takes names as markup. The page has a legend of its own.
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: false, range: xRange(spec) },
        y: { distr: spec.yScale === 'logarithmic' ? 3 : 1, range: [yMin, yMax] },
      },
      axes: [
        { ...axisLook(ink), ...xAxis(spec), size: AXIS_HEIGHT_PX },
        { ...axisLook(ink), ...yAxis(spec, [yMin, yMax]), size: AXIS_WIDTH_PX },
      ],
      series: [{}, ...spec.lines.map((line) => series(line, ink))],
      hooks: {
        drawClear: [(self) => drawLevels(self, spec, ink)],
        draw: [(self) => drawWhiskers(self, spec, ink)],
        setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)],
      },
    },
    [[...placesOf(spec)], ...spec.lines.map(({ values }) => [...values])],
    place,
  );
  return () => chart.destroy();
}

function series({ style, gaps, dots }: ChartLine, ink: ChartInk): uPlot.Series {
  const color = ink.color(`--line-${style.tone}`);
  return {
    stroke: color,
    width: 2,
    dash: [...style.dash],
    spanGaps: !gaps,
    points: { show: dots, size: DOT_PX, fill: color, stroke: color },
  };
}

function axisLook(ink: ChartInk): uPlot.Axis {
  return {
    stroke: ink.color('--muted'),
    font: ink.font,
    grid: { stroke: ink.color('--rule'), width: 1 },
    ticks: { show: false },
  };
}

/** Steps of equal width are their own numbers; what they are called is the axis's business. */
function placesOf({ xs, xScale }: ChartSpec): readonly number[] {
  return xScale === 'even' ? xs.map((_, index) => index) : xs;
}

/** Half a step of room around whiskers, which should not lie on an axis, and around a single point. */
function xRange(spec: ChartSpec): [number, number] {
  const places = placesOf(spec);
  const [first, last] = [places[0] ?? 0, places.at(-1) ?? 0];
  return spec.xScale === 'even' || first === last ? [first - 0.5, last + 0.5] : [first, last];
}

/** Seconds have no fractions: two of them are not `0 0 0 1 1`. */
const WHOLE_STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600];

function xAxis({ xs, xScale, formatX }: ChartSpec): uPlot.Axis {
  if (xScale === 'linear') {
    return { incrs: WHOLE_STEPS, values: (_, splits) => splits.map(formatX) };
  }
  return {
    splits: () => [...evenTicks(xs.length)],
    values: (_, splits) => splits.map((at) => formatX(xs[at] ?? at)),
  };
}

function yAxis({ yScale, formatY }: ChartSpec, [low, high]: readonly [number, number]): uPlot.Axis {
  const values: uPlot.Axis.Values = (_, splits) => splits.map(formatY);
  if (yScale === 'linear') return { values };
  return { values, filter: (_, splits) => splits, splits: () => [...logTicks(low, high)] };
}

/** Under the lines: what they are held against. */
function drawLevels(self: uPlot, { levels }: ChartSpec, ink: ChartInk): void {
  const { ctx, bbox } = self;
  ctx.save();
  ctx.strokeStyle = ink.color('--ink');
  ctx.fillStyle = ink.color('--muted');
  ctx.font = scaled(ink.font);
  ctx.textAlign = 'right';
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  levels.forEach(({ name, value }, index) => {
    const y = Math.round(self.valToPos(value, 'y', true));
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    // One above its line, the next below: levels may lie close together.
    const aside = (index % 2 === 0 ? -4 : 13) * devicePixelRatio;
    ctx.fillText(name, bbox.left + bbox.width - 4, y + aside);
  });
  ctx.restore();
}

function drawWhiskers(self: uPlot, spec: ChartSpec, ink: ChartInk): void {
  const places = placesOf(spec);
  const { ctx, bbox } = self;
  const half = WHISKER_PX * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left - half, bbox.top, bbox.width + 2 * half, bbox.height);
  ctx.clip();
  ctx.lineWidth = 1.25 * devicePixelRatio;
  for (const { intervals = [], style } of spec.lines) {
    ctx.strokeStyle = ink.color(`--line-${style.tone}`);
    intervals.forEach((interval, index) => {
      if (interval === null) return;
      const x = self.valToPos(places[index] ?? 0, 'x', true);
      const low = self.valToPos(interval.low, 'y', true);
      const high = self.valToPos(interval.high, 'y', true);
      ctx.beginPath();
      ctx.moveTo(x, low);
      ctx.lineTo(x, high);
      for (const y of [low, high]) {
        ctx.moveTo(x - half, y);
        ctx.lineTo(x + half, y);
      }
      ctx.stroke();
    });
  }
  ctx.restore();
}

/** uPlot draws on device pixels and takes its own fonts in CSS pixels. */
function scaled(font: string): string {
  return font.replace(/(?<px>[\d.]+)px/, (_, px: string) => `${Number(px) * devicePixelRatio}px`);
}
