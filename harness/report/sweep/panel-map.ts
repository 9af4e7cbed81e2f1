import type { CellResult, CellState, Situation } from '../../analysis/sweep/sweep-result.ts';
import { compactMs, compactRate, compactShare } from './compact-number.ts';
import type { HeatMap, HeatMapCell } from './heat-map.ts';
import type { SweepView } from './sweep-view.ts';

/** What a heat map can show of a cell. */
export interface Metric {
  readonly title: string;
  read(cell: CellResult): number | null;
  /** At most four characters. */
  print(value: number | null): string;
  /** From 0, blank, to 1, dark, among the values of one situation. */
  darkness(value: number, range: { readonly min: number; readonly max: number }): number;
}

/** What an overloaded cell did is told too, marked as what it is. */
export function goodputShown({
  goodputPerSecond,
  rounds,
}: Pick<CellResult, 'goodputPerSecond' | 'rounds'>): number | null {
  return goodputPerSecond?.value ?? meanOf(rounds.flatMap(wholeRunGoodput));
}

/** Requests without a right answer, refused ones among them. */
export function errorShare({ requests }: Pick<CellResult, 'requests'>): number | null {
  return requests.scheduled === 0 ? null : Math.min(1, requests.failed / requests.scheduled);
}

const goodput: Metric = {
  title: 'answers in time per second',
  read: goodputShown,
  print: compactRate,
  // From zero: half as dark is half as much.
  darkness: (value, { max }) => (max === 0 ? 0 : value / max),
};

/** Below a factor of ten, differences of latency are drawn as what they are: small. */
export const LATENCY_SPAN_MIN = 10;

const latency: Metric = {
  title: 'p99 in ms (s, m: seconds, minutes)',
  read: ({ latencyMsP99, latencyMs }) => latencyMsP99?.value ?? latencyMs.p99,
  print: compactMs,
  darkness: (value, { min, max }) =>
    min <= 0 ? 0 : Math.log(value / min) / Math.log(Math.max(LATENCY_SPAN_MIN, max / min)),
};

export const ERRORS: Metric = {
  title: 'requests refused or failed',
  read: errorShare,
  print: compactShare,
  // One in a thousand is worth a shade; one in ten is dark.
  darkness: (value) => (value === 0 ? 0 : 1 + Math.log10(Math.max(value, 0.001)) / 4),
};

export const METRICS: readonly Metric[] = [goodput, latency, ERRORS];

/** One character each, so that a map is read without colour. */
export const STATE_MARKS: Readonly<Record<CellState, string>> = {
  not_measured: '·',
  invalid: '!',
  exhausted: 'x',
  overloaded: 'o',
  starved: 's',
  failing: 'f',
  threshold_missed: 't',
  usable: ' ',
};
export const BEST_MARK = '★';
export const SAME_MARK = '≈';
const SHADES = [' ', '░', '▒', '▓', '█'] as const;

/** One panel of a situation as a heat map of one metric. */
export function panelMap(
  view: SweepView,
  {
    situation,
    panel,
    metric,
  }: {
    readonly situation: Situation;
    readonly panel: Situation['panels'][number];
    readonly metric: Metric;
  },
): HeatMap {
  const same = new Set(situation.notDistinguishable);
  const values = view.cellsOf(situation).flatMap((cell) => metric.read(cell) ?? []);
  const range = {
    min: values.reduce((least, value) => Math.min(least, value), Infinity),
    max: values.reduce((most, value) => Math.max(most, value), 0),
  };
  const cellOf = (id: string | null): HeatMapCell | null => {
    const cell = view.cell(id);
    if (cell === null) return null;
    const value = metric.read(cell);
    const best = cell.id === situation.best;
    const { fits, fitsDuringRollout } = view.budget(cell);
    const shade = value === null ? ' ' : shadeOf(metric.darkness(value, range));
    return {
      mark: best
        ? BEST_MARK
        : same.has(cell.id)
          ? SAME_MARK
          : cell.state === 'usable'
            ? shade
            : STATE_MARKS[cell.state],
      number: metric.print(value),
      tone: best ? 'best' : cell.state === 'usable' ? 'plain' : 'unusable',
      fits,
      fitsDuringRollout,
    };
  };
  return {
    workers: panel.workers,
    poolSizes: panel.poolSizes,
    cells: panel.cells.map((row) => row.map(cellOf)),
  };
}

function shadeOf(darkness: number): string {
  const last = SHADES.length - 1;
  return SHADES[Math.max(0, Math.min(last, Math.round(darkness * last)))] ?? ' ';
}

function wholeRunGoodput(round: CellResult['rounds'][number]): number | readonly never[] {
  return round.state === 'measured' && round.verdict !== 'INVALID'
    ? round.wholeRunGoodputPerSecond
    : [];
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, x) => sum + x, 0) / values.length;
}
