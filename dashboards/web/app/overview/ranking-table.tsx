import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import {
  ABSENT,
  formatClaim,
  formatMs,
  formatRate,
  formatShare,
} from '../../../../harness/report/format.ts';
import { STATE_WORDS } from '../../../../harness/report/sweep/cell-words.ts';
import type { SweepView } from '../../../../harness/report/sweep/sweep-view.ts';
import { useAppearance } from '../appearance.ts';
import { failedShare } from '../heat/measures.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Estimate } from '../parts/estimate.tsx';
import { ratioText, timesText } from '../parts/ratio-text.ts';
import { ShapeName } from '../parts/shape-name.tsx';
import { cellHref } from '../route.ts';
import { useReport } from '../sweep-context.ts';
import type { Cell, Situation } from '../sweep-types.ts';

/** Rows shown before the reader asks for all. */
const SHOWN = 10;

/** Usable cells by goodput, then the others: nothing that was measured is left out. */
export function RankingTable({ situation }: { readonly situation: Situation }): VNode {
  const { view } = useReport();
  const { printing } = useAppearance();
  const [all, setAll] = useState(false);
  const cells = view.cellsOf(situation).toSorted((a, b) => placeOf(a) - placeOf(b));
  const shown = all || printing ? cells : cells.slice(0, SHOWN);
  return (
    <div class="subsection">
      <h3>Ranking</h3>
      <DataTable
        caption="Configurations by answers in time per second"
        columns={columnsFor(view)}
        rows={shown}
      />
      {shown.length === cells.length ? null : (
        <p class="screen-only">
          <button type="button" onClick={() => setAll(true)}>
            Show all {cells.length}
          </button>
        </p>
      )}
    </div>
  );
}

function placeOf({ rank }: Cell): number {
  return rank ?? Number.POSITIVE_INFINITY;
}

function columnsFor(view: SweepView): readonly Column<Cell>[] {
  return [
    {
      name: 'Configuration',
      kind: 'words',
      cell: (cell) => (
        <a href={cellHref(cell.id)}>
          <ShapeName text={view.name(cell)} />
        </a>
      ),
    },
    { name: 'Rank', kind: 'number', cell: ({ rank }) => rank ?? ABSENT },
    {
      name: 'In time/s',
      kind: 'number',
      cell: ({ goodputPerSecond }) => <Estimate of={goodputPerSecond} format={formatRate} />,
    },
    {
      name: 'p99',
      kind: 'number',
      cell: ({ latencyMsP99 }) => <Estimate of={latencyMsP99} format={formatMs} />,
    },
    {
      name: 'Failed',
      kind: 'number',
      cell: (cell) => {
        const share = failedShare(cell);
        return share === null ? ABSENT : formatShare(share);
      },
    },
    {
      name: 'Connections',
      kind: 'number',
      cell: (cell) => formatClaim(view.budget(cell).ceiling),
    },
    {
      name: 'Against the best',
      kind: 'words',
      cell: ({ againstBest, state, rank }) => {
        if (state !== 'usable') return STATE_WORDS[state];
        if (againstBest !== null) {
          return (
            <>
              {timesText(againstBest)} <span class="muted">{ratioText(againstBest)}</span>
            </>
          );
        }
        return rank === null ? ABSENT : 'the best';
      },
    },
  ];
}
