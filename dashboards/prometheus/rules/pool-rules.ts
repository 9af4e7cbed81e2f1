import { METRICS } from '../../../server/contract.ts';
import { duration, rateWindow, SCRAPES, type Windows } from '../windows.ts';
import { eventsWithin, ofWorkers, rateOf } from './counter.ts';
import { recordedNames } from './recorded.ts';
import type { AlertRule, RecordingRule, RuleGroupOf } from './rule.ts';

/** Share of a window with waiters from which on there are always some; a burst now and then has less. */
const WAITERS_SHARE = 0.8;
/** Share of the pool timeout that the p99 of waits may take. */
const WAIT_SHARE = 0.5;
/** Older numbers say nothing about now; the lab's workers send theirs twice a second. */
export const SNAPSHOT_AGE_SECONDS_MAX = 2;

const OPEN_TELEMETRY = "OpenTelemetry's names only";

/** Waiting and holding, as the pools themselves see it. */
export const poolRules: RuleGroupOf = (windows) => ({
  name: 'pool-lab-pools',
  recording: poolRecording(windows),
  alerts: poolAlerts(windows),
});

function poolRecording(windows: Windows): readonly RecordingRule[] {
  const recorded = recordedNames(windows);
  const window = rateWindow(windows);
  const waits = rateOf(ofWorkers(`${METRICS.waitSeconds}_bucket`), windows);
  return [
    {
      record: recorded.poolQueue,
      why: 'Mean number of waiting requests: exact, from the integral. Of a service without it, the mean of what scrapes saw.',
      expr: `${rateOf(ofWorkers(METRICS.pendingSecondsTotal), windows)}
or avg_over_time(${METRICS.pendingRequests}[${window}])`,
    },
    {
      record: recorded.poolSaturated,
      why: 'Share of time with somebody waiting: exact, or the share of scrapes that saw it.',
      expr: `${rateOf(ofWorkers(METRICS.saturatedSecondsTotal), windows)}
or avg_over_time((${METRICS.pendingRequests} > bool 0)[${window}:${duration(1, windows)}])`,
    },
    {
      record: recorded.poolWaitP99,
      why: 'Waits that ended in a timeout count with the time they took. Absent, not NaN, where nobody asked for a connection.',
      expr: `histogram_quantile(0.99, sum without (result) (${waits})) >= 0`,
    },
    {
      record: recorded.poolReturned,
      why: 'Connections given back per second.',
      expr: rateOf(ofWorkers(`${METRICS.useSeconds}_count`), windows),
    },
    {
      record: recorded.queue,
      why: 'Mean number of waiting requests, over all pools.',
      expr: `sum by (job, instance) (${recorded.poolQueue})`,
    },
    {
      record: recorded.saturated,
      why: 'Of the pool where somebody waits most of the time.',
      expr: `max by (job, instance) (${recorded.poolSaturated})`,
    },
    {
      record: recorded.waitP99,
      why: 'From the buckets of all pools: percentiles cannot be averaged.',
      expr: `histogram_quantile(0.99, sum by (job, instance, le) (${waits})) >= 0`,
    },
    {
      record: recorded.timeouts,
      why: 'Waits that pools gave up, per second.',
      expr: `sum by (job, instance) (${rateOf(ofWorkers(METRICS.timeoutsTotal), windows)})`,
    },
    {
      record: recorded.poolMaxOfJob,
      why: 'What the pools of a job may open together; those without a limit are not in it.',
      expr: `sum by (job) (${METRICS.connectionMax})`,
    },
  ];
}

function poolAlerts(windows: Windows): readonly AlertRule[] {
  const recorded = recordedNames(windows);
  const window = rateWindow(windows);
  return [
    {
      alert: 'PoolWaiters',
      severity: 'warning',
      forScrapes: SCRAPES.short,
      needs: OPEN_TELEMETRY,
      // A rate is extrapolated: of what is always so it may say 103 %.
      expr: `clamp_max(max without (worker) (${recorded.poolSaturated}), 1) > ${WAITERS_SHARE}`,
      summary:
        'Requests at {{ $labels.instance }} wait for a connection {{ $value | humanizePercentage }} of the time',
      description:
        'A pool has fewer connections than are asked of it. Look first at how long connections are held: where that grew, the database or the code that holds them became slow, and a larger pool would make it slower. Where it did not, and PostgreSQL has slots left, the pool may grow.',
    },
    {
      alert: 'PoolWaitLong',
      severity: 'warning',
      forScrapes: SCRAPES.short,
      needs: `${METRICS.poolTimeoutSeconds}, which a service of your own would have to export; silent where pools wait for ever`,
      // Estimated within a bucket, which may end after the timeout.
      expr: `clamp_max(
  max without (worker) (${recorded.poolWaitP99} / ${METRICS.poolTimeoutSeconds}),
  1
) > ${WAIT_SHARE}`,
      summary:
        'The longest of a hundred waits at {{ $labels.instance }} takes about {{ $value | humanizePercentage }} of the pool timeout',
      description:
        'Requests are about to fail with pool timeouts. Shed load or end what holds connections now, e.g. long statements; then do as for PoolWaiters. A longer timeout only lets more requests wait.',
    },
    {
      alert: 'PoolTimeouts',
      severity: 'critical',
      forScrapes: 0,
      needs: OPEN_TELEMETRY,
      expr: eventsWithin(ofWorkers(METRICS.timeoutsTotal), windows),
      summary: `{{ printf "%.0f" $value }} requests at {{ $labels.instance }} got no connection in time within ${window}`,
      description:
        'Users see these as errors. The pool is too small for the load or its connections do not come back. If PoolLeak fires too, find who holds them; else compare the time connections are held with yesterday.',
    },
    {
      alert: 'PoolLeak',
      severity: 'critical',
      forScrapes: SCRAPES.steady,
      needs: `${OPEN_TELEMETRY}; silent for pools without a limit`,
      expr: `count without (worker) (
  (
    sum without (state, db_client_connection_state) (
      ${METRICS.connectionCount}{state="used"}
      or ${METRICS.connectionCount}{db_client_connection_state="used"}
    ) >= (${METRICS.connectionMax} > 0)
  )
  and (${METRICS.pendingRequests} > 0)
  unless (${recorded.poolReturned} > 0)
  unless (${METRICS.snapshotAgeSeconds} > ${SNAPSHOT_AGE_SECONDS_MAX})
)`,
      summary:
        'In {{ $value }} pools at {{ $labels.instance }} every connection is in use and none comes back',
      description: `Requests wait, and not one connection was given back within ${window}. Look at the sessions of the service in pg_stat_activity: idle ones were leaked by the code that took them, or are held while it waits for a second one; idle in transaction: a transaction was left open; waiting for a Lock: find who holds it; active: a statement takes that long. Restarting the process frees the connections, and the evidence with them.`,
    },
  ];
}
