import { METRICS } from '../../../server/contract.ts';
import { REFUSED_BY_POOLER } from '../../promql/refusals.ts';
import type { RowSpec } from '../panel.ts';
import { ALL_WORKERS, api, rate } from '../series.ts';

export const PGBOUNCER_ROW: RowSpec = {
  title: 'PgBouncer, where there is one: does the queue stand there?',
  folded: true,
  lines: [
    {
      height: 8,
      panels: [
        {
          kind: 'series',
          title: 'Do clients wait at PgBouncer?',
          shows:
            'PgBouncer’s client connections to the API’s database: linked to a server connection (active), or waiting for one.',
          advice:
            'Waiting here while the API’s pools have idle connections: default_pool_size is the limit. The wait is inside the API’s hold time then, and its pool metrics look healthy.',
          width: 6,
          unit: 'short',
          colours: { active: 'green', waiting: 'red' },
          queries: [
            {
              expr: `sum by (state) (${api(METRICS.pgbouncerClients)})`,
              legend: '{{state}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'What does PgBouncer have at PostgreSQL?',
          shows:
            'PgBouncer’s own connections to PostgreSQL by state, stacked: these are what takes slots.',
          advice:
            'All active and clients waiting: its pool is full. Raise default_pool_size as far as PostgreSQL has slots and cores for it; many in login: PostgreSQL is slow to accept, or refuses.',
          width: 6,
          unit: 'short',
          stacked: true,
          colours: { active: 'orange', idle: 'blue', login: 'yellow' },
          queries: [
            {
              expr: `sum by (state) (${api(METRICS.pgbouncerServers)})`,
              legend: '{{state}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'How long has the first in line waited?',
          shows: 'How long the oldest waiting client has waited for a server connection.',
          advice:
            'Growing second by second: nothing is given back. Look for transactions left open in row PostgreSQL; in transaction pooling they keep their server connection to the end.',
          width: 6,
          unit: 's',
          queries: [
            { expr: `max(${api(METRICS.pgbouncerMaxWaitSeconds)})`, legend: 'longest wait' },
          ],
        },
        {
          kind: 'series',
          title: 'Does PgBouncer refuse clients?',
          shows:
            'Connections per second that PgBouncer refused because it has max_client_conn clients, or as many as it takes for this user or database.',
          advice:
            'PostgreSQL was not asked, and its slots have nothing to do with it: raise max_client_conn to what all pools together may open, or make the pools smaller. A client costs PgBouncer a few kB.',
          width: 6,
          unit: 'suffix:/s',
          queries: [
            {
              expr: `sum(${rate(api(METRICS.connectErrorsTotal, ALL_WORKERS, REFUSED_BY_POOLER))})`,
              legend: 'refused',
              colour: 'red',
            },
          ],
        },
      ],
    },
  ],
};
