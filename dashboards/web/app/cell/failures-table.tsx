import type { VNode } from 'preact';
import { formatCount, formatShare } from '../../../../harness/report/format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import type { Cell } from '../sweep-types.ts';

interface Cause {
  readonly cause: string;
  readonly count: number;
  readonly share: number;
}

/** Why requests came to no right answer. */
export function FailuresTable({ cell }: { readonly cell: Cell }): VNode {
  const { failures, requests } = cell;
  const causes = Object.entries(failures)
    .map(([cause, count]): Cause => ({ cause, count, share: shareOf(count, requests.scheduled) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
  return (
    <div class="subsection">
      <h2>Errors</h2>
      {causes.length === 0 ? (
        <p>
          {requests.scheduled === 0
            ? 'Nothing was asked.'
            : `None in ${formatCount(requests.scheduled)} requests.`}
        </p>
      ) : (
        <DataTable caption="Failed requests by cause" columns={COLUMNS} rows={causes} />
      )}
    </div>
  );
}

function shareOf(count: number, of: number): number {
  return of === 0 ? 0 : count / of;
}

const COLUMNS: readonly Column<Cause>[] = [
  { name: 'Cause', kind: 'words', cell: ({ cause }) => <code>{cause}</code> },
  { name: 'Requests', kind: 'number', cell: ({ count }) => formatCount(count) },
  { name: 'Of all', kind: 'number', cell: ({ share }) => formatShare(share) },
];
