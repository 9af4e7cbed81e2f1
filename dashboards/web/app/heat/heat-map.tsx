import type { VNode } from 'preact';
import { useId, useMemo, useRef, useState } from 'preact/hooks';
import { panelText } from '../../../../harness/report/sweep/cell-words.ts';
import { useReport } from '../sweep-context.ts';
import type { Cell, Panel, Situation } from '../sweep-types.ts';
import { budgetEdges } from './budget-edges.ts';
import { standingOf } from './cell-label.ts';
import { firstOf, type GridPosition, gridStep } from './grid-step.ts';
import { HeatCell } from './heat-cell.tsx';
import { HeatReadout } from './heat-readout.tsx';
import type { HeatScale } from './heat-scale.ts';
import type { Measure } from './measures.ts';
import { panelGrid, poolSizeText } from './panel-grid.ts';

interface HeatMapProps {
  readonly panel: Panel;
  readonly situation: Situation;
  readonly measure: Measure;
  readonly scale: HeatScale | null;
}

/** Workers down, pool size across; the Tab key stops at it once, arrow keys walk through it. */
export function HeatMap({ panel, situation, measure, scale }: HeatMapProps): VNode {
  const { view } = useReport();
  const titleId = useId();
  const table = useRef<HTMLTableElement>(null);
  const grid = useMemo(() => panelGrid(panel, view), [panel, view]);
  const edges = useMemo(() => budgetEdges(grid.fits), [grid]);
  const occupied = grid.cells.map((row) => row.map((cell) => cell !== null));
  const [stop, setStop] = useState<GridPosition>(
    () => placeOf(grid.cells, situation.best) ?? firstOf(occupied) ?? { row: 0, column: 0 },
  );
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.shiftKey) return;
    const far = event.ctrlKey || event.metaKey;
    const next = gridStep(occupied, stop, { key: event.key, far });
    if (next === null) return;
    event.preventDefault();
    setStop(next);
    linkAt(table.current, next)?.focus();
  };
  const first = grid.cells.flat().find((cell) => cell !== null) ?? null;
  const slots = first === null ? null : view.budget(first).usable;
  return (
    <figure class="heat-panel">
      <figcaption id={titleId}>{panelText(panel, slots)}</figcaption>
      <div class="table-scroll">
        <table
          ref={table}
          class="heat-map"
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: arrow keys walk through it
          role="grid"
          aria-labelledby={titleId}
          data-measure={measure.name}
          onKeyDown={onKeyDown}
        >
          <thead>
            <tr>
              <td />
              <th class="axis-name" scope="colgroup" colSpan={grid.poolSizes.length}>
                pool size
              </th>
            </tr>
            <tr>
              <th scope="col" class="axis-name">
                workers
              </th>
              {grid.poolSizes.map((size) => (
                <th key={size} scope="col">
                  {panel.poolKind === 'null' ? 'none' : poolSizeText(size)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {grid.cells.map((row, y) => (
              <tr key={grid.workers[y]}>
                <th scope="row">{grid.workers[y]}</th>
                {row.map((cell, x) => (
                  <HeatCell
                    key={grid.poolSizes[x]}
                    cell={cell}
                    standing={cell === null ? null : standingOf(cell, situation)}
                    fit={grid.fits[y]?.[x] ?? null}
                    edges={edges[y]?.[x] ?? []}
                    measure={measure}
                    scale={scale}
                    stop={stop.row === y && stop.column === x}
                    onFocus={() => setStop({ row: y, column: x })}
                  />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <HeatReadout table={table} />
    </figure>
  );
}

function placeOf(
  cells: readonly (readonly (Cell | null)[])[],
  id: string | null,
): GridPosition | undefined {
  return cells
    .flatMap((row, y) => row.map((cell, x) => ({ row: y, column: x, id: cell?.id ?? null })))
    .find((place) => id !== null && place.id === id);
}

function linkAt(table: HTMLTableElement | null, place: GridPosition): HTMLElement | null {
  const row = table?.tBodies[0]?.rows[place.row];
  return row?.cells[place.column + 1]?.querySelector('a') ?? null;
}
