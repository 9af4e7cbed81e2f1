import { METRICS } from '../../../server/contract.ts';
import { SESSION_STATE_COLOURS, WAIT_EVENT_COLOURS } from '../colour.ts';
import type { RowSpec } from '../panel.ts';
import { ALL_WORKERS, api, average, rate } from '../series.ts';

const IDLE_IN_TRANSACTION = 'state=~"idle_in_transaction|idle_in_transaction_aborted"';

export const SERVER_ROW: RowSpec = {
  title: 'PostgreSQL: what do the sessions do?',
  lines: [
    {
      height: 8,
      panels: [
        {
          kind: 'series',
          title: 'In which state are the API’s sessions?',
          shows: 'The API’s sessions by the state PostgreSQL has them in, stacked.',
          advice:
            'Mostly idle while requests wait: the connections are not where the waiting requests are, or they leak. Mostly active: PostgreSQL works, see what they wait for. Red: transactions left open.',
          width: 8,
          unit: 'short',
          stacked: true,
          colours: SESSION_STATE_COLOURS,
          queries: [
            {
              expr: `sum by (state) (${api(METRICS.pgConnections, ALL_WORKERS)})`,
              legend: '{{state}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'What do the active sessions wait for?',
          shows:
            'The API’s active sessions by PostgreSQL’s wait event type, stacked, averaged over the window; none is running, or waiting for a CPU.',
          advice:
            'Lock: they queue for the same rows, and a larger pool only lengthens that queue. LWLock or none on more sessions than cores: too many at once. IO: disk. Client: the API is slow to take the rows.',
          width: 8,
          unit: 'short',
          stacked: true,
          colours: WAIT_EVENT_COLOURS,
          queries: [
            {
              expr: `sum by (wait_event_type) (${average(api(METRICS.pgActiveConnections))})`,
              legend: '{{wait_event_type}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'Who keeps transactions open without working?',
          shows:
            'Sessions idle in a transaction by worker, averaged over the window. Each holds its slot, its locks and old row versions.',
          advice:
            'A few for a moment are round trips between statements. Many that stay: a remote call or a computation inside a transaction. Move it out, and set idle_in_transaction_session_timeout.',
          width: 8,
          unit: 'short',
          queries: [
            {
              expr: `sum by (worker) (${average(api(METRICS.pgConnections, ALL_WORKERS, IDLE_IN_TRANSACTION))})`,
              legend: 'worker {{worker}}',
            },
          ],
        },
      ],
    },
    {
      height: 7,
      panels: [
        {
          kind: 'series',
          title: 'How many transactions end, and how?',
          shows:
            'Commits and rollbacks per second in the API’s database, by PostgreSQL’s own count. It is told late: a second after they ended, and many seconds where a statement touches no table, as those of workload hold.',
          advice:
            'Commits that fall as connections rise: PostgreSQL is past its best. Many rollbacks: errors, see row Requests, or a reset on every return.',
          width: 12,
          unit: 'suffix:/s',
          queries: [
            {
              expr: `sum by (result) (${rate(api(METRICS.pgTransactionsTotal))})`,
              legend: '{{result}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'How many sessions begin?',
          shows:
            'New backends per second by PostgreSQL’s own count (PostgreSQL 14 and later), beside the connections the pools opened.',
          advice:
            'A backend costs milliseconds of CPU and its memory. Many each second: the pools do not keep what they need, or something connects without a pool. More than the pools opened: it is somebody else.',
          width: 12,
          unit: 'suffix:/s',
          queries: [
            { expr: `sum(${rate(api(METRICS.pgSessionsTotal))})`, legend: 'PostgreSQL' },
            {
              expr: `sum(${rate(api(METRICS.connectionsOpenedTotal, ALL_WORKERS))})`,
              legend: 'pools',
            },
          ],
        },
      ],
    },
  ],
};
