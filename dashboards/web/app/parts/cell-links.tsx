import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { situationText } from '../../../../harness/report/sweep/cell-words.ts';
import { useAppearance } from '../appearance.ts';
import { cellHref } from '../route.ts';
import { useReport } from '../sweep-context.ts';
import type { Cell } from '../sweep-types.ts';
import { ShapeName } from './shape-name.tsx';

/** More are a wall of names. */
const SHOWN = 6;

/** Names of cells, each leading to its page. */
export function CellLinks(props: {
  readonly ids: readonly string[];
  /** Whether they are of all situations, so that a shape alone does not name one. */
  readonly across?: boolean;
}): VNode {
  const { ids, across = false } = props;
  const { data, view } = useReport();
  const { situations, plan } = data.result;
  const nameOf = (cell: Cell): string =>
    across && situations.length > 1
      ? `${situationText(cell.variables, plan.axes)} ${view.name(cell)}`
      : view.name(cell);
  const { printing } = useAppearance();
  const [all, setAll] = useState(false);
  const shown = all || printing || ids.length === SHOWN + 1 ? ids : ids.slice(0, SHOWN);
  return (
    <>
      {shown.map((id, index) => {
        const cell = view.cell(id);
        return (
          <span key={id}>
            {index === 0 ? '' : ', '}
            <a href={cellHref(id)}>
              <ShapeName text={cell === null ? id : nameOf(cell)} />
            </a>
          </span>
        );
      })}
      {shown.length === ids.length ? null : (
        <>
          {' '}
          <button type="button" class="screen-only more" onClick={() => setAll(true)}>
            {ids.length - shown.length} more
          </button>
        </>
      )}
    </>
  );
}
