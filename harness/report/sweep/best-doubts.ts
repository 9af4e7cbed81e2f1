import type { CellResult, Situation } from '../../analysis/sweep/sweep-result.ts';
import { deploySurge } from '../../plan/sweep/deploy-surge.ts';
import type { SweepView } from './sweep-view.ts';

/**
 * Whether the rounds told no shape from any other although one has fewer connections than the best: then
 * that is best by its number alone. Shapes that are found to be practically equal are an answer, and so is
 * the one with the fewest connections where none was told to be faster.
 */
export function isUndecided(view: SweepView, situation: Situation): boolean {
  const worst = view.cell(situation.worst);
  if (worst?.state !== 'usable') return false;
  if (situation.bestOverWorst?.goodput?.finding !== 'not_distinguishable') return false;
  const best = view.cell(situation.best);
  const usable = usableCells(view, situation);
  if (best === null || usable.every((cell) => claimOf(view, cell) >= claimOf(view, best))) {
    return false;
  }
  const alike = new Set(situation.notDistinguishable);
  return usable.every(({ id }) => id === best.id || alike.has(id));
}

/** Connections that it can open. */
function claimOf(view: SweepView, cell: CellResult): number {
  return view.budget(cell).ceiling ?? Number.POSITIVE_INFINITY;
}

/** How many others stand for the best one as well as it does itself. */
export function othersAlike({ notDistinguishable, best }: Situation): number {
  return notDistinguishable.filter((id) => id !== best).length;
}

export function usableCells(view: SweepView, situation: Situation): readonly CellResult[] {
  return view.cellsOf(situation).filter(({ state }) => state === 'usable');
}

/**
 * Name of the largest shape like the best one that would fit in a rolling deploy, where the best is the
 * largest pool that was tried with its workers: the true best may lie beyond. `null` where larger ones were
 * tried, where none fits, and where there was nothing smaller to be better than.
 */
export function largestUntried(view: SweepView, situation: Situation): string | null {
  const best = view.cell(situation.best);
  if (best === null || isUndecided(view, situation)) return null;
  const { workers, poolSize, maxOverflow } = best.variables;
  const size = poolMost(best);
  const tried = view.cellsOf(situation).filter((cell) => isLike(cell, best));
  if (!Number.isFinite(size) || tried.some((cell) => poolMost(cell) > size)) return null;
  if (!tried.some((cell) => poolMost(cell) < size)) return null;
  const processes = workers + deploySurge(view.result.plan, workers);
  const fitting = Math.floor(view.budget(best).usable / processes) - maxOverflow;
  if (fitting <= poolSize) return null;
  return view.name({ ...best, variables: { ...best.variables, poolSize: fitting } });
}

/** But for the size of the pool. */
function isLike({ variables: one }: CellResult, { variables: other }: CellResult): boolean {
  return (
    one.workers === other.workers &&
    one.poolKind === other.poolKind &&
    one.maxConnections === other.maxConnections
  );
}

/** Connections that a worker's pool can open. */
function poolMost({ variables: { poolKind, poolSize, maxOverflow } }: CellResult): number {
  const unlimited = poolKind === 'null' || poolSize === 0 || maxOverflow < 0;
  return unlimited ? Number.POSITIVE_INFINITY : poolSize + maxOverflow;
}
