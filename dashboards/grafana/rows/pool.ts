import { METRICS } from '../../../server/contract.ts';
import { LIMIT_COLOUR, POOL_STATE_COLOURS } from '../colour.ts';
import type { RowSpec } from '../panel.ts';
import { api, CHOSEN_WORKERS, quantile, rate } from '../series.ts';

const pool = (metric: string, ...matchers: readonly string[]) =>
  api(metric, CHOSEN_WORKERS, ...matchers);
const WAIT_BUCKETS = pool(`${METRICS.waitSeconds}_bucket`);

export const POOL_ROW: RowSpec = {
  title: 'Pool: who waits for whom?',
  lines: [
    {
      height: 8,
      panels: [
        {
          kind: 'series',
          title: 'What are the connections of the pools doing?',
          shows:
            'Connections of the chosen workers, idle and checked out, stacked; how many there are beyond pool_size, those included that are just being opened or closed; and the most the pools may open (none: unlimited).',
          advice:
            'All used and nobody waiting is a pool of the right size. All used and requests waiting: the pool is the limit. Much overflow for long: it is pool_size in truth, and costs a connect each time.',
          width: 8,
          unit: 'short',
          stacked: true,
          colours: POOL_STATE_COLOURS,
          queries: [
            {
              expr: `sum by (state) (${pool(METRICS.connectionCount, 'state="used"')})`,
              legend: '{{state}}',
            },
            {
              expr: `sum by (state) (${pool(METRICS.connectionCount, 'state="idle"')})`,
              legend: '{{state}}',
            },
            {
              expr: `sum(${pool(METRICS.connectionMax)})`,
              legend: 'most allowed',
              colour: LIMIT_COLOUR,
              isBound: true,
            },
            {
              expr: `sum(${pool(METRICS.overflowConnections)})`,
              legend: 'overflow, in whatever state',
              colour: 'purple',
              isBound: true,
            },
          ],
        },
        {
          kind: 'series',
          title: 'Which worker’s pool is full?',
          shows:
            'Peak of the connections checked out in the last 15 s, as a share of the most that worker may open. One line a worker.',
          advice:
            'One full and the others not: requests are spread unevenly, or that worker leaks. All full: the pools are too small, or what holds connections takes too long (hold time, row Requests).',
          width: 8,
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (worker) (${pool(METRICS.usedPeak)} / on (job, instance, worker) ${pool(METRICS.connectionMax)})`,
              legend: 'worker {{worker}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'How long is the queue?',
          shows:
            'Mean number of waiting requests from its integral, which is exact at any scrape interval, and the sum of the pools’ longest queues of the last 15 s.',
          advice:
            'A mean far below the peak: bursts, which a queue absorbs. A mean that stays or grows: more work arrives than these connections do. Mean queue = arrivals per second × mean wait (Little).',
          width: 8,
          unit: 'short',
          queries: [
            {
              expr: `sum(${rate(pool(METRICS.pendingSecondsTotal))})`,
              legend: 'mean',
              colour: 'orange',
            },
            { expr: `sum(${pool(METRICS.pendingPeak)})`, legend: 'peak', colour: 'red' },
          ],
        },
      ],
    },
    {
      height: 9,
      panels: [
        {
          kind: 'heatmap',
          title: 'How long do requests wait for a connection?',
          shows:
            'Checkouts per second by how long they waited, whatever came of it: the darker a cell, the more. A percentile hides what this shows: two groups, those who get a connection at once and those who do not.',
          advice:
            'A band that climbs is a queue that grows. A band at the pool’s timeout is requests that give up. Everything in the lowest row: nobody waits, and a larger pool changes nothing.',
          width: 12,
          unit: 's',
          queries: [{ expr: `sum by (le) (${rate(WAIT_BUCKETS)})`, legend: '{{le}}' }],
        },
        {
          kind: 'series',
          title: 'What is the usual wait, and the longest?',
          shows:
            'Median and p99 of the wait for a connection, all chosen workers together; estimated within the buckets of the panel on the left.',
          advice:
            'Median near 0 and a long p99: only some requests wait, in bursts or for one busy worker. Both long: everybody waits, and the queue is what users feel.',
          width: 6,
          unit: 's',
          queries: [
            { expr: quantile(0.5, WAIT_BUCKETS), legend: 'p50', colour: 'blue' },
            { expr: quantile(0.99, WAIT_BUCKETS), legend: 'p99', colour: 'orange' },
          ],
        },
        {
          kind: 'series',
          title: 'Which share of the time does somebody wait?',
          shows:
            'Share of time in which at least one request waited for a connection of that worker; from a counter, so that nothing between two scrapes is missed.',
          advice:
            'Near 100 % on all workers: saturated, look at the verdict for the cause. On one only: its requests take longer, or it gets more of them.',
          width: 6,
          unit: 'percentunit',
          max: 1,
          queries: [
            {
              expr: `max by (worker) (${rate(pool(METRICS.saturatedSecondsTotal))})`,
              legend: 'worker {{worker}}',
            },
          ],
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          kind: 'series',
          title: 'Is the wait near the pool’s timeout?',
          shows:
            'The p99 of the wait as a share of the time after which the pool gives up, worker by worker; estimated within a bucket, which may end beyond it. Nothing where the pool waits for ever.',
          advice:
            'Over 50 % timeouts come with the next burst. Shorten what holds the connections, or add some if PostgreSQL has slots; a longer timeout only makes people wait longer for the same answer.',
          width: 6,
          unit: 'percentunit',
          steps: ['green', [0.5, 'orange'], [1, 'red']],
          queries: [
            {
              expr: `max by (worker) (${quantile(0.99, WAIT_BUCKETS, ['job', 'instance', 'worker'])} / on (job, instance, worker) ${pool(METRICS.poolTimeoutSeconds)})`,
              legend: 'worker {{worker}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'How many requests does the pool give up?',
          shows:
            'Pool timeouts per second of each worker: the deadline passed, or the queue was full. PostgreSQL refused none of these.',
          advice:
            'See whether slots are left. If so, and no other line of the verdict is red, a larger pool helps; else take work away: shorter holds, fewer requests, a limit on the queue.',
          width: 6,
          unit: 'suffix:/s',
          queries: [
            {
              expr: `sum by (worker) (${rate(pool(METRICS.timeoutsTotal))})`,
              legend: 'worker {{worker}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'Why do connections come and go?',
          shows:
            'Connections opened per second, those opened beyond pool_size, and closed ones by reason.',
          advice:
            'Many closed for overflow: pool_size is too small for the usual load, and each request pays a connect. Many for error: PostgreSQL or the network ends them. For lifetime: recycling is set too short.',
          width: 6,
          unit: 'suffix:/s',
          queries: [
            {
              expr: `sum(${rate(pool(METRICS.connectionsOpenedTotal))})`,
              legend: 'opened',
              colour: 'green',
            },
            {
              expr: `sum(${rate(pool(METRICS.overflowOpenedTotal))})`,
              legend: 'opened as overflow',
              colour: 'purple',
            },
            {
              expr: `sum by (reason) (${rate(pool(METRICS.connectionsClosedTotal))})`,
              legend: 'closed: {{reason}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'What does opening a connection take?',
          shows:
            'Median and p99 of the time to open a connection, and of failing to, with TCP, authentication and the start of a backend.',
          advice:
            'Tens of milliseconds at every burst: keep connections instead of opening them (pool_size up, overflow down), or put PgBouncer in between. Rising with load: PostgreSQL’s host has no CPU left.',
          width: 6,
          unit: 's',
          queries: [
            {
              expr: quantile(0.5, pool(`${METRICS.createSeconds}_bucket`), ['result']),
              legend: '{{result}} p50',
            },
            {
              expr: quantile(0.99, pool(`${METRICS.createSeconds}_bucket`), ['result']),
              legend: '{{result}} p99',
            },
          ],
        },
      ],
    },
  ],
};
