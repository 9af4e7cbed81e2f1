/** How a line of a chart is told from the others: by its colour and by its dashes. */
export interface LineStyle {
  /** The colours of `--line-1` … `--line-6`. */
  readonly tone: number;
  /** In px, alternating; empty: solid. */
  readonly dash: readonly number[];
}

export interface ChartLine {
  readonly name: string;
  readonly style: LineStyle;
  /** One for each of the chart's `xs`; `null`: no value. */
  readonly values: readonly (number | null)[];
  /** 95 % intervals, drawn as whiskers. */
  readonly intervals?: readonly ({ readonly low: number; readonly high: number } | null)[];
  /** Whether absent values interrupt the line, as those of a time series do. */
  readonly gaps: boolean;
  /** Each value marked with a dot, for few and measured points. */
  readonly dots: boolean;
}

/** A level that values are held against, e.g. `max_connections`. */
export interface ChartLevel {
  readonly name: string;
  readonly value: number;
}

export interface ChartSpec {
  readonly title: string;
  readonly xName: string;
  readonly xs: readonly number[];
  /** `even`: steps of equal width, whatever the distance between the values. */
  readonly xScale: 'linear' | 'even';
  readonly yScale: 'linear' | 'logarithmic';
  readonly lines: readonly ChartLine[];
  readonly levels: readonly ChartLevel[];
  readonly formatX: (x: number) => string;
  readonly formatY: (y: number) => string;
}

const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4], [1, 5]];
const TONES = 6;

/** Of the n-th line; more than six repeat the colours with other dashes. */
export function lineStyle(index: number): LineStyle {
  const lap = Math.floor(index / TONES);
  return {
    tone: (index % TONES) + 1,
    dash: DASHES[(index + lap) % DASHES.length] ?? [],
  };
}
