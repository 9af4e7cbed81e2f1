import type { Cell } from '../../plan/sweep/cells.ts';
import type { Axes, Axis } from '../../plan/sweep/sweep-plan.ts';

export interface MatchedCells {
  /** Axes by which cells were matched. */
  readonly matchedBy: readonly Axis[];
  readonly pairs: readonly { readonly left: Cell; readonly right: Cell }[];
  readonly unmatched: { readonly left: readonly Cell[]; readonly right: readonly Cell[] };
}

interface Side {
  readonly axes: Axes;
  readonly cells: readonly Cell[];
}

/**
 * Cells of two runs that are the same but for what the runs differ in as a whole: an axis that has one
 * value in either run is a setting of that run, and cells are matched by all others. So the same
 * sweep at `max_connections` 100 and 200 has every cell in common.
 */
export function matchCells(left: Side, right: Side): MatchedCells {
  const matchedBy = axesThatVary(left.axes, right.axes);
  const keyOf = ({ variables }: Cell): string =>
    JSON.stringify(
      matchedBy
        // Without a pool its shape says nothing, and is the first one of each plan.
        .filter((axis) => !(variables.poolKind === 'null' && SHAPE.has(axis)))
        .map((axis) => [axis, variables[axis]]),
    );
  const ofRight = new Map(right.cells.map((cell) => [keyOf(cell), cell]));
  const keysOfLeft = new Set(left.cells.map(keyOf));
  const pairs = left.cells.flatMap((cell) => {
    const other = ofRight.get(keyOf(cell));
    return other === undefined ? [] : [{ left: cell, right: other }];
  });
  return {
    matchedBy,
    pairs,
    unmatched: {
      left: left.cells.filter((cell) => !ofRight.has(keyOf(cell))),
      right: right.cells.filter((cell) => !keysOfLeft.has(keyOf(cell))),
    },
  };
}

const SHAPE: ReadonlySet<Axis> = new Set(['poolSize', 'maxOverflow']);

function axesThatVary(left: Axes, right: Axes): readonly Axis[] {
  const axes: readonly Axis[] = [
    'workload',
    'load',
    'dbRttMs',
    'maxConnections',
    'poolKind',
    'maxOverflow',
    'workers',
    'poolSize',
  ];
  return axes.filter((axis) => left[axis].length > 1 || right[axis].length > 1);
}
