import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { panelGrid } from '../heat/panel-grid.ts';
import { cellHref } from '../route.ts';
import { useReport } from '../sweep-context.ts';
import type { Cell } from '../sweep-types.ts';
import { neighboursOf } from './neighbour-cells.ts';

/** On to the configurations next to this one. */
export function Neighbours({ cell }: { readonly cell: Cell }): VNode | null {
  const { data, view } = useReport();
  const found = useMemo(
    () =>
      data.result.situations
        .flatMap(({ panels }) => panels)
        .filter((panel) => panel.cells.some((row) => row.includes(cell.id)))
        .flatMap((panel) => neighboursOf(panelGrid(panel, view), cell.id)),
    [cell, view],
  );
  if (found.length === 0) return null;
  return (
    <nav class="contents screen-only" aria-label="Next to this configuration">
      <ul>
        {found.map(({ direction, cell: next }) => (
          <li key={direction}>
            <span class="muted">{direction}:</span>{' '}
            <a href={cellHref(next.id)}>{view.name(next)}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
