import type { VNode } from 'preact';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import type { Cell } from '../sweep-types.ts';

type Threshold = Cell['thresholds'][number];

export function CellThresholds({ cell }: { readonly cell: Cell }): VNode | null {
  if (cell.thresholds.length === 0) return null;
  return (
    <div class="subsection">
      <h2>Thresholds</h2>
      <DataTable caption="What was asked for" columns={COLUMNS} rows={cell.thresholds} />
    </div>
  );
}

const COLUMNS: readonly Column<Threshold>[] = [
  { name: 'Threshold', kind: 'words', cell: ({ expression }) => <code>{expression}</code> },
  {
    name: 'Met',
    kind: 'words',
    cell: ({ met }) => <Badge tone={met ? 'good' : 'bad'}>{met ? 'met' : 'missed'}</Badge>,
  },
  { name: 'Why', kind: 'words', cell: ({ detail }) => detail },
];
