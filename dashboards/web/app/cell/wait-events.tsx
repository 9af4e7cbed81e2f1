import type { VNode } from 'preact';
import { formatShare } from '../../../../harness/report/format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import type { Cell } from '../sweep-types.ts';

/** What the workers' backends were doing while they were busy. */
export function WaitEvents({ cell }: { readonly cell: Cell }): VNode | null {
  const rows = Object.entries(cell.waitEventShares)
    .map(([event, share]): WaitEvent => ({ event, share }))
    .sort((a, b) => b.share - a.share);
  if (rows.length === 0) return null;
  return (
    <div class="subsection">
      <h2>What PostgreSQL’s backends did</h2>
      <DataTable caption="Active backends by wait event" columns={COLUMNS} rows={rows} />
    </div>
  );
}

interface WaitEvent {
  readonly event: string;
  readonly share: number;
}

const COLUMNS: readonly Column<WaitEvent>[] = [
  { name: 'Wait event', kind: 'words', cell: ({ event }) => <code>{event}</code> },
  { name: 'Of the samples', kind: 'number', cell: ({ share }) => formatShare(share) },
];
