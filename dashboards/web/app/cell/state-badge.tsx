import type { VNode } from 'preact';
import { STATE_WORDS } from '../../../../harness/report/sweep/cell-words.ts';
import { Badge } from '../parts/badge.tsx';
import { Icon } from '../parts/icon.tsx';
import type { Cell } from '../sweep-types.ts';

export function StateBadge({ cell }: { readonly cell: Cell }): VNode {
  const { state } = cell;
  if (state === 'usable') return <Badge tone="good">{STATE_WORDS.usable}</Badge>;
  return (
    <Badge tone={state === 'not_measured' ? 'plain' : 'bad'}>
      <Icon name={state} />
      {STATE_WORDS[state]}
    </Badge>
  );
}
