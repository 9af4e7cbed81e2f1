import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { useAppearance } from '../appearance.ts';
import { cellHref } from '../route.ts';
import { useReport } from '../sweep-context.ts';

/** More are a wall of names. */
const SHOWN = 6;

/** Names of cells, each leading to its page. */
export function CellLinks({ ids }: { readonly ids: readonly string[] }): VNode {
  const { view } = useReport();
  const { printing } = useAppearance();
  const [all, setAll] = useState(false);
  const shown = all || printing ? ids : ids.slice(0, SHOWN);
  return (
    <>
      {shown.map((id, index) => {
        const cell = view.cell(id);
        return (
          <span key={id}>
            {index === 0 ? '' : ', '}
            <a href={cellHref(id)}>{cell === null ? id : view.name(cell)}</a>
          </span>
        );
      })}
      {shown.length === ids.length ? null : (
        <>
          {' '}
          <button type="button" class="screen-only" onClick={() => setAll(true)}>
            {ids.length - shown.length} more
          </button>
        </>
      )}
    </>
  );
}
