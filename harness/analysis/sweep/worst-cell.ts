import { GOODPUT, LATENCY_P99, ratioOfCells, THROUGHPUT } from './cell-ratio.ts';
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

export function bestOverWorst(
  best: SummarizedCell | null,
  worst: SummarizedCell | null,
): Situation['bestOverWorst'] {
  if (best === null || worst === null) return null;
  return {
    throughput: ratioOfCells({ left: best, right: worst }, THROUGHPUT),
    goodput: ratioOfCells({ left: best, right: worst }, GOODPUT),
    latencyMsP99: ratioOfCells({ left: worst, right: best }, LATENCY_P99),
  };
}
