import {
  CLOSE_REASONS,
  type CloseReason,
  CONNECT_ERROR_OF_REFUSAL,
  type ConnectErrorReason,
  METRICS,
  POOLER_REFUSAL,
  REFUSAL_REASONS,
  type RefusalReason,
} from '../contract.ts';
import type { DatabaseError } from '../pool/database-error.ts';
import type { PoolRecorder } from '../pool/pool.ts';
import type { MetricRegistry } from './registry.ts';

const REFUSED = '53300';
/** PgBouncer's code for whatever it refuses, and before 1.21 for what PostgreSQL refused it. */
const POOLER = '08P01';

/**
 * What each reason usually comes with. These series are there before the first failure, since `rate()`
 * does not see the first value of a counter.
 */
const USUAL_SQLSTATES: readonly (readonly [reason: ConnectErrorReason, sqlstate: string])[] = [
  ...REFUSAL_REASONS.flatMap((reason) =>
    sqlstatesOf(reason).map((sqlstate) => [CONNECT_ERROR_OF_REFUSAL[reason], sqlstate] as const),
  ),
  ['unavailable', ''],
  ['unavailable', '57P03'],
  ['auth', '28P01'],
];

/** Counts why connections come and go. Series that alerts look at are there before the first event. */
export function churnRecorder(
  registry: MetricRegistry,
  worker: string,
): Pick<PoolRecorder, 'connectError' | 'overflowOpened' | 'closed'> {
  const overflowOpened = registry.counter({
    name: METRICS.overflowOpenedTotal,
    help: 'Connections opened while as many as the pool size occupied a slot already.',
    labelNames: ['worker'],
  })({ worker });
  overflowOpened.inc(0);
  const closed = registry.counter({
    name: METRICS.connectionsClosedTotal,
    help:
      'Connections closed: overflow (not kept on return), error (broken, or not to be trusted), lifetime (too old, or ' +
      'idle for too long), shutdown (of the pool).',
    labelNames: ['worker', 'reason'],
  });
  const closedSeries = new Map<CloseReason, ReturnType<typeof closed>>();
  for (const reason of CLOSE_REASONS) {
    const series = closed({ worker, reason });
    series.inc(0);
    closedSeries.set(reason, series);
  }
  const errors = registry.counter({
    name: METRICS.connectErrorsTotal,
    help:
      'Connections that could not be opened, by SQLSTATE (empty without one) and reason. Given up by the pool is ' +
      'unavailable.',
    labelNames: ['worker', 'sqlstate', 'reason'],
  });
  for (const [reason, sqlstate] of USUAL_SQLSTATES) errors({ worker, sqlstate, reason }).inc(0);
  return {
    connectError: (error) =>
      errors({ worker, sqlstate: error.sqlstate ?? '', reason: reasonOf(error) }).inc(),
    overflowOpened: () => overflowOpened.inc(),
    closed: (reason) => closedSeries.get(reason)?.inc(),
  };
}

function sqlstatesOf(reason: RefusalReason): readonly string[] {
  if (reason === POOLER_REFUSAL) return [POOLER];
  // Of PgBouncer's texts those that are not known are no refusals.
  return reason === 'unknown' ? [REFUSED] : [REFUSED, POOLER];
}

function reasonOf({ errorClass, reason }: DatabaseError): ConnectErrorReason {
  switch (errorClass) {
    case 'too_many_connections':
      return CONNECT_ERROR_OF_REFUSAL[
        REFUSAL_REASONS.find((known) => known === reason) ?? 'unknown'
      ];
    case 'db_unavailable':
      return 'unavailable';
    case 'db_auth':
      return 'auth';
    default:
      return 'other';
  }
}
