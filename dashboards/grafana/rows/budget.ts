import { METRICS } from '../../../server/contract.ts';
import { REFUSED_BY_POOLER, REFUSED_BY_POSTGRES } from '../../promql/refusals.ts';
import { LIMIT_COLOUR, OWNER_COLOURS } from '../colour.ts';
import type { RowSpec } from '../panel.ts';
import { ALL_WORKERS, api, rate } from '../series.ts';

const OWNERS = 'worker=~"monitor|others|unknown"';
const bound = (name: string) => `sum(${api(METRICS.budgetConnections, `bound="${name}"`)})`;
const refused = (matcher: string) =>
  `sum(${rate(api(METRICS.connectErrorsTotal, ALL_WORKERS, matcher))})`;

export const BUDGET_ROW: RowSpec = {
  title: 'Budget: do the connections fit into PostgreSQL?',
  lines: [
    {
      height: 9,
      panels: [
        {
          kind: 'series',
          title: 'Who has the slots?',
          shows:
            'Sessions as PostgreSQL has them, stacked by whose they are, with the reserved ones on top. The dashed lines are max_connections and what it would be if every pool were full.',
          advice:
            'The stack at the red line means refusals. The purple line above the red one means that refusals are only a matter of load, unless a PgBouncer is in between: lower workers × (pool_size + max_overflow). README: Budget.',
          width: 13,
          unit: 'short',
          stacked: true,
          colours: OWNER_COLOURS,
          queries: [
            {
              expr: `sum by (worker) (${api(METRICS.pgConnections, ALL_WORKERS)})`,
              legend: 'worker {{worker}}',
            },
            {
              expr: `sum by (worker) (${api(METRICS.pgConnections, OWNERS)})`,
              legend: '{{worker}}',
            },
            { expr: `sum(${api(METRICS.pgReservedConnections)})`, legend: 'reserved' },
            {
              expr: `sum(${api(METRICS.pgMaxConnections)})`,
              legend: 'max_connections',
              colour: LIMIT_COLOUR,
              isBound: true,
            },
            {
              expr: `${bound('ceiling')} + sum(${api(METRICS.pgMaxConnections)}) - ${bound('usable')}`,
              legend: 'if every pool were full',
              colour: 'purple',
              isBound: true,
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Would all pools fit?',
          shows:
            'What the API keeps (floor: workers × pool_size), what it can claim (ceiling: with overflow), and what PostgreSQL has for it (usable). No ceiling: the pools are unlimited.',
          advice:
            'The last number is how many slots would be missing or left with every pool full. Below 0 the deployment works until it is busy. A rolling deploy needs one more worker’s share for each worker that starts before an old one has ended. Behind PgBouncer its pools have to fit, not these.',
          width: 4,
          unit: 'short',
          noValue: 'not watched',
          steps: ['blue'],
          queries: [
            { expr: bound('floor'), legend: 'floor' },
            { expr: bound('ceiling'), legend: 'ceiling' },
            { expr: bound('usable'), legend: 'usable' },
            {
              expr: `${bound('usable')} - ${bound('ceiling')}`,
              legend: 'left if all are full',
              steps: ['red', [0, 'green']],
            },
          ],
        },
        {
          kind: 'series',
          title: 'How many connections are refused, and why?',
          shows:
            'Connections per second that could not be opened, by SQLSTATE and reason. 53300 is PostgreSQL without a slot: all slots, those reserved, or a limit of the role or the database. 08P01 comes from a PgBouncer, with PostgreSQL’s reason or its own.',
          advice:
            'too_many_clients and reserved_superuser: the budget is overdrawn, see the left panel. role_limit and database_limit: ALTER ROLE or ALTER DATABASE … CONNECTION LIMIT. pooler_clients: PgBouncer’s max_client_conn, PostgreSQL was not asked. refused_unknown: 53300 in words that are not known, as in another language. unavailable, auth: not exhaustion.',
          width: 7,
          unit: 'suffix:/s',
          queries: [
            {
              expr: `sum by (sqlstate, reason) (${rate(api(METRICS.connectErrorsTotal, ALL_WORKERS))}) > 0`,
              legend: '{{sqlstate}} {{reason}}',
            },
            {
              expr: refused(REFUSED_BY_POSTGRES),
              legend: 'all by PostgreSQL',
              colour: LIMIT_COLOUR,
            },
            {
              expr: refused(REFUSED_BY_POOLER),
              legend: 'all by PgBouncer',
              colour: 'purple',
            },
          ],
        },
      ],
    },
  ],
};
