import type { CellResult, SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { formatCount, plural } from '../format.ts';
import { coarseSeries } from './coarse-series.ts';
import { embeddedJson } from './embedded-json.ts';

type Series = NonNullable<CellResult['series']>;

/** With fewer points a chart of a trial says nothing: a step, a ramp and noise look the same. */
const POINTS_MIN = 12;

/** What a series takes before its first point: the names of its columns. */
const SERIES_BYTES = 200;

/** Best, worst and ends of lines of some situations keep their charts, whatever the file's size. */
const CELLS_ALWAYS = 20;

export interface CondensedSweep {
  readonly result: SweepResult;
  /** What was put together or left out, in sentences; empty: nothing was. */
  readonly sentences: readonly string[];
}

/**
 * The sweep with the second-by-second series that fit into so many bytes of JSON beside everything else
 * of its cells. Where not all do, seconds are put together; where too little would be left of them, only
 * the cells that matter most keep theirs. Nothing else is ever left out, so that very many cells
 * take more.
 */
export function condensedSweep(result: SweepResult, bytesMax: number): CondensedSweep {
  const withSeries = result.cells.filter(hasSeries);
  if (withSeries.length === 0) return { result, sentences: [] };
  const bytesWithout = utf8Bytes(embeddedJson(withSeriesOf(result, new Map()).cells));
  const bytesLeft = Math.max(0, bytesMax - bytesWithout - withSeries.length * SERIES_BYTES);
  const pointBytes = bytesOfPoint(withSeries.map(({ series }) => series));
  const pointsLeft = Math.floor(bytesLeft / pointBytes);
  const pointsMax = Math.max(POINTS_MIN, Math.floor(pointsLeft / withSeries.length));
  const kept = keptSeries(byImportance(result, withSeries), { pointsLeft, pointsMax });
  return {
    result: withSeriesOf(result, kept),
    sentences: [...coarseSentence(withSeries, kept), ...leftOutSentence(withSeries, kept)],
  };
}

type CellWithSeries = CellResult & { readonly series: Series };

function hasSeries(cell: CellResult): cell is CellWithSeries {
  return cell.series !== null;
}

function withSeriesOf(result: SweepResult, kept: ReadonlyMap<string, Series>): SweepResult {
  const cells = result.cells.map((cell) => ({ ...cell, series: kept.get(cell.id) ?? null }));
  return { ...result, cells };
}

function keptSeries(
  cells: readonly CellWithSeries[],
  { pointsLeft, pointsMax }: { readonly pointsLeft: number; readonly pointsMax: number },
): ReadonlyMap<string, Series> {
  const kept = new Map<string, Series>();
  let points = 0;
  for (const { id, series } of cells) {
    const coarse = coarseSeries(series, pointsMax);
    points += coarse.startedPerSecond.length;
    if (points > pointsLeft && kept.size >= CELLS_ALWAYS) break;
    kept.set(id, coarse);
  }
  return kept;
}

/** Best and worst of each situation, then where its lines stop gaining, then the rest by rank. */
function byImportance(
  { situations }: SweepResult,
  cells: readonly CellWithSeries[],
): readonly CellWithSeries[] {
  const byRank = cells.toSorted(
    (a, b) => (a.rank ?? cells.length + 1) - (b.rank ?? cells.length + 1),
  );
  const inOrder = new Set([
    ...situations.flatMap(({ best, worst }) => [best, worst]),
    ...situations.flatMap(({ knees }) => knees.map(({ cell }) => cell)),
    ...byRank.map(({ id }) => id),
  ]);
  const byId = new Map(cells.map((cell) => [cell.id, cell]));
  return [...inOrder].flatMap((id) => byId.get(id ?? '') ?? []);
}

/** As they are written: all of them, since a few may be of other digits. */
function bytesOfPoint(series: readonly Series[]): number {
  const rounded = series.map((one) => coarseSeries(one, one.startedPerSecond.length));
  const points = rounded.reduce((sum, { startedPerSecond }) => sum + startedPerSecond.length, 0);
  const bytes = utf8Bytes(embeddedJson(rounded)) - series.length * SERIES_BYTES;
  return Math.max(1, bytes) / Math.max(1, points);
}

function coarseSentence(
  before: readonly CellWithSeries[],
  kept: ReadonlyMap<string, Series>,
): readonly string[] {
  const steps = before.flatMap(({ id, series }) => {
    const stepSeconds = kept.get(id)?.stepSeconds ?? series.stepSeconds;
    return stepSeconds > series.stepSeconds ? [stepSeconds] : [];
  });
  if (steps.length === 0) return [];
  return [
    `To keep this file small the charts over time put up to ${plural(Math.max(...steps), 'second')} together: rates are their means, latencies and connections the highest of them.`,
  ];
}

function leftOutSentence(
  before: readonly CellWithSeries[],
  kept: ReadonlyMap<string, Series>,
): readonly string[] {
  if (kept.size === before.length) return [];
  return [
    `To keep this file small ${formatCount(before.length - kept.size)} of ${plural(before.length, 'cell')} are shown without charts over time, those that rank lowest; the JSON report has them all.`,
  ];
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
