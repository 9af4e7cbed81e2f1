import { type GridPosition, gridStep } from '../heat/grid-step.ts';
import type { PanelGrid } from '../heat/panel-grid.ts';
import type { Cell } from '../sweep-types.ts';

export interface Neighbour {
  readonly direction: string;
  readonly cell: Cell;
}

const DIRECTIONS = [
  { key: 'ArrowLeft', direction: 'smaller pool' },
  { key: 'ArrowRight', direction: 'larger pool' },
  { key: 'ArrowUp', direction: 'fewer workers' },
  { key: 'ArrowDown', direction: 'more workers' },
] as const;

/** The cells that differ in one step of one axis, as the heat map has them around this one. */
export function neighboursOf(
  { cells }: Pick<PanelGrid, 'cells'>,
  id: string,
): readonly Neighbour[] {
  const from = placeOf(cells, id);
  if (from === undefined) return [];
  const occupied = cells.map((row) => row.map((cell) => cell !== null));
  return DIRECTIONS.flatMap(({ key, direction }) => {
    const to = gridStep(occupied, from, { key, far: false });
    const cell = to === null ? null : (cells[to.row]?.[to.column] ?? null);
    return cell === null || cell.id === id ? [] : [{ direction, cell }];
  });
}

function placeOf(cells: PanelGrid['cells'], id: string): GridPosition | undefined {
  return cells
    .flatMap((row, y) => row.map((cell, x) => ({ row: y, column: x, id: cell?.id })))
    .find((place) => place.id === id);
}
