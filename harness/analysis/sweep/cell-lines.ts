import type { CellVariables } from '../../plan/sweep/cells.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import type { Situation } from './sweep-result.ts';

type Panel = Situation['panels'][number];

/** Cells that differ in the pool size alone, the smallest first. */
export interface CellLine {
  readonly of: Pick<CellVariables, 'maxConnections' | 'poolKind' | 'maxOverflow' | 'workers'>;
  readonly cells: readonly SummarizedCell[];
}

/** In the order in which the cells come. */
export function linesOf(cells: readonly SummarizedCell[]): readonly CellLine[] {
  const lines = Map.groupBy(cells, ({ variables }) => JSON.stringify(lineOf(variables)));
  return [...lines.values()].flatMap((line) => {
    const [first] = line;
    if (first === undefined) return [];
    return [{ of: lineOf(first.variables), cells: line.toSorted(byPoolSize) }];
  });
}

/** The heat maps: workers down, pool sizes across, both ascending, an unlimited size last. */
export function panelsOf(cells: readonly SummarizedCell[]): Panel[] {
  const panels = Map.groupBy(cells, ({ variables }) => JSON.stringify(panelOf(variables)));
  return [...panels.values()].flatMap((panel) => {
    const [first] = panel;
    if (first === undefined) return [];
    const at = new Map(panel.map((cell) => [placeOf(cell.variables), cell.id]));
    const workers = [...new Set(panel.map(({ variables }) => variables.workers))].toSorted(
      (a, b) => a - b,
    );
    const poolSizes = [...new Set(panel.map(({ variables }) => variables.poolSize))].toSorted(
      (a, b) => sizeRank(a) - sizeRank(b),
    );
    return [
      {
        ...panelOf(first.variables),
        workers,
        poolSizes,
        cells: workers.map((count) =>
          poolSizes.map((poolSize) => at.get(placeOf({ workers: count, poolSize })) ?? null),
        ),
      },
    ];
  });
}

/** `pool_size` 0 is unlimited, so it is the largest. */
export function sizeRank(poolSize: number): number {
  return poolSize === 0 ? Number.POSITIVE_INFINITY : poolSize;
}

function byPoolSize(a: SummarizedCell, b: SummarizedCell): number {
  const [x, y] = [sizeRank(a.variables.poolSize), sizeRank(b.variables.poolSize)];
  return x === y ? 0 : x - y;
}

function lineOf({ maxConnections, poolKind, maxOverflow, workers }: CellVariables): CellLine['of'] {
  return { maxConnections, poolKind, maxOverflow, workers };
}

function panelOf({
  maxConnections,
  poolKind,
  maxOverflow,
}: CellVariables): Omit<CellLine['of'], 'workers'> {
  return { maxConnections, poolKind, maxOverflow };
}

function placeOf({ workers, poolSize }: Pick<CellVariables, 'workers' | 'poolSize'>): string {
  return `${workers} × ${poolSize}`;
}
