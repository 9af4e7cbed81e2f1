import {
  GOODPUT,
  LATENCY_P99,
  type Measure,
  noiseOf,
  ratioOfCells,
  THROUGHPUT,
} from './cell-ratio.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import type { Situation } from './sweep-result.ts';

/**
 * What choosing wrong costs: the usable cell with the lowest goodput, or where no usable one is below the
 * best, the worst of the others that answered anything. `null` where nothing is below the best.
 *
 * @param cells of one situation, in the order of the plan
 */
export function worstCell(
  cells: readonly SummarizedCell[],
  best: SummarizedCell | null,
): SummarizedCell | null {
  const bound = best?.goodputPerSecond?.value ?? 0;
  const below = cells
    .filter(({ throughputPerSecond }) => (throughputPerSecond?.value ?? 0) > 0)
    .filter(({ id, goodputPerSecond: it }) => id !== best?.id && it !== null && it.value < bound)
    .toSorted((a, b) => (a.goodputPerSecond?.value ?? 0) - (b.goodputPerSecond?.value ?? 0));
  return below.find(({ state }) => state === 'usable') ?? below[0] ?? null;
}

/**
 * The two of all usable cells that lie furthest apart are chosen by looking, so their intervals are those
 * that hold for every comparison with one of them; against a cell that is not usable, of that pair alone.
 */
export function bestOverWorst(
  cells: readonly SummarizedCell[],
  { best, worst }: { readonly best: SummarizedCell | null; readonly worst: SummarizedCell | null },
): Situation['bestOverWorst'] {
  if (best === null || worst === null) return null;
  const usable = cells.filter(({ state }) => state === 'usable');
  const ratio = (left: SummarizedCell, right: SummarizedCell, measure: Measure) =>
    ratioOfCells(
      { left, right },
      measure,
      worst.state === 'usable' ? noiseOf(usable, measure) : null,
    );
  return {
    throughput: ratio(best, worst, THROUGHPUT),
    goodput: ratio(best, worst, GOODPUT),
    latencyMsP99: ratio(worst, best, LATENCY_P99),
  };
}
