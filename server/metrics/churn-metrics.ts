import { CLOSE_REASONS, type CloseReason, type ConnectErrorReason, METRICS } from '../contract.ts';
import type { DatabaseError } from '../pool/database-error.ts';
import type { PoolRecorder } from '../pool/pool.ts';
import type { MetricRegistry } from './registry.ts';

const REFUSED = '53300';
/** PgBouncer's code for whatever it refuses. */
const POOLER = '08P01';
/** The words of the metric for what the pool calls the reasons of a refusal. */
const REASON_OF_REFUSAL = new Map<string, ConnectErrorReason>([
  ['all_slots', 'too_many_clients'],
  ['superuser_reserved', 'reserved_superuser'],
  ['reserved', 'reserved_role'],
  ['role_limit', 'role_limit'],
  ['database_limit', 'database_limit'],
  ['pooler_clients', 'pooler_clients'],
]);

/**
 * What each reason usually comes with. These series are there before the first failure, since `rate()`
 * does not see the first value of a counter.
 */
const USUAL_SQLSTATES: readonly (readonly [reason: ConnectErrorReason, sqlstate: string])[] = [
  ...[...REASON_OF_REFUSAL.values()].map(
    (reason) => [reason, reason === 'pooler_clients' ? POOLER : REFUSED] as const,
  ),
  ['unavailable', ''],
  ['unavailable', '57P03'],
  ['auth', '28P01'],
  ['other', REFUSED],
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

function reasonOf({ errorClass, reason }: DatabaseError): ConnectErrorReason {
  switch (errorClass) {
    case 'too_many_connections':
      return REASON_OF_REFUSAL.get(reason ?? '') ?? 'other';
    case 'db_unavailable':
      return 'unavailable';
    case 'db_auth':
      return 'auth';
    default:
      return 'other';
  }
}
