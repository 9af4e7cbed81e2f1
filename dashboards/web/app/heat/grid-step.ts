export interface GridPosition {
  readonly row: number;
  readonly column: number;
}

interface Step {
  readonly key: string;
  /** Ctrl, or ⌘. */
  readonly far: boolean;
}

/** Which places of a grid hold a cell. */
type Occupied = readonly (readonly boolean[])[];

/**
 * Where the focus goes from a cell of a grid, as in a spreadsheet: arrows step to the next cell and
 * over what is empty, Home and End to the ends of the row, with Ctrl to those of the grid. `null`:
 * the key is none of these; at an edge the focus stays.
 */
export function gridStep(
  occupied: Occupied,
  from: GridPosition,
  { key, far }: Step,
): GridPosition | null {
  const along = (rows: number, columns: number): GridPosition =>
    walk(occupied, from, { rows, columns }) ?? from;
  switch (key) {
    case 'ArrowLeft':
      return along(0, -1);
    case 'ArrowRight':
      return along(0, 1);
    case 'ArrowUp':
      return along(-1, 0);
    case 'ArrowDown':
      return along(1, 0);
    case 'Home':
      return (far ? firstOf(occupied) : inRow(occupied, from.row).at(0)) ?? from;
    case 'End':
      return (far ? lastOf(occupied) : inRow(occupied, from.row).at(-1)) ?? from;
    default:
      return null;
  }
}

/** The first place with a cell, in reading order. */
export function firstOf(occupied: Occupied): GridPosition | undefined {
  return allOf(occupied).at(0);
}

function lastOf(occupied: Occupied): GridPosition | undefined {
  return allOf(occupied).at(-1);
}

function allOf(occupied: Occupied): readonly GridPosition[] {
  return occupied.flatMap((_, row) => inRow(occupied, row));
}

function inRow(occupied: Occupied, row: number): readonly GridPosition[] {
  return (occupied[row] ?? []).flatMap((is, column) => (is ? [{ row, column }] : []));
}

function walk(
  occupied: Occupied,
  from: GridPosition,
  by: { readonly rows: number; readonly columns: number },
): GridPosition | null {
  let { row, column } = from;
  for (;;) {
    row += by.rows;
    column += by.columns;
    const is = occupied[row]?.[column];
    if (is === undefined) return null;
    if (is) return { row, column };
  }
}
