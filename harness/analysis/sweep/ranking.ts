import type { Claim } from '../../sizing/budget.ts';
import { GOODPUT, isAlike, isAsGood, ratioOfCells } from './cell-ratio.ts';
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
 * measurably faster is not worth a slot.
 *
 * A cell that claims more than fits has only been lucky so far. So the choice is made among those that fit
 * even in a rolling deploy; if there are none, among those that fit; only if nothing fits, among all.
 *
 * Every cell is compared with the one alone, by an interval of 95 % for that pair. Among many equal cells the
 * highest is the luckiest, and more than 5 % of the others would be told from it. Two things bound that:
 * nothing is called lower that is not lower by more than the margin, and the others are listed against the
 * chosen cell, not against the luckiest. No correction for the number of comparisons is made: it would let
 * cells that have nothing to do with the question decide it.
 *
 * @param cells of one situation, in the order of the plan
 */
export function rankCells(cells: readonly SummarizedCell[]): Ranking {
  const ranked = cells
    .filter(({ state }) => state === 'usable')
    .toSorted((a, b) => goodputOf(b) - goodputOf(a));
  const best = chooseBest(ranked);
  const againstBest = new Map<string, Ratio>();
  for (const cell of cells) {
    if (best === null || cell.id === best.id) continue;
    const ratio = ratioOfCells({ left: cell, right: best }, GOODPUT);
    if (ratio !== null) againstBest.set(cell.id, ratio);
  }
  return {
    ranks: new Map(ranked.map(({ id }, index) => [id, index + 1])),
    best,
    againstBest,
    notDistinguishable: ranked.filter(({ id }) => {
      const ratio = againstBest.get(id);
      return ratio !== undefined && isAlike(ratio);
    }),
  };
}

function chooseBest(ranked: readonly SummarizedCell[]): SummarizedCell | null {
  const candidates = safest(ranked);
  const [top] = candidates;
  if (top === undefined) return null;
  const asGood = candidates.filter((cell) => {
    if (cell.id === top.id) return true;
    const ratio = ratioOfCells({ left: cell, right: top }, GOODPUT);
    return ratio !== null && isAsGood(ratio);
  });
  const [best = top] = asGood.toSorted(byConnections);
  return best;
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
