import type { Cell } from '../plan/sweep/cells.ts';
import { shapeText } from '../report/shape-text.ts';

/**
 * The cells that a text names: one by its id (`c007`), or all of a shape, as reports write it or as it is
 * typed: `4 × (8+0)`, `4x8+0`, `4x(8+0)`, `4x(no pool)`, `4x(unlimited)`.
 */
export function selectCells(cells: readonly Cell[], selector: string): readonly Cell[] {
  const wanted = bare(selector);
  const byId = cells.filter(({ id }) => id === wanted);
  return byId.length > 0 ? byId : cells.filter((cell) => bare(cellShapeText(cell)) === wanted);
}

/** `4 × (8+0)`. */
export function cellShapeText({ plan }: Pick<Cell, 'plan'>): string {
  return `${plan.workers} × ${shapeText(plan.pool)}`;
}

function bare(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[×*]/g, 'x')
    .replaceAll(/[\s()]/g, '');
}
