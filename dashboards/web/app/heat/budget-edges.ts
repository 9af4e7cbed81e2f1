/** Whether a cell's claim of connections fits: in daily work, and while a deploy rolls out. */
export interface Fit {
  readonly fits: boolean;
  readonly fitsDuringRollout: boolean;
}

export type EdgeLine = 'budget' | 'rollout';

/** A side of a cell along which a line is drawn. */
export interface Edge {
  readonly side: 'left' | 'right' | 'bottom';
  readonly line: EdgeLine;
}

/** Left of the first column there would be no connection at all, which fits. */
const NOTHING: Fit = { fits: true, fitsDuringRollout: true };

/**
 * The sides of each cell where the budget's lines run: between what fits and what does not, and
 * dotted between what survives a rolling deploy and what does not. Where both run the budget's is drawn.
 */
export function budgetEdges(
  fits: readonly (readonly (Fit | null)[])[],
): readonly (readonly (readonly Edge[])[])[] {
  return fits.map((row, y) =>
    row.map((cell, x) => {
      const left = x === 0 ? between('left', NOTHING, cell) : [];
      const right = x + 1 < row.length ? between('right', cell, row[x + 1]) : [];
      return [...left, ...right, ...between('bottom', cell, fits[y + 1]?.[x])];
    }),
  );
}

function between(
  side: Edge['side'],
  a: Fit | null | undefined,
  b: Fit | null | undefined,
): readonly Edge[] {
  if (a === null || a === undefined || b === null || b === undefined) return [];
  if (a.fits !== b.fits) return [{ side, line: 'budget' }];
  return a.fitsDuringRollout === b.fitsDuringRollout ? [] : [{ side, line: 'rollout' }];
}
