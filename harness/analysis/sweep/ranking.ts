import type { Claim } from '../../sizing/claim.ts';
import {
  FAR_APART_FACTOR,
  GOODPUT,
  isAlike,
  isAsGood,
  isFarSlower,
  LATENCY_P50,
  LATENCY_P99,
  type Measure,
  noiseOf,
  ratioOfCells,
} from './cell-ratio.ts';
import { believableRounds } from './round-rates.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import type { Ratio } from './sweep-result.ts';

export interface Ranking {
  /** Of usable cells by id; 1 is the highest goodput. */
  readonly ranks: ReadonlyMap<string, number>;
  readonly best: SummarizedCell | null;
  /** Goodput over the best one's, of all others that have any, by id. */
  readonly againstBest: ReadonlyMap<string, Ratio>;
  /** In the order of the ranks. */
  readonly notDistinguishable: readonly SummarizedCell[];
}

/**
 * Usable cells by goodput, and the one to choose: of those that are as good as the highest (not told to
 * be lower, and at most the margin below it) the one that claims the fewest connections, since what is not
 * measurably faster is not worth a slot. At a rate that all can answer goodput tells nothing apart, and the
 * smallest pool would always win, however long its callers wait: so one whose p99 or median is far longer than
 * the shortest of those that are as good is no choice.
 *
 * A cell that claims more than fits has only been lucky so far. So the choice is made among those that fit
 * even in a rolling deploy; if there are none, among those that fit; only if nothing fits, among all.
 *
 * Comparing many cells with the highest finds differences where there are none: of many equal cells the
 * highest is the luckiest. So the usable cells within a factor of two of it, the contenders, share one
 * estimate of the noise, and their intervals hold all together (see `roundNoise`). Cells further off have no
 * part in that, so that adding one changes nothing; they are compared by the noise of all usable cells.
 *
 * @param cells of one situation, in the order of the plan
 */
export function rankCells(cells: readonly SummarizedCell[]): Ranking {
  const ranked = cells
    .filter(({ state }) => state === 'usable')
    .toSorted((a, b) => goodputOf(b) - goodputOf(a));
  const candidates = repeated(safest(ranked));
  const contenders = contendersOf(ranked, candidates[0]);
  const compare = comparisonAmong(contenders, comparisonAmong(ranked));
  const best = chooseBest(candidates, compare);
  const againstBest = new Map<string, Ratio>();
  for (const cell of cells) {
    if (best === null || cell.id === best.id) continue;
    const ratio = compare(cell, best);
    if (ratio !== null) againstBest.set(cell.id, ratio);
  }
  return {
    ranks: new Map(ranked.map(({ id }, index) => [id, index + 1])),
    best,
    againstBest,
    notDistinguishable: contenders.filter(({ id }) => {
      const ratio = againstBest.get(id);
      return ratio !== undefined && isAlike(ratio);
    }),
  };
}

type Compare = (left: SummarizedCell, right: SummarizedCell) => Ratio | null;

const alone: Compare = (left, right) => ratioOfCells({ left, right }, GOODPUT);

/** By the noise that these cells have in common; another cell is compared in another way. */
function comparisonAmong(cells: readonly SummarizedCell[], otherwise: Compare = alone): Compare {
  const ids = new Set(cells.map(({ id }) => id));
  const noise = noiseOf(cells, GOODPUT);
  return (left, right) =>
    ids.has(left.id) && ids.has(right.id)
      ? ratioOfCells({ left, right }, GOODPUT, noise)
      : otherwise(left, right);
}

/** Those that are less than a factor of two away from the top. */
function contendersOf(
  ranked: readonly SummarizedCell[],
  top: SummarizedCell | undefined,
): readonly SummarizedCell[] {
  const highest = top === undefined ? 0 : goodputOf(top);
  return ranked.filter((cell) => {
    const goodput = goodputOf(cell);
    return goodput * FAR_APART_FACTOR > highest && goodput < highest * FAR_APART_FACTOR;
  });
}

function chooseBest(
  candidates: readonly SummarizedCell[],
  compare: Compare,
): SummarizedCell | null {
  const [top] = candidates;
  if (top === undefined) return null;
  const asGood = candidates.filter((cell) => {
    if (cell.id === top.id) return true;
    const ratio = compare(cell, top);
    return ratio !== null && isAsGood(ratio);
  });
  const quick = withoutFarSlower(withoutFarSlower(asGood, LATENCY_P99), LATENCY_P50);
  const [best = top] = quick.toSorted(byConnections);
  return best;
}

/** Of the quickest by it at least that one remains. A cell without such a number may be as quick as any. */
function withoutFarSlower(
  cells: readonly SummarizedCell[],
  latency: Measure,
): readonly SummarizedCell[] {
  const [quickest] = cells
    .flatMap((cell) => {
      const estimate = latency.estimate(cell);
      return estimate === null ? [] : [{ cell, ms: estimate.value }];
    })
    .toSorted((a, b) => a.ms - b.ms)
    .map(({ cell }) => cell);
  if (quickest === undefined) return cells;
  const noise = noiseOf(cells, latency);
  return cells.filter((left) => {
    if (left.id === quickest.id) return true;
    const ratio = ratioOfCells({ left, right: quickest }, latency, noise);
    return ratio === null || !isFarSlower(ratio);
  });
}

/**
 * A cell with a single round is above the others by luck as easily as by merit, and nothing can be told
 * from it. Where most have more rounds, it is no choice; in a sweep that has just begun its second round
 * those that happen to have two are none either, so all are.
 */
function repeated(cells: readonly SummarizedCell[]): readonly SummarizedCell[] {
  const several = cells.filter(({ rounds }) => believableRounds(rounds).length >= 2);
  return several.length * 2 > cells.length ? several : cells;
}

function safest(ranked: readonly SummarizedCell[]): readonly SummarizedCell[] {
  const fitting = ranked.filter(({ budget }) => budget?.predicted.fits);
  const safe = fitting.filter(({ budget }) => budget?.predicted.fitsDuringRollout);
  if (safe.length > 0) return safe;
  return fitting.length > 0 ? fitting : ranked;
}

/** Fewest claimed first, then fewest kept, then the order of the plan. */
function byConnections(a: SummarizedCell, b: SummarizedCell): number {
  return (
    byClaim(a.budget?.predicted.ceiling, b.budget?.predicted.ceiling) ||
    byClaim(a.budget?.predicted.floor, b.budget?.predicted.floor) ||
    byText(a.id, b.id)
  );
}

/** Unbounded is the most. */
function byClaim(a: Claim | undefined, b: Claim | undefined): number {
  const [x, y] = [a ?? Number.POSITIVE_INFINITY, b ?? Number.POSITIVE_INFINITY];
  return x === y ? 0 : x - y;
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function goodputOf({ goodputPerSecond }: SummarizedCell): number {
  return goodputPerSecond?.value ?? 0;
}
