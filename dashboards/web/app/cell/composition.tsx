import type { VNode } from 'preact';
import { formatMs, formatShare } from '../../../../harness/report/format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import type { Cell } from '../sweep-types.ts';

type Composed = Cell['composition'][number];
type Part = keyof Composed['partsMs'];

/** In the order in which a request goes through them. */
const PARTS: readonly { readonly part: Part; readonly name: string }[] = [
  { part: 'lag', name: 'generator' },
  { part: 'wait', name: 'wait for a connection' },
  { part: 'connect', name: 'connect' },
  { part: 'db', name: 'PostgreSQL' },
  { part: 'loop', name: 'event loop' },
  { part: 'rest', name: 'rest' },
];

/** Narrower pieces have no room for their name. */
const NAMED_FROM_SHARE = 0.16;

/** Where the time of typical and of slow requests goes. */
export function Composition({ cell }: { readonly cell: Cell }): VNode | null {
  const { composition, rounds, series } = cell;
  if (composition.length === 0) return null;
  return (
    <div class="subsection">
      <h2>Where the time goes</h2>
      <p class="muted small">
        What requests of about that latency are made of; the parts of a bar add up to it.
        {rounds.length > 1 ? ` Of ${roundName(series)} alone; above are all rounds together.` : ''}
      </p>
      <ul class="legend" aria-hidden="true">
        {PARTS.map(({ part, name }) => (
          <li key={part}>
            <span class="part-key" data-part={part} />
            {name}
          </li>
        ))}
      </ul>
      <div class="bars" aria-hidden="true">
        {composition.map((composed) => (
          <Bar key={composed.quantile} composed={composed} />
        ))}
      </div>
      <DataTable caption="Parts of the latency" columns={COLUMNS} rows={composition} />
    </div>
  );
}

/** What cannot be merged is told of the round in the middle, as the series is. */
function roundName(series: Cell['series']): string {
  return series === null ? 'the round in the middle' : `round ${series.round}`;
}

function Bar({ composed }: { readonly composed: Composed }): VNode {
  const { quantile, latencyMs, partsMs } = composed;
  const total = PARTS.reduce((sum, { part }) => sum + partsMs[part], 0);
  return (
    <>
      <span class="muted">{quantile}</span>
      <div class="bar">
        {PARTS.map(({ part, name }) => {
          const share = total === 0 ? 0 : partsMs[part] / total;
          if (share === 0) return null;
          return (
            <span key={part} data-part={part} style={{ width: `${(share * 100).toFixed(2)}%` }}>
              {share >= NAMED_FROM_SHARE ? (
                <span class="bar-label">{`${name} ${formatShare(share)}`}</span>
              ) : null}
            </span>
          );
        })}
      </div>
      <span>{formatMs(latencyMs)}</span>
    </>
  );
}

const COLUMNS: readonly Column<Composed>[] = [
  { name: 'Requests at', kind: 'words', cell: ({ quantile }) => quantile },
  { name: 'Latency', kind: 'number', cell: ({ latencyMs }) => formatMs(latencyMs) },
  ...PARTS.map(
    ({ part, name }): Column<Composed> => ({
      name,
      kind: 'number',
      cell: ({ partsMs }) => formatMs(partsMs[part]),
    }),
  ),
];
