import { HARNESS_METRICS, METRICS } from '../../server/contract.ts';
import { SNAPSHOT_AGE_SECONDS_MAX } from '../prometheus/rules/pool-rules.ts';
import {
  REFUSED_BY_POOLER,
  REFUSED_BY_POSTGRES,
  REQUESTS_REFUSED_BY_POSTGRES,
} from '../promql/refusals.ts';
import { ALL_WORKERS, api, average, load, rate } from './series.ts';

/** One thing that exhaustion is made of, told from the others by what only it does. */
export interface Diagnosis {
  readonly name: string;
  /** 1 while it is so, 0 while it is not; nothing where it cannot be told. */
  readonly expr: string;
  /** What gives it away. */
  readonly sign: string;
  readonly advice: string;
}

/** From here on a diagnosis is made. Ratios are of 1, times in seconds. */
export const DIAGNOSIS_BOUNDS = {
  /** Of the time somebody waits: below it a queue is a passing one. */
  saturatedRatio: 0.5,
  /** Of the API's sessions; transactions of several round trips are there for a moment, all of them. */
  idleInTransactionRatio: 0.5,
  /** Of the active sessions. */
  lockWaitRatio: 0.3,
  /** Clients, on average: one now and then is how it shares its connections. */
  pgbouncerWaitingClients: 1,
  /**
   * The median: an idle loop's is 0.1 to 0.3 ms, a saturated one's 3 to 7 ms. The p99 also rises with every
   * pause of a busy machine.
   */
  eventLoopDelaySeconds: 0.002,
  /** A worker that tells nothing for longer is blocked, and all its other numbers are as old. */
  snapshotAgeSeconds: SNAPSHOT_AGE_SECONDS_MAX,
  /** What a trial's own gates call a busy and a late generator. */
  generatorUtilizationRatio: 0.7,
  dispatchLagSeconds: 0.005,
} as const;

const ofWorker = 'on (job, instance, worker)';
const idleInTransaction = 'state=~"idle_in_transaction|idle_in_transaction_aborted"';

const blockedWorkers = `(${api(METRICS.snapshotAgeSeconds, ALL_WORKERS)} > ${DIAGNOSIS_BOUNDS.snapshotAgeSeconds})`;

/** Share of 1 while there is something to share, else 0: nobody active is nobody waiting for a lock. */
const averageShare = (part: string, whole: string) =>
  `sum(${average(part)}) / sum(${average(whole)})`;

/** In the order in which they are ruled out: the earlier ones cause the later ones. */
export const DIAGNOSES: readonly Diagnosis[] = [
  {
    name: 'Database full',
    expr: `sum(${rate(api(METRICS.connectErrorsTotal, ALL_WORKERS, REFUSED_BY_POSTGRES))} or ${rate(api(METRICS.errorsTotal, ALL_WORKERS, REQUESTS_REFUSED_BY_POSTGRES))}) > bool 0`,
    sign: 'PostgreSQL refuses connections (53300; through a PgBouncer before 1.21, 08P01)',
    advice:
      'Fewer workers or smaller pools, or a higher `max_connections`. Row *Budget* says by how much. Larger pools make it worse.',
  },
  {
    name: 'Nothing finishes',
    expr:
      'max((' +
      `(${api(METRICS.connectionCount, ALL_WORKERS, 'state="used"')} >= bool ${ofWorker} ${api(METRICS.connectionMax, ALL_WORKERS)}) ` +
      `* ${ofWorker} (${api(METRICS.pendingRequests, ALL_WORKERS)} > bool 0) ` +
      `* ${ofWorker} (${rate(api(`${METRICS.useSeconds}_count`, ALL_WORKERS))} == bool 0) ` +
      `unless ${ofWorker} ${blockedWorkers}) or ${ofWorker} 0 * ${blockedWorkers})`,
    sign: 'a pool is checked out whole, requests wait, and no connection comes back',
    advice:
      'Look at their state in row *PostgreSQL*: idle is a leak in the code, active a statement that hangs. Restart that worker to be back now.',
  },
  {
    name: 'Busy process',
    // A blocked worker does not tell its delay, but it is at least that late.
    expr: `max(${average(api(METRICS.eventLoopDelaySeconds, ALL_WORKERS, 'percentile="0.5"'))} or ${blockedWorkers}) > bool ${DIAGNOSIS_BOUNDS.eventLoopDelaySeconds}`,
    sign: `a worker's event loop is late all the time (median over 2 ms), or blocked (tells nothing for ${DIAGNOSIS_BOUNDS.snapshotAgeSeconds} s)`,
    advice:
      'It is the process, not the pool: more workers, less work in each, or a machine with CPU left. Connections stay checked out while the loop is late.',
  },
  {
    name: 'Idle in transaction',
    expr: `${averageShare(api(METRICS.pgConnections, ALL_WORKERS, idleInTransaction), api(METRICS.pgConnections, ALL_WORKERS))} > bool ${DIAGNOSIS_BOUNDS.idleInTransactionRatio}`,
    sign: 'half of the sessions hold a transaction open and do nothing',
    advice:
      'Move remote calls and computations out of the transaction; set `idle_in_transaction_session_timeout`.',
  },
  {
    name: 'Hot rows',
    expr: `${averageShare(api(METRICS.pgActiveConnections, 'wait_event_type="Lock"'), api(METRICS.pgActiveConnections))} > bool ${DIAGNOSIS_BOUNDS.lockWaitRatio}`,
    sign: 'a third of the active sessions wait for a lock',
    advice:
      'A larger pool only moves the queue into the database. Make the pool smaller, the transaction shorter, or the row less shared.',
  },
  {
    name: 'PgBouncer refuses',
    expr: `sum(${rate(api(METRICS.connectErrorsTotal, ALL_WORKERS, REFUSED_BY_POOLER))}) > bool 0`,
    sign: 'PgBouncer has `max_client_conn` clients and takes no more; PostgreSQL was not asked',
    advice:
      'Raise `max_client_conn` to what all pools together may open: a client costs PgBouncer a few kB, and PostgreSQL nothing.',
  },
  {
    name: 'PgBouncer full',
    expr: `sum(${average(api(METRICS.pgbouncerClients, 'state="waiting"'))}) > bool ${DIAGNOSIS_BOUNDS.pgbouncerWaitingClients}`,
    sign: 'clients wait at PgBouncer for a connection to PostgreSQL',
    advice:
      'The queue is there, and a larger pool only adds to it. Row *PgBouncer*: raise `default_pool_size` as far as PostgreSQL has slots, or make the transactions shorter.',
  },
  {
    name: 'Generator busy',
    expr: `max(${load(HARNESS_METRICS.utilizationRatio)}) > bool ${DIAGNOSIS_BOUNDS.generatorUtilizationRatio}`,
    sign: 'the load generator itself has no time left',
    advice: 'Do not believe these latencies. Give it a core of its own, or ask for less.',
  },
  {
    name: 'Generator late',
    expr: `max(${load(HARNESS_METRICS.dispatchLagSeconds, 'percentile="0.99"')}) > bool ${DIAGNOSIS_BOUNDS.dispatchLagSeconds}`,
    sign: 'it takes requests up over 5 ms after they were due',
    advice: 'As above: the failed measurement is the generator’s, not the API’s.',
  },
  {
    name: 'Requests queue',
    expr: `max(${rate(api(METRICS.saturatedSecondsTotal, ALL_WORKERS))}) > bool ${DIAGNOSIS_BOUNDS.saturatedRatio}`,
    sign: 'more than half of the time somebody waits for a connection',
    advice:
      'With slots left and **nothing else red**, the pool is too small for this load: raise `pool_size` as far as row *Budget* allows. Otherwise it is a consequence of what is red above.',
  },
];
