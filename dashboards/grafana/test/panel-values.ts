import { GONE_WORKERS_PREFIX, HARNESS_METRICS, METRICS } from '../../../server/contract.ts';
import type { SeriesValues } from './expression-faults.ts';

type Labels = Readonly<Record<string, string>>;

const series = (target: Labels, metric: string, labels: Labels) =>
  `${metric}{${Object.entries({ ...target, ...labels })
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
const api = (metric: string, labels: Labels = {}) =>
  series({ job: 'pool-lab-api', instance: 'api:9464' }, metric, labels);
const load = (metric: string, labels: Labels = {}) =>
  series({ job: 'pool-lab-harness', instance: 'harness:9465' }, metric, labels);

const always = (value: number) => `${value}x60`;
const perSecond = (value: number) => `0+${value}x60`;

const W1 = { worker: '1' };
const W2 = { worker: '2' };
/** Appears in the midst of it all, with everything that long-dead workers counted. */
const GONE = { worker: `${GONE_WORKERS_PREFIX}1` };
const appears = '_x28 9000x31';

const onEach = (metric: string, values: readonly [string, string], labels: Labels = {}) => ({
  [api(metric, { ...W1, ...labels })]: values[0],
  [api(metric, { ...W2, ...labels })]: values[1],
});
const counted = (metric: string, rates: readonly [number, number], labels: Labels = {}) => ({
  ...onEach(metric, [perSecond(rates[0]), perSecond(rates[1])], labels),
  [api(metric, { ...GONE, ...labels })]: appears,
});
const gauge = (metric: string, values: readonly [number, number], labels: Labels = {}) =>
  onEach(metric, [always(values[0]), always(values[1])], labels);
const sessions = (worker: string, state: string, connections: number) => ({
  [api(METRICS.pgConnections, { worker, state })]: always(connections),
});
const answers = (part: string, route: string, code: string, rate: number, le?: string) => ({
  [api(`${METRICS.httpRequestSeconds}_${part}`, {
    route,
    method: 'GET',
    code,
    ...(le === undefined ? {} : { le }),
  })]: perSecond(rate),
});
const buckets = (metric: string, labels: Labels, rates: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(rates).map(([le, rate]) => [
      api(`${metric}_bucket`, { ...labels, le }),
      perSecond(rate),
    ]),
  );

/**
 * A minute of an API with two workers and of the load on it, in which every metric has a value of its own:
 * what a query mistakes for another shows in its answer.
 */
export const EVERYTHING: SeriesValues = {
  ...gauge(METRICS.connectionCount, [3, 4], { state: 'used' }),
  ...gauge(METRICS.connectionCount, [2, 0], { state: 'idle' }),
  ...gauge(METRICS.connectionMax, [5, 8]),
  ...gauge(METRICS.overflowConnections, [1, 0]),
  ...gauge(METRICS.usedPeak, [4, 8]),
  ...gauge(METRICS.pendingRequests, [0, 6]),
  ...gauge(METRICS.pendingPeak, [9, 14]),
  ...gauge(METRICS.poolTimeoutSeconds, [2, 4]),
  ...counted(METRICS.pendingSecondsTotal, [3, 8]),
  ...counted(METRICS.saturatedSecondsTotal, [0.25, 0.5]),
  ...counted(METRICS.timeoutsTotal, [2, 5]),
  ...counted(METRICS.connectionsOpenedTotal, [16, 3]),
  ...counted(METRICS.overflowOpenedTotal, [13, 4]),
  ...counted(METRICS.connectionsClosedTotal, [10, 1], { reason: 'overflow' }),
  ...counted(METRICS.connectionsClosedTotal, [0, 7], { reason: 'error' }),
  ...counted(METRICS.connectErrorsTotal, [1, 2], { sqlstate: '53300', reason: 'role_limit' }),
  ...counted(METRICS.connectErrorsTotal, [0, 0.5], {
    sqlstate: '08P01',
    reason: 'too_many_clients',
  }),
  ...counted(METRICS.connectErrorsTotal, [0.25, 0], {
    sqlstate: '53300',
    reason: 'refused_unknown',
  }),
  ...counted(METRICS.connectErrorsTotal, [6, 8], { sqlstate: '08P01', reason: 'pooler_clients' }),
  ...counted(METRICS.connectErrorsTotal, [4, 0], { sqlstate: '', reason: 'unavailable' }),
  ...counted(METRICS.connectErrorsTotal, [0, 0], { sqlstate: '28P01', reason: 'auth' }),
  ...counted(METRICS.errorsTotal, [1, 3], { class: 'pool_timeout', reason: 'queue_full' }),
  ...counted(METRICS.errorsTotal, [0, 0], { class: 'deadlock', reason: '' }),
  ...gauge(METRICS.eventLoopDelaySeconds, [0.001, 0.003], { percentile: '0.5' }),
  ...gauge(METRICS.eventLoopDelaySeconds, [0.02, 0.05], { percentile: '0.99' }),
  ...gauge(METRICS.eventLoopDelaySeconds, [0.7, 0.9], { percentile: '1' }),
  ...gauge(METRICS.snapshotAgeSeconds, [0.1, 2.2]),

  // Half of the waits end within 0.1 s, and of one worker all within 1 s.
  ...buckets(METRICS.waitSeconds, { ...W1, result: 'ok' }, { '0.1': 8, '1': 10, '+Inf': 10 }),
  ...buckets(METRICS.waitSeconds, { ...W2, result: 'timeout' }, { '0.1': 2, '1': 10, '+Inf': 10 }),
  ...buckets(METRICS.createSeconds, { ...W1, result: 'ok' }, { '0.01': 4, '0.1': 8, '+Inf': 8 }),
  ...buckets(METRICS.createSeconds, { ...W2, result: 'error' }, { '0.01': 0, '0.1': 5, '+Inf': 5 }),
  ...counted(`${METRICS.createSeconds}_sum`, [2, 6], { result: 'ok' }),
  ...counted(`${METRICS.waitSeconds}_sum`, [4, 2], { result: 'ok' }),
  ...counted(`${METRICS.waitSeconds}_count`, [10, 10], { result: 'ok' }),
  ...counted(`${METRICS.useSeconds}_sum`, [1, 3]),
  ...counted(`${METRICS.useSeconds}_count`, [6, 10]),

  ...answers('count', '/w/point', '200', 20),
  ...answers('count', '/w/point', '503', 5),
  ...answers('count', '/w/hold', '200', 15),
  ...answers('sum', '/w/point', '200', 8),
  ...answers('sum', '/w/point', '503', 4),
  ...answers('sum', '/w/hold', '200', 12),
  ...answers('bucket', '/w/point', '200', 10, '0.1'),
  ...answers('bucket', '/w/point', '200', 20, '1'),
  ...answers('bucket', '/w/point', '200', 20, '+Inf'),
  ...answers('bucket', '/w/hold', '200', 0, '0.1'),
  ...answers('bucket', '/w/hold', '200', 15, '1'),
  ...answers('bucket', '/w/hold', '200', 15, '+Inf'),

  ...sessions('1', 'active', 4),
  ...sessions('1', 'idle_in_transaction', 1),
  ...sessions('2', 'idle', 5),
  ...sessions('2', 'idle_in_transaction_aborted', 2),
  ...sessions('monitor', 'active', 1),
  ...sessions('others', 'idle', 3),
  ...sessions('unknown', 'starting', 6),
  [api(METRICS.pgActiveConnections, { wait_event_type: 'Lock' })]: always(3),
  [api(METRICS.pgActiveConnections, { wait_event_type: 'none' })]: always(1),
  [api(METRICS.pgMaxConnections)]: always(50),
  [api(METRICS.pgReservedConnections)]: always(7),
  [api(METRICS.budgetConnections, { bound: 'floor' })]: always(10),
  [api(METRICS.budgetConnections, { bound: 'ceiling' })]: always(60),
  [api(METRICS.budgetConnections, { bound: 'usable' })]: always(24),
  [api(METRICS.pgTransactionsTotal, { result: 'commit' })]: perSecond(90),
  [api(METRICS.pgTransactionsTotal, { result: 'rollback' })]: perSecond(11),
  [api(METRICS.pgSessionsTotal)]: perSecond(23),
  [api(METRICS.pgSampleAgeSeconds)]: always(0.4),
  [api(METRICS.pgbouncerClients, { state: 'active' })]: always(12),
  [api(METRICS.pgbouncerClients, { state: 'waiting' })]: always(34),
  [api(METRICS.pgbouncerServers, { state: 'active' })]: always(21),
  [api(METRICS.pgbouncerServers, { state: 'idle' })]: always(9),
  [api(METRICS.pgbouncerMaxWaitSeconds)]: always(1.5),

  // Two crashed in the last five seconds.
  [api(METRICS.workerRestartsTotal, { reason: 'crash' })]: '1x27 2 3x31',
  [api(METRICS.workerRestartsTotal, { reason: 'rolling_restart' })]: always(8),

  [load(HARNESS_METRICS.phase, { phase: 'idle' })]: always(0),
  [load(HARNESS_METRICS.phase, { phase: 'warmup' })]: always(0),
  [load(HARNESS_METRICS.phase, { phase: 'measure' })]: always(1),
  [load(HARNESS_METRICS.offeredTotal)]: perSecond(100),
  [load(HARNESS_METRICS.droppedTotal)]: perSecond(9),
  [load(HARNESS_METRICS.endedTotal, { result: 'ok' })]: perSecond(70),
  [load(HARNESS_METRICS.endedTotal, { result: 'timeout' })]: perSecond(17),
  [load(HARNESS_METRICS.endedTotal, { result: 'lost' })]: perSecond(4),
  [load(HARNESS_METRICS.goodTotal)]: perSecond(61),
  [load(HARNESS_METRICS.inFlight)]: always(44),
  [load(HARNESS_METRICS.latencySeconds, { percentile: '0.5' })]: always(0.3),
  [load(HARNESS_METRICS.latencySeconds, { percentile: '0.99' })]: always(0.8),
  [load(HARNESS_METRICS.latencySeconds, { percentile: '1' })]: always(1.9),
  [load(HARNESS_METRICS.dispatchLagSeconds, { percentile: '0.99' })]: always(0.004),
  [load(HARNESS_METRICS.utilizationRatio)]: always(0.6),
  [load(HARNESS_METRICS.cpuSecondsTotal, { part: 'api' })]: perSecond(1.75),
  [load(HARNESS_METRICS.cpuSecondsTotal, { part: 'postgresql' })]: perSecond(0.5),
  [load(HARNESS_METRICS.cpuPressureSecondsTotal)]: perSecond(0.125),
};

/** By panel, what its queries answer one after the other; the series without labels as a number. */
export const ANSWERS: Readonly<
  Record<string, readonly (number | Readonly<Record<string, number>>)[]>
> = {
  'Slots left in PostgreSQL?': [50 - 7 - (5 + 7 + 1 + 3 + 6), (5 + 7) / 24],
  'Right answers per second?': [20 + 15],
  'Which share fails?': [5 / 40],
  // All of the slower route are in the upper bucket.
  'How long is the p99?': [0.8, 0.1 + 0.9 * ((0.99 * 35 - 10) / 25)],
  'Who waits for a connection now?': [6, 9 + 14],
  'Does PostgreSQL refuse?': [1 + 2 + 0.5 + 0.25],
  'Who has the slots?': [
    { 'worker="1"': 5, 'worker="2"': 7 },
    { 'worker="monitor"': 1, 'worker="others"': 3, 'worker="unknown"': 6 },
    7,
    50,
    60 + (50 - 24),
  ],
  'Would all pools fit?': [10, 60, 24, 24 - 60],
  'How many connections are refused, and why?': [
    {
      'sqlstate="53300", reason="role_limit"': 3,
      'sqlstate="08P01", reason="too_many_clients"': 0.5,
      'sqlstate="53300", reason="refused_unknown"': 0.25,
      'sqlstate="08P01", reason="pooler_clients"': 14,
      'reason="unavailable"': 4,
    },
    3 + 0.5 + 0.25,
    14,
  ],
  'What are the connections of the pools doing?': [
    { 'state="used"': 7 },
    { 'state="idle"': 2 },
    5 + 8,
    1,
  ],
  'Which worker’s pool is full?': [{ 'worker="1"': 4 / 5, 'worker="2"': 8 / 8 }],
  'How long is the queue?': [3 + 8, 9 + 14],
  'How long do requests wait for a connection?': [
    { 'le="0.1"': 10, 'le="1"': 20, 'le="+Inf"': 20 },
  ],
  'What is the usual wait, and the longest?': [0.1, 0.1 + 0.9 * ((0.99 * 20 - 10) / 10)],
  'Which share of the time does somebody wait?': [{ 'worker="1"': 0.25, 'worker="2"': 0.5 }],
  'Is the wait near the pool’s timeout?': [
    {
      'worker="1"': (0.1 + 0.9 * ((0.99 * 10 - 8) / 2)) / 2,
      'worker="2"': (0.1 + 0.9 * ((0.99 * 10 - 2) / 8)) / 4,
    },
  ],
  'How many requests does the pool give up?': [{ 'worker="1"': 2, 'worker="2"': 5 }],
  'Why do connections come and go?': [
    16 + 3,
    13 + 4,
    { 'reason="overflow"': 11, 'reason="error"': 7 },
  ],
  'What does opening a connection take?': [
    { 'result="ok"': 0.01, 'result="error"': 0.01 + 0.09 * 0.5 },
    { 'result="ok"': 0.01 + 0.09 * ((0.99 * 8 - 4) / 4), 'result="error"': 0.01 + 0.09 * 0.99 },
  ],
  'How many requests are answered?': [{ 'route="/w/point"': 25, 'route="/w/hold"': 15 }],
  'How many answers are wrong, and why?': [
    { 'class="pool_timeout", reason="queue_full"': 4 },
    { 'code="503"': 5 },
  ],
  'How long do answers take?': [
    { 'route="/w/point"': 0.1, 'route="/w/hold"': 0.1 + 0.9 * 0.5 },
    {
      'route="/w/point"': 0.1 + 0.9 * ((0.99 * 20 - 10) / 10),
      'route="/w/hold"': 0.1 + 0.9 * 0.99,
    },
  ],
  'Do requests wait, or does PostgreSQL work?': [6 / 20, 8 / 20, 4 / 16, 24 / 40],
  'In which state are the API’s sessions?': [
    {
      'state="active"': 4,
      'state="idle"': 5,
      'state="idle_in_transaction"': 1,
      'state="idle_in_transaction_aborted"': 2,
    },
  ],
  'What do the active sessions wait for?': [
    { 'wait_event_type="Lock"': 3, 'wait_event_type="none"': 1 },
  ],
  'Who keeps transactions open without working?': [{ 'worker="1"': 1, 'worker="2"': 2 }],
  'How many transactions end, and how?': [{ 'result="commit"': 90, 'result="rollback"': 11 }],
  'How many sessions begin?': [23, 16 + 3],
  'Is everything asked for answered?': [100, 70, 61, 9],
  'How do requests end for the clients?': [{ 'result="timeout"': 17, 'result="lost"': 4 }],
  'What do the clients see?': [
    { 'percentile="0.5"': 0.3, 'percentile="0.99"': 0.8, 'percentile="1"': 1.9 },
  ],
  'How many requests are in flight?': [44],
  'Is the generator late?': [{ 'percentile="0.99"': 0.004 }],
  'Has the generator time left?': [0.6],
  'Is a worker too busy to answer?': [
    { 'worker="1"': 0.001, 'worker="2"': 0.003 },
    { 'worker="1"': 0.02, 'worker="2"': 0.05 },
  ],
  'Who has the CPU?': [{ 'part="api"': 1.75, 'part="postgresql"': 0.5 }],
  'Do processes wait for a CPU?': [0.125],
  'How old are these numbers?': [{ 'worker="1"': 0.1, 'worker="2"': 2.2 }, 0.4],
  'Do clients wait at PgBouncer?': [{ 'state="active"': 12, 'state="waiting"': 34 }],
  'What does PgBouncer have at PostgreSQL?': [{ 'state="active"': 21, 'state="idle"': 9 }],
  'How long has the first in line waited?': [1.5],
  'Does PgBouncer refuse clients?': [14],
};
