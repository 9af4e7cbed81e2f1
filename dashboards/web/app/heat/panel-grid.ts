import type { SweepView } from '../../../../harness/report/sweep/sweep-view.ts';
import type { Cell, Panel } from '../sweep-types.ts';
import type { Fit } from './budget-edges.ts';

/** A panel as it is drawn: rows of workers, columns of pool sizes. */
export interface PanelGrid {
  readonly workers: readonly number[];
  readonly poolSizes: readonly number[];
  readonly cells: readonly (readonly (Cell | null)[])[];
  readonly fits: readonly (readonly (Fit | null)[])[];
}

/** Unlimited pools are called 0 and hold the most: they are the last column. */
export function panelGrid(panel: Panel, view: Pick<SweepView, 'cell' | 'budget'>): PanelGrid {
  const order = panel.poolSizes
    .map((poolSize, column) => ({ poolSize, column }))
    .sort((a, b) => sizeOf(a.poolSize) - sizeOf(b.poolSize));
  const cells = panel.cells.map((row) => order.map(({ column }) => view.cell(row[column] ?? null)));
  return {
    workers: panel.workers,
    poolSizes: order.map(({ poolSize }) => poolSize),
    cells,
    fits: cells.map((row) => row.map((cell) => (cell === null ? null : view.budget(cell)))),
  };
}

function sizeOf(poolSize: number): number {
  return poolSize === 0 ? Number.POSITIVE_INFINITY : poolSize;
}

/** The head of a column. */
export function poolSizeText(poolSize: number): string {
  return poolSize === 0 ? '∞' : String(poolSize);
}
