import {
  type ConnectErrorReason,
  GONE_WORKERS_PREFIX,
  HARNESS_METRICS,
  METRICS,
  type RefusalReason,
} from '../../../server/contract.ts';
import type { SeriesValues } from './expression-faults.ts';

/** A situation as Prometheus would have scraped it for a minute. */
export interface VerdictScenario {
  readonly name: string;
  readonly series: SeriesValues;
  /** Diagnoses that are made; `null`: none can be told, neither yes nor no. */
  readonly red: readonly string[] | null;
}

const of = (metric: string, labels: Readonly<Record<string, string>> = {}, instance = 'api:9464') =>
  `${metric}{${Object.entries({ job: 'pool-lab-api', instance, ...labels })
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;

const always = (value: number) => `${value}x60`;
const perSecond = (value: number) => `0+${value}x60`;

const WORKER = { worker: '1' };
const refusedWith = (sqlstate: string, reason: ConnectErrorReason) =>
  of(METRICS.connectErrorsTotal, { ...WORKER, sqlstate, reason });
const failedFor = (reason: RefusalReason) =>
  of(METRICS.errorsTotal, { ...WORKER, class: 'too_many_connections', reason });
const REFUSED = refusedWith('53300', 'too_many_clients');
const REFUSED_THROUGH_POOLER = refusedWith('08P01', 'too_many_clients');
const REFUSED_BY_POOLER = refusedWith('08P01', 'pooler_clients');
const USED = of(METRICS.connectionCount, { ...WORKER, state: 'used' });
const PENDING = of(METRICS.pendingRequests, WORKER);
const FINISHED = of(`${METRICS.useSeconds}_count`, WORKER);
const SATURATED = of(METRICS.saturatedSecondsTotal, WORKER);
const session = (state: string, worker = '1') => of(METRICS.pgConnections, { worker, state });
const active = (type: string) => of(METRICS.pgActiveConnections, { wait_event_type: type });
const LOOP_MEDIAN = of(METRICS.eventLoopDelaySeconds, { ...WORKER, percentile: '0.5' });
const SNAPSHOT_AGE = of(METRICS.snapshotAgeSeconds, WORKER);
const LOOP_P99 = of(METRICS.eventLoopDelaySeconds, { ...WORKER, percentile: '0.99' });
const UTILIZATION = of(HARNESS_METRICS.utilizationRatio);
const LAG = of(HARNESS_METRICS.dispatchLagSeconds, { percentile: '0.99' });
const BOUNCER_WAITING = of(METRICS.pgbouncerClients, { state: 'waiting' });
export const MAX_CONNECTIONS = of(METRICS.pgMaxConnections);
export const RESERVED = of(METRICS.pgReservedConnections);
export const OTHERS = session('idle', 'others');

/** One worker with ten connections, half of them in use, and nobody waiting. */
export const CALM: SeriesValues = {
  [REFUSED]: always(0),
  [REFUSED_THROUGH_POOLER]: always(0),
  [REFUSED_BY_POOLER]: always(0),
  [USED]: always(5),
  [of(METRICS.connectionMax, WORKER)]: always(10),
  [PENDING]: always(0),
  [FINISHED]: perSecond(200),
  [SATURATED]: always(0),
  [session('active')]: always(5),
  [session('idle')]: always(5),
  [session('idle_in_transaction')]: always(0),
  [OTHERS]: always(1),
  [active('none')]: always(4),
  [active('Lock')]: always(0),
  [LOOP_MEDIAN]: always(0.0003),
  [LOOP_P99]: always(0.03),
  [SNAPSHOT_AGE]: always(0.1),
  [UTILIZATION]: always(0.2),
  [LAG]: always(0.001),
  [of(METRICS.pgbouncerClients, { state: 'active' })]: always(5),
  [BOUNCER_WAITING]: always(0),
  [MAX_CONNECTIONS]: always(30),
  [RESERVED]: always(3),
};

const QUEUEING: SeriesValues = {
  ...CALM,
  [USED]: always(10),
  [PENDING]: always(20),
  [SATURATED]: perSecond(1),
  [session('active')]: always(10),
  [session('idle')]: always(0),
  [active('none')]: always(10),
};

export const VERDICT_SCENARIOS: readonly VerdictScenario[] = [
  { name: 'half of the pool is in use', series: CALM, red: [] },
  { name: 'the pool is too small', series: QUEUEING, red: ['Requests queue'] },
  {
    name: 'PostgreSQL has no slot left',
    series: { ...CALM, [REFUSED]: perSecond(10) },
    red: ['Database full'],
  },
  {
    name: 'PostgreSQL has no slot left, as an old PgBouncer tells it',
    series: { ...CALM, [REFUSED_THROUGH_POOLER]: perSecond(10) },
    red: ['Database full'],
  },
  {
    name: 'PostgreSQL refuses in words that are not known',
    series: { ...CALM, [refusedWith('53300', 'refused_unknown')]: perSecond(10) },
    red: ['Database full'],
  },
  {
    name: 'PostgreSQL has no slot left, as a newer PgBouncer tells it with the first statement',
    series: { ...CALM, [failedFor('all_slots')]: perSecond(10) },
    red: ['Database full'],
  },
  {
    name: 'PgBouncer has as many clients as it takes',
    series: {
      ...CALM,
      [REFUSED_BY_POOLER]: perSecond(10),
      [failedFor('pooler_clients')]: perSecond(10),
    },
    red: ['PgBouncer refuses'],
  },
  {
    name: 'connections fail that nobody refused',
    series: { ...CALM, [refusedWith('08P01', 'other')]: perSecond(10) },
    red: [],
  },
  {
    name: 'connections leak',
    series: {
      ...QUEUEING,
      [FINISHED]: always(4_000),
      [session('active')]: always(0),
      [session('idle')]: always(10),
      [active('none')]: always(0),
    },
    red: ['Nothing finishes', 'Requests queue'],
  },
  {
    name: 'one of two APIs leaks',
    series: {
      ...CALM,
      [USED.replace('api:', 'other:')]: always(10),
      [of(METRICS.connectionMax, WORKER, 'other:9464')]: always(10),
      [PENDING.replace('api:', 'other:')]: always(3),
      [FINISHED.replace('api:', 'other:')]: always(4_000),
    },
    red: ['Nothing finishes'],
  },
  {
    name: 'transactions are left open',
    series: {
      ...QUEUEING,
      [session('active')]: always(2),
      [session('idle_in_transaction')]: always(8),
    },
    red: ['Idle in transaction', 'Requests queue'],
  },
  {
    name: 'transactions of several round trips',
    series: {
      ...CALM,
      [session('active')]: always(4),
      [session('idle')]: always(3),
      [session('idle_in_transaction')]: always(3),
    },
    red: [],
  },
  {
    name: 'all update the same row',
    series: { ...QUEUEING, [active('none')]: always(1), [active('Lock')]: always(9) },
    red: ['Hot rows', 'Requests queue'],
  },
  {
    name: 'a PgBouncer has fewer connections than the pools want of it',
    series: { ...QUEUEING, [BOUNCER_WAITING]: always(50) },
    red: ['PgBouncer full', 'Requests queue'],
  },
  {
    name: 'a worker has no time for its requests',
    series: { ...CALM, [LOOP_MEDIAN]: always(0.005), [LOOP_P99]: always(0.06) },
    red: ['Busy process'],
  },
  {
    name: 'a worker is blocked, its last numbers those of a full pool',
    series: {
      ...CALM,
      [USED]: always(10),
      [PENDING]: always(20),
      [FINISHED]: always(4_000),
      [SNAPSHOT_AGE]: always(5),
    },
    red: ['Busy process'],
  },
  {
    name: 'a machine that pauses, with a worker that has time',
    series: { ...CALM, [LOOP_P99]: always(0.3) },
    red: [],
  },
  {
    name: 'the generator is at its end',
    series: { ...CALM, [UTILIZATION]: always(0.95), [LAG]: always(0.05) },
    red: ['Generator busy', 'Generator late'],
  },
  {
    name: 'nobody is active, so nobody waits for a lock',
    series: { ...CALM, [active('none')]: always(0), [FINISHED]: always(0), [USED]: always(0) },
    red: [],
  },
  {
    name: 'everything is just beyond its bound',
    series: {
      ...CALM,
      [SATURATED]: perSecond(0.51),
      [session('active')]: always(49),
      [session('idle')]: always(0),
      [session('idle_in_transaction')]: always(51),
      [active('none')]: always(69),
      [active('Lock')]: always(31),
      [LOOP_MEDIAN]: always(0.0021),
      [BOUNCER_WAITING]: always(1.1),
      [UTILIZATION]: always(0.71),
      [LAG]: always(0.0051),
    },
    red: [
      'Busy process',
      'Generator busy',
      'Generator late',
      'Hot rows',
      'Idle in transaction',
      'PgBouncer full',
      'Requests queue',
    ],
  },
  {
    name: 'everything is just within its bound',
    series: {
      ...CALM,
      [SATURATED]: perSecond(0.49),
      [session('active')]: always(51),
      [session('idle')]: always(0),
      [session('idle_in_transaction')]: always(49),
      [active('none')]: always(71),
      [active('Lock')]: always(29),
      [LOOP_MEDIAN]: always(0.0019),
      [BOUNCER_WAITING]: always(0.9),
      [UTILIZATION]: always(0.69),
      [LAG]: always(0.0049),
    },
    red: [],
  },
  {
    name: 'totals of dead workers are put together',
    series: {
      ...CALM,
      [REFUSED.replace('worker="1"', `worker="${GONE_WORKERS_PREFIX}1"`)]: '0x28 900x30',
    },
    red: [],
  },
  { name: 'nothing is scraped', series: {}, red: null },
];
