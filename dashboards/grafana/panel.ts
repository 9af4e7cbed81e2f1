import type { Colour } from './colour.ts';

/** One question to Prometheus. Its letter (`refId`) is its place among those of its panel. */
export interface Query {
  readonly expr: string;
  /** The name of its series; `{{label}}` is the series' own. */
  readonly legend: string;
  readonly colour?: Colour;
  /** A bound that others are compared with: a dashed line above the stack, in no sum. */
  readonly isBound?: true;
  /** Where it differs from its panel's. */
  readonly unit?: Unit;
  readonly steps?: Steps;
}

/** Grafana's ids of units; `suffix:` takes any text. */
export type Unit = 'short' | 's' | 'percentunit' | 'reqps' | 'suffix:/s' | 'suffix:cores' | 'bool';

/** The colour of a value: the first below all bounds, each other from its bound on. */
export type Steps = readonly [Colour, ...(readonly (readonly [from: number, colour: Colour])[])];

/** What every panel says to its reader: the question, what the answer shows, and what to do about it. */
export interface PanelText {
  /** The question it answers. */
  readonly title: string;
  readonly shows: string;
  /** What to do when it is red, or when it is not as it should be. */
  readonly advice: string;
  /** Of 24 columns. */
  readonly width: number;
}

export interface QueryPanel extends PanelText {
  readonly unit: Unit;
  readonly queries: readonly Query[];
}

/** The values of now: nothing is shown where there is none now, however good it was a minute ago. */
export interface StatPanel extends QueryPanel {
  readonly kind: 'stat';
  readonly steps: Steps;
  readonly noValue: string;
}

/** Curves over time. */
export interface SeriesPanel extends QueryPanel {
  readonly kind: 'series';
  readonly stacked?: true;
  /** Series of a closed set keep their colours on all panels. */
  readonly colours?: Readonly<Record<string, Colour>>;
  /** Upper end of the axis where it is known; it begins at 0. */
  readonly max?: number;
  /** Dashed lines from where on a value is doubtful or bad. */
  readonly steps?: Steps;
}

/** How often each height occurred, from the buckets of one histogram. */
export interface HeatmapPanel extends QueryPanel {
  readonly kind: 'heatmap';
  readonly queries: readonly [Query];
}

/** A row a query, red while it is 1. */
export interface TimelinePanel extends QueryPanel {
  readonly kind: 'timeline';
}

export interface TextPanel extends Omit<PanelText, 'shows' | 'advice'> {
  readonly kind: 'text';
  readonly markdown: string;
}

export type PanelSpec = StatPanel | SeriesPanel | HeatmapPanel | TimelinePanel | TextPanel;

/** Panels side by side, which together are 24 columns wide. */
export interface Line {
  /** In Grafana's units of 38 pixels. */
  readonly height: number;
  readonly panels: readonly PanelSpec[];
}

export interface RowSpec {
  readonly title: string;
  /** Folded: its queries run only when somebody opens it. */
  readonly folded?: true;
  readonly lines: readonly Line[];
}

/** `refId` of the query at this place of its panel. */
export const refIdAt = (index: number): string => String.fromCharCode('A'.charCodeAt(0) + index);

/** What a panel's reader sees at its corner. */
export const descriptionOf = ({ shows, advice }: PanelText): string =>
  `${shows}\n\n**What to do:** ${advice}`;
