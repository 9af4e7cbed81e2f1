import { METRICS } from '../../../server/contract.ts';
import type { RowSpec } from '../panel.ts';
import { api, CHOSEN_WORKERS, mean, quantile, rate } from '../series.ts';

const requests = (metric: string, ...matchers: readonly string[]) =>
  api(metric, 'route=~"$route"', ...matchers);
const ofWorkers = (metric: string) => api(metric, CHOSEN_WORKERS);
const COUNT = `${METRICS.httpRequestSeconds}_count`;

export const REQUESTS_ROW: RowSpec = {
  title: 'Requests: how many, how many wrong, how long?',
  lines: [
    {
      height: 8,
      panels: [
        {
          kind: 'series',
          title: 'How many requests are answered?',
          shows: 'Answers per second by route, right and wrong ones.',
          advice:
            'A flat top while requests wait is the capacity of what is limiting, not the load. A fall under the same load means that answers take longer or that clients have given up.',
          width: 6,
          unit: 'reqps',
          queries: [{ expr: `sum by (route) (${rate(requests(COUNT))})`, legend: '{{route}}' }],
        },
        {
          kind: 'series',
          title: 'How many answers are wrong, and why?',
          shows: 'Failed requests per second by error class and reason, and by status code.',
          advice:
            'pool_timeout: the pool gave up waiting. too_many_connections: PostgreSQL refused. Never treat one as the other: the first may want more connections, the second wants fewer. README: Errors.',
          width: 6,
          unit: 'suffix:/s',
          queries: [
            {
              expr: `sum by (class, reason) (${rate(ofWorkers(METRICS.errorsTotal))}) > 0`,
              legend: '{{class}} {{reason}}',
            },
            {
              expr: `sum by (code) (${rate(requests(COUNT, 'code!~"2.."'))})`,
              legend: 'status {{code}}',
            },
          ],
        },
        {
          kind: 'series',
          title: 'How long do answers take?',
          shows:
            'Median and p99 by route, from the arrival of a request to the end of its answer, wrong answers included.',
          advice:
            'Compare with the panel on the right: if the wait grew with it, it is the queue; if the hold grew, it is the database; if the connecting grew, connections do not last; if none did, it is the process.',
          width: 6,
          unit: 's',
          queries: [
            {
              expr: quantile(0.5, requests(`${METRICS.httpRequestSeconds}_bucket`), ['route']),
              legend: '{{route}} p50',
            },
            {
              expr: quantile(0.99, requests(`${METRICS.httpRequestSeconds}_bucket`), ['route']),
              legend: '{{route}} p99',
            },
          ],
        },
        {
          kind: 'series',
          title: 'Do requests wait, or does PostgreSQL work?',
          shows:
            'Means per checkout: the wait in the queue, opening connections (or failing to), the time one is then held (the queries and what the code does between them), and per answer the time in all.',
          advice:
            'Wait above hold: the pool is the limit, as long as PostgreSQL is not what makes the holds long. Hold rising with the pool’s size: PostgreSQL has enough to do, and more connections make it worse. Much connecting: row Pool says why they come and go.',
          width: 6,
          unit: 's',
          queries: [
            { expr: mean(METRICS.waitSeconds, ofWorkers), legend: 'wait', colour: 'orange' },
            {
              expr: mean(METRICS.createSeconds, ofWorkers, METRICS.waitSeconds),
              legend: 'connecting',
              colour: 'purple',
            },
            { expr: mean(METRICS.useSeconds, ofWorkers), legend: 'hold', colour: 'blue' },
            { expr: mean(METRICS.httpRequestSeconds, requests), legend: 'answer', colour: 'text' },
          ],
        },
      ],
    },
  ],
};
