import type { VNode } from 'preact';
import { ABSENT, formatCount, formatMs, formatRate } from '../../../../harness/report/format.ts';
import { VerdictBadge } from '../parts/badge.tsx';
import { caveatName } from '../parts/caveat-name.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Notice } from '../parts/notice.tsx';
import type { Cell } from '../sweep-types.ts';

type Round = Cell['rounds'][number];
type Measured = Extract<Round, { readonly state: 'measured' }>;
type Failed = Extract<Round, { readonly state: 'failed' }>;

/** Each measurement by itself, and those that did not come about. */
export function RoundsTable({ cell }: { readonly cell: Cell }): VNode {
  const measured = cell.rounds.filter((round): round is Measured => round.state === 'measured');
  const failed = cell.rounds.filter((round): round is Failed => round.state === 'failed');
  return (
    <div class="subsection">
      <h2>Rounds</h2>
      {failed.map(({ round, error }) => (
        <Notice key={round} tone="bad" title={`Round ${round} was not measured (${error.code})`}>
          <p>{error.message}</p>
          <p class="muted">{error.hint}</p>
        </Notice>
      ))}
      {measured.length === 0 ? (
        <p>None was measured.</p>
      ) : (
        <DataTable caption="The rounds one by one" columns={COLUMNS} rows={measured} />
      )}
    </div>
  );
}

const rate = (value: number | null): string => (value === null ? ABSENT : formatRate(value));

/** Whether the load had settled, so that a rate and a latency stand for something. */
const STEADY_WORDS: Readonly<Record<Measured['steadyState'], string>> = {
  steady: 'steady',
  level_shift: 'a step in it',
  drifting: 'drifting',
  overloaded: 'overloaded',
  insufficient: 'too short to tell',
  not_judged: 'not judged',
};

const COLUMNS: readonly Column<Measured>[] = [
  { name: 'Round', kind: 'number', cell: ({ round }) => round },
  { name: 'In time/s', kind: 'number', cell: ({ goodputPerSecond }) => rate(goodputPerSecond) },
  { name: 'Right/s', kind: 'number', cell: ({ throughputPerSecond }) => rate(throughputPerSecond) },
  { name: 'p50', kind: 'number', cell: ({ latencyMsP50 }) => formatMs(latencyMsP50) },
  { name: 'p99', kind: 'number', cell: ({ latencyMsP99 }) => formatMs(latencyMsP99) },
  { name: 'Failed', kind: 'number', cell: ({ failed }) => formatCount(failed) },
  { name: 'Refused', kind: 'number', cell: ({ refused }) => formatCount(refused) },
  { name: 'Seed', kind: 'number', cell: ({ seed }) => String(seed) },
  { name: 'Settled', kind: 'words', cell: ({ steadyState }) => STEADY_WORDS[steadyState] },
  {
    name: 'Verdict',
    kind: 'words',
    cell: ({ verdict, caveats }) => (
      <>
        <VerdictBadge verdict={verdict} />{' '}
        <span class="muted small">{caveats.map(caveatName).join(', ')}</span>
      </>
    ),
  },
];
