import type { VNode } from 'preact';
import { ABSENT } from '../../../../harness/report/format.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { useReport } from '../sweep-context.ts';
import type { Line, Situation, Sweep } from '../sweep-types.ts';

/** Line by line: up to which pool size it fits, as predicted and as observed, and where more stops helping. */
export function LinesTable({ situation }: { readonly situation: Situation }): VNode | null {
  const { axes } = useReport().data.result.plan;
  const lines = situation.frontier.filter(({ poolKind }) => poolKind !== 'null');
  if (lines.length === 0) return null;
  return (
    <div class="subsection">
      <h3>How far each line goes</h3>
      <p class="muted small prose">
        The largest measured pool size that the arithmetic lets fit, the largest up to which
        PostgreSQL refused no connection, and the knee: the smallest with at least 97 % of the
        line’s highest throughput.
      </p>
      <DataTable
        caption="Largest usable pool size of each line, and its knee"
        columns={columnsFor(situation, axes)}
        rows={lines}
      />
    </div>
  );
}

function columnsFor(situation: Situation, axes: Sweep['plan']['axes']): readonly Column<Line>[] {
  return [
    { name: 'Line', kind: 'words', cell: (line) => lineText(line, axes) },
    { name: 'Fits, predicted', kind: 'number', cell: (line) => sizeText(line.predictedSteady) },
    { name: 'Fits, observed', kind: 'number', cell: (line) => sizeText(line.observedSteady) },
    {
      name: 'In a deploy, predicted',
      kind: 'number',
      cell: (line) => sizeText(line.predictedRollout),
    },
    // Only trials with a rolling restart observe one.
    ...(situation.frontier.every(({ observedRollout }) => observedRollout === null)
      ? []
      : [
          {
            name: 'In a deploy, observed',
            kind: 'number' as const,
            cell: (line: Line) => sizeText(line.observedRollout),
          },
        ]),
    { name: 'Knee', kind: 'number', cell: (line) => sizeText(kneeOf(situation, line)) },
  ];
}

function sizeText(poolSize: number | null): string {
  return poolSize === null ? ABSENT : poolSize === 0 ? 'unlimited' : String(poolSize);
}

/** `4 × (n+10)`: the line's shapes, whose pool size is what the columns tell. */
function lineText(line: Line, axes: Sweep['plan']['axes']): string {
  const { workers, maxConnections, poolKind, maxOverflow } = line;
  return [
    `${workers} × (n+${maxOverflow === -1 ? 'unlimited' : maxOverflow})`,
    poolKind === 'plain' && axes.poolKind.length > 1 ? ' of pg-pool as it comes' : '',
    axes.maxConnections.length > 1 ? ` at max_connections ${maxConnections}` : '',
  ].join('');
}

function kneeOf({ knees }: Situation, line: Line): number | null {
  const knee = knees.find(
    ({ maxConnections, poolKind, maxOverflow, workers }) =>
      maxConnections === line.maxConnections &&
      poolKind === line.poolKind &&
      maxOverflow === line.maxOverflow &&
      workers === line.workers,
  );
  return knee?.poolSize ?? null;
}
