import { HARNESS_METRICS, METRICS } from '../../../server/contract.ts';
import { REFUSED_BY_POSTGRES } from '../../promql/refusals.ts';
import { DIAGNOSES } from '../diagnoses.ts';
import type { RowSpec } from '../panel.ts';
import { ALL_WORKERS, api, load, quantile, rate } from '../series.ts';
import { SLOTS_LEFT, USABLE_SLOTS_IN_USE } from '../slots.ts';

const answers = (...matchers: readonly string[]) =>
  `sum(${rate(api(`${METRICS.httpRequestSeconds}_count`, ...matchers))})`;
/** Requests that have a connection, or wait for one: where all of them hang there is no answer at all. */
const OPEN_REQUESTS = `(sum(${api(METRICS.pendingRequests, ALL_WORKERS)}) + sum(${api(METRICS.connectionCount, ALL_WORKERS, 'state="used"')}))`;
/** 0 where no such answer is given, nothing where none at all is asked for now. */
const answersOf = (matcher: string) =>
  `(${answers(matcher)} or 0 * ${answers()} or 0 * ${OPEN_REQUESTS}) and (${answers()} > 0 or ${OPEN_REQUESTS} > 0)`;

const TROUBLE = ['green', [1, 'orange'], [10, 'red']] as const;

const rowOf = ({ name, sign, advice }: (typeof DIAGNOSES)[number]) =>
  `| **${name}** | ${sign} | ${advice} |`;

export const VERDICT_ROW: RowSpec = {
  title: 'Verdict: is it exhausted, and by what?',
  lines: [
    {
      height: 5,
      panels: [
        {
          kind: 'stat',
          title: 'Slots left in PostgreSQL?',
          shows:
            'Connections PostgreSQL could still give to an ordinary role, and the share of the usable slots that the API has. At 0 left the next connection is refused with 53300, whoever asks for it.',
          advice:
            'Stop what opens connections (rollouts, migrations, forgotten sessions), then lower workers × (pool_size + max_overflow) or raise max_connections. README: Budget.',
          width: 4,
          unit: 'short',
          noValue: 'not watched',
          steps: ['red', [1, 'orange'], [5, 'green']],
          queries: [
            { expr: SLOTS_LEFT, legend: 'left' },
            {
              expr: USABLE_SLOTS_IN_USE,
              legend: 'of usable in use',
              unit: 'percentunit',
              steps: ['green', [0.8, 'orange'], [1, 'red']],
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Right answers per second?',
          shows: 'Answers with a 2xx status of all routes, as the API counts them.',
          advice:
            'At 0 under load nothing gets through: look at the errors in row Requests, or at the line Nothing finishes. Lower than usual with requests waiting means that the queue, not the load, sets the pace.',
          width: 4,
          unit: 'reqps',
          noValue: 'no load',
          steps: ['red', [0.001, 'green']],
          queries: [{ expr: answersOf('code=~"2.."'), legend: 'right' }],
        },
        {
          kind: 'stat',
          title: 'Which share fails?',
          shows: 'Answers without a 2xx status as a share of all answers.',
          advice:
            'Row Requests tells the classes. pool_timeout is the pool giving up, too_many_connections is PostgreSQL refusing: they have opposite remedies. README: Errors.',
          width: 4,
          unit: 'percentunit',
          noValue: 'no answers',
          steps: ['green', [0.001, 'orange'], [0.05, 'red']],
          queries: [
            {
              expr: `(${answers('code!~"2.."')} or 0 * ${answers()}) / (${answers()} > 0)`,
              legend: 'failed',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'How long is the p99?',
          shows:
            'The 99th percentile of right answers as the clients saw it, from when a request was due, beside that of all answers within the API. The colours change at 0.25 s and 1 s.',
          advice:
            'Far longer at the clients than in the API: requests wait before the API takes them up, which is a busy process or a late generator. About equal: row Requests says whether they wait or work.',
          width: 4,
          unit: 's',
          noValue: 'no answers',
          steps: ['green', [0.25, 'orange'], [1, 'red']],
          queries: [
            {
              expr: `max(${load(HARNESS_METRICS.latencySeconds, 'percentile="0.99"')})`,
              legend: 'clients',
            },
            {
              expr: quantile(0.99, api(`${METRICS.httpRequestSeconds}_bucket`)),
              legend: 'API',
            },
          ],
        },
        {
          kind: 'stat',
          title: 'Who waits for a connection now?',
          shows:
            'Requests that wait in the queues of all pools at this moment, and the sum of the longest queues of the last 15 s.',
          advice:
            'A queue that comes and goes is what a pool is for. One that stays is too much load for these connections: see which line is red below before making the pool larger.',
          width: 4,
          unit: 'short',
          noValue: 'no data',
          steps: TROUBLE,
          queries: [
            { expr: `sum(${api(METRICS.pendingRequests, ALL_WORKERS)})`, legend: 'now' },
            { expr: `sum(${api(METRICS.pendingPeak, ALL_WORKERS)})`, legend: 'peak' },
          ],
        },
        {
          kind: 'stat',
          title: 'Does PostgreSQL refuse?',
          shows:
            'Connections per second that PostgreSQL refused for lack of a slot: SQLSTATE 53300, or its words with 08P01 where a PgBouncer before 1.21 passes them on. What PgBouncer itself refuses is not in it.',
          advice:
            'Any is too many. The pools together may claim more than there is: row Budget shows who has the slots. Never answer this with larger pools.',
          width: 4,
          unit: 'suffix:/s',
          noValue: 'no data',
          steps: ['green', [0.001, 'red']],
          queries: [
            {
              expr: `sum(${rate(api(METRICS.connectErrorsTotal, ALL_WORKERS, REFUSED_BY_POSTGRES))})`,
              legend: 'refused',
            },
          ],
        },
      ],
    },
    {
      height: 12,
      panels: [
        {
          kind: 'timeline',
          title: 'Which problem is it?',
          shows:
            'Each line is one cause of exhaustion, red while its sign is there. A line that is not there, or has no colour, cannot be told: its metrics are missing.',
          advice:
            'Read from the top: the first red line is where to begin, those below may only follow from it. The table on the right says what to do.',
          width: 9,
          unit: 'bool',
          queries: DIAGNOSES.map(({ name, expr }) => ({ expr, legend: name })),
        },
        {
          kind: 'text',
          title: 'What to do first',
          width: 15,
          markdown: ['| red | because | do |', '| --- | --- | --- |', ...DIAGNOSES.map(rowOf)].join(
            '\n',
          ),
        },
      ],
    },
  ],
};
