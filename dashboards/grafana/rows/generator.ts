import { HARNESS_METRICS, METRICS } from '../../../server/contract.ts';
import { CPU_PART_COLOURS, LIMIT_COLOUR } from '../colour.ts';
import { DIAGNOSIS_BOUNDS } from '../diagnoses.ts';
import type { RowSpec } from '../panel.ts';
import { ALL_WORKERS, api, load, rate } from '../series.ts';

export const GENERATOR_ROW: RowSpec = {
  title: 'Generator and host: can the numbers be believed?',
  lines: [
    {
      height: 8,
      panels: [
        {
          kind: 'series',
          title: 'Is everything asked for answered?',
          shows:
            'The load’s own account: requests that were due per second, right answers, right answers within the deadline, and those never sent because of a cap.',
          advice:
            'Offered above right: the rest fails, waits or is dropped. Dropped ones are in no latency, so latencies are "at least" then. README: Closed and open load.',
          width: 8,
          unit: 'reqps',
          queries: [
            {
              expr: `sum(${rate(load(HARNESS_METRICS.offeredTotal))})`,
              legend: 'offered',
              colour: 'blue',
            },
            {
              expr: `sum(${rate(load(HARNESS_METRICS.endedTotal, 'result="ok"'))})`,
              legend: 'right',
              colour: 'green',
            },
            {
              expr: `sum(${rate(load(HARNESS_METRICS.goodTotal))})`,
              legend: 'right in time',
              colour: 'purple',
            },
            {
              expr: `sum(${rate(load(HARNESS_METRICS.droppedTotal))})`,
              legend: 'dropped',
              colour: 'red',
            },
          ],
        },
        {
          kind: 'series',
          title: 'How do requests end for the clients?',
          shows:
            'Requests per second that did not end with a right answer, by error class or by how they ended without one, as the clients count them.',
          advice:
            'timeout, lost, connection_error: the API did not answer at all, so it counts none of these. The classes of row Requests must agree with the rest.',
          width: 8,
          unit: 'suffix:/s',
          queries: [
            {
              expr: `sum by (result) (${rate(load(HARNESS_METRICS.endedTotal, 'result!="ok"'))})`,
              legend: '{{result}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'What do the clients see?',
          shows:
            'Median, p99 and maximum of right answers in the last second, from the moment a request was due.',
          advice:
            'This is what users feel. Where it lies far above the API’s own times (row Requests), requests wait where the API cannot see it: in sockets, in a busy event loop, in a late generator.',
          width: 8,
          unit: 's',
          queries: [
            {
              expr: `max by (percentile) (${load(HARNESS_METRICS.latencySeconds)})`,
              legend: 'quantile {{percentile}}',
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
          title: 'How many requests are in flight?',
          shows:
            'Requests that were due and have not ended: on the wire, between two attempts, or waiting for a connection of the generator.',
          advice:
            'Growing at a constant rate of arrivals is overload: less is answered than asked for, and no latency of that time describes anything. In a closed loop it stays at the number of clients.',
          width: 6,
          unit: 'short',
          queries: [{ expr: `sum(${load(HARNESS_METRICS.inFlight)})`, legend: 'in flight' }],
        },
        {
          kind: 'series',
          title: 'Is the generator late?',
          shows:
            'How late the generator took requests up in the last second, through its own fault: median, p99, maximum.',
          advice:
            'A p99 over 5 ms makes a trial doubtful, over 25 ms invalid. Give the generator a core, or ask for less. README: How to distrust these numbers.',
          width: 6,
          unit: 's',
          steps: ['green', [0.005, 'orange'], [0.025, 'red']],
          queries: [
            {
              expr: `max by (percentile) (${load(HARNESS_METRICS.dispatchLagSeconds)})`,
              legend: 'quantile {{percentile}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'Has the generator time left?',
          shows: 'Busy share of the generator’s event loop in the last second.',
          advice:
            'Over 70 % a trial is doubtful, over 90 % it is a failed measurement: what looks like a slow API is then a slow generator.',
          width: 6,
          unit: 'percentunit',
          max: 1,
          steps: ['green', [0.7, 'orange'], [0.9, 'red']],
          queries: [{ expr: `max(${load(HARNESS_METRICS.utilizationRatio)})`, legend: 'busy' }],
        },
        {
          kind: 'series',
          title: 'Is a worker too busy to answer?',
          shows:
            'How late the event loop of each worker was in the last half second: median and p99.',
          advice:
            'A median over 2 ms: the process is the limit, not the pool. Requests wait before they even ask for a connection, and connections stay checked out longer. A p99 alone: pauses, or a machine without CPU left.',
          width: 6,
          unit: 's',
          steps: ['green', [DIAGNOSIS_BOUNDS.eventLoopDelaySeconds, 'orange']],
          queries: ['0.5', '0.99'].map((percentile) => ({
            expr: `max by (worker) (${api(METRICS.eventLoopDelaySeconds, ALL_WORKERS, `percentile="${percentile}"`)})`,
            legend: `worker {{worker}} ${percentile === '0.5' ? 'median' : 'p99'}`,
          })),
        },
      ],
    },
    {
      height: 8,
      panels: [
        {
          kind: 'series',
          title: 'Who has the CPU?',
          shows: 'Cores’ worth of CPU time of PostgreSQL, the API and the generator, stacked.',
          advice:
            'The stack at the number of cores: the machine is full, and who has most of it is the bottleneck. One worker has one thread: the API at as many cores as it has workers is at its limit.',
          width: 8,
          unit: 'suffix:cores',
          stacked: true,
          colours: CPU_PART_COLOURS,
          queries: [
            {
              expr: `sum by (part) (${rate(load(HARNESS_METRICS.cpuSecondsTotal))})`,
              legend: '{{part}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'Do processes wait for a CPU?',
          shows:
            'Share of time in which some process of the host wanted to run and got no CPU (Linux’s pressure stall information; none elsewhere).',
          advice:
            'Over 75 % all of this machine’s latencies are too long. Stop what else runs here, or measure on more cores; do not change a pool because of it.',
          width: 8,
          unit: 'percentunit',
          max: 1,
          steps: ['green', [0.75, 'orange']],
          queries: [
            {
              expr: `max(${rate(load(HARNESS_METRICS.cpuPressureSecondsTotal))})`,
              legend: 'waiting for CPU',
              colour: LIMIT_COLOUR,
            },
          ],
        },
        {
          kind: 'series',
          title: 'How old are these numbers?',
          shows:
            'Age of each worker’s snapshot and of the sample of PostgreSQL’s side when they were scraped.',
          advice:
            'A worker whose age grows is blocked: its other numbers stand still, and it answers nobody. Find what runs in it without a pause. A growing age of PostgreSQL: nobody watches it any more.',
          width: 8,
          unit: 's',
          steps: ['green', [DIAGNOSIS_BOUNDS.snapshotAgeSeconds, 'orange']],
          queries: [
            {
              expr: `max by (worker) (${api(METRICS.snapshotAgeSeconds, ALL_WORKERS)})`,
              legend: 'worker {{worker}}',
            },
            { expr: `max(${api(METRICS.pgSampleAgeSeconds)})`, legend: 'PostgreSQL' },
          ],
        },
      ],
    },
  ],
};
