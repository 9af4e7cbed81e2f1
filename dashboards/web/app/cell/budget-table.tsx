import type { VNode } from 'preact';
import {
  ABSENT,
  formatClaim,
  formatCount,
  formatUsable,
} from '../../../../harness/report/format.ts';
import type { Fit } from '../heat/budget-edges.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { useReport } from '../sweep-context.ts';
import type { Cell } from '../sweep-types.ts';

interface Row {
  readonly name: string;
  readonly predicted: string;
  readonly observed: string;
}

/** The arithmetic of the connections beside what PostgreSQL saw. */
export function BudgetTable({ cell }: { readonly cell: Cell }): VNode {
  const { view } = useReport();
  const { budget, connections, requests, refusalsLogged } = cell;
  // Of a service whose pools nobody told, what the arithmetic says is of no pool at all.
  const told = budget?.shapeKnown !== false;
  const predicted = view.budget(cell);
  const rows: readonly Row[] = [
    {
      name: 'Connections of the workers at most',
      predicted: told ? formatClaim(predicted.ceiling) : ABSENT,
      observed: connections === null ? ABSENT : formatCount(connections.peakWorkers),
    },
    {
      name: 'Reachable under this load',
      predicted: budget === null || !told ? ABSENT : formatClaim(budget.reachable),
      observed: ABSENT,
    },
    {
      name: 'While a deploy rolls out',
      predicted: told ? formatClaim(predicted.rolloutCeiling) : ABSENT,
      observed: ABSENT,
    },
    ...(predicted.clients === null
      ? []
      : [
          {
            name: 'Clients of PgBouncer at most',
            predicted: formatClaim(predicted.clients.ceiling),
            observed: ABSENT,
          },
          {
            name: 'Clients that it takes',
            predicted: formatCount(predicted.clients.clients),
            observed: ABSENT,
          },
        ]),
    { name: 'Usable slots', predicted: formatCount(predicted.usable), observed: ABSENT },
    {
      name: 'All clients together',
      predicted: ABSENT,
      observed: connections === null ? ABSENT : formatCount(connections.peakAll),
    },
    {
      name: 'Refusals',
      predicted: told ? yesNo(budget?.predictedRefusals) : ABSENT,
      observed:
        budget === null || (!budget.refusalsVisible && !budget.observedRefusals)
          ? ABSENT
          : `${yesNo(budget.observedRefusals)}${requests.refused === 0 ? '' : `, ${formatCount(requests.refused)}`}`,
    },
    ...(refusalsLogged === null
      ? []
      : [
          {
            name: "Refused by PostgreSQL's log",
            predicted: ABSENT,
            observed: formatCount(refusalsLogged),
          },
        ]),
  ];
  return (
    <div class="subsection">
      <h2>Connection budget</h2>
      <p>
        {told
          ? `${formatClaim(predicted.ceiling)} connections at most${clientsText(predicted)}, ${formatUsable(predicted.usable)}: ${fitText(predicted)}.`
          : `What the service may open was not told; ${formatUsable(predicted.usable)}.`}
        {budget === null || budget.agrees ? '' : ' What happened is not what the arithmetic says.'}
      </p>
      <DataTable caption="Predicted and observed connections" columns={COLUMNS} rows={rows} />
    </div>
  );
}

function clientsText({
  clients,
}: ReturnType<ReturnType<typeof useReport>['view']['budget']>): string {
  if (clients === null) return '';
  return ` behind PgBouncer, which takes ${formatCount(clients.clients)} of ${formatClaim(clients.ceiling)} clients`;
}

function fitText({ fits, fitsDuringRollout }: Fit): string {
  if (!fits) return 'it does not fit';
  return `it fits, ${fitsDuringRollout ? 'and would' : 'but would not'} while a deploy rolls out`;
}

function yesNo(is: boolean | undefined): string {
  return is === undefined ? ABSENT : is ? 'yes' : 'none';
}

const COLUMNS: readonly Column<Row>[] = [
  { name: 'Connections', kind: 'words', cell: ({ name }) => name },
  { name: 'Predicted', kind: 'number', cell: ({ predicted }) => predicted },
  { name: 'Observed', kind: 'number', cell: ({ observed }) => observed },
];
