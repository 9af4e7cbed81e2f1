import { METRICS, SERVER_SIDE_AGE_MS_MAX } from '../../../server/contract.ts';
import { duration, rateWindow, SCRAPES, type Windows } from '../windows.ts';
import { rateOf } from './counter.ts';
import { SNAPSHOT_AGE_SECONDS_MAX } from './pool-rules.ts';
import { recordedNames } from './recorded.ts';
import type { AlertRule, RecordingRule, RuleGroupOf } from './rule.ts';

const MS_PER_SECOND = 1_000;

/** What the service answers, and whether the numbers of the other rules can be believed. */
export const serviceRules: RuleGroupOf = (windows) => ({
  name: 'pool-lab-service',
  recording: serviceRecording(windows),
  alerts: serviceAlerts(windows),
});

function serviceRecording(windows: Windows): readonly RecordingRule[] {
  const recorded = recordedNames(windows);
  const answers = `${METRICS.httpRequestSeconds}_count`;
  const failed = rateOf(`${answers}{code!~"2.."}`, windows);
  return [
    {
      record: recorded.requests,
      why: 'Answered requests per second, right or wrong.',
      expr: `sum by (job, instance) (${rateOf(answers, windows)})`,
    },
    {
      record: recorded.errorRatio,
      why: 'Share of the answers that are errors. Zero where all are right, absent where nobody asks.',
      expr: `(
  sum by (job, instance) (${failed})
  or 0 * ${recorded.requests}
)
/ (${recorded.requests} > 0)`,
    },
  ];
}

function serviceAlerts(windows: Windows): readonly AlertRule[] {
  const window = rateWindow(windows);
  const memory = duration(SCRAPES.memory, windows);
  return [
    {
      alert: 'PoolScrapeDown',
      severity: 'critical',
      forScrapes: SCRAPES.short,
      needs: `up and one of OpenTelemetry's names: any target that had pools within the last ${memory}`,
      expr: `up == 0
and on (job, instance) last_over_time(${METRICS.connectionCount}[${memory}])`,
      summary: '{{ $labels.instance }} cannot be scraped',
      description:
        'All other alerts on it are silent now, whatever happens. See whether the process lives and answers at its metrics endpoint; on a machine that is full a scrape may also be too slow for its timeout.',
    },
    {
      alert: 'PoolWorkerStale',
      severity: 'warning',
      forScrapes: SCRAPES.brief,
      needs: METRICS.snapshotAgeSeconds,
      expr: `max without (worker) (${METRICS.snapshotAgeSeconds}) > ${SNAPSHOT_AGE_SECONDS_MAX}`,
      summary:
        'A worker of {{ $labels.instance }} has told nothing for {{ $value | humanizeDuration }}',
      description:
        'Its event loop is blocked, or the machine gives it no CPU; requests that reached it stand still, and its pool metrics are as old. Look at the event loop delay and at what ran last: a long computation, a synchronous call, a large JSON.',
    },
    {
      alert: 'PoolWorkerCrashed',
      severity: 'warning',
      forScrapes: 0,
      needs: METRICS.workerRestartsTotal,
      expr: `sum by (job, instance) (
  increase(${METRICS.workerRestartsTotal}{reason="crash"}[${window}])
) > 0`,
      summary: `{{ printf "%.0f" $value }} workers of {{ $labels.instance }} crashed within ${window} and were replaced`,
      description:
        'Requests they held are lost, and PostgreSQL keeps the slots of their connections until it notices. Read the last lines of their output; out of memory and a failed assertion look alike from here.',
    },
    {
      alert: 'PostgresSampleStale',
      severity: 'warning',
      forScrapes: SCRAPES.short,
      needs: METRICS.pgSampleAgeSeconds,
      expr: `${METRICS.pgSampleAgeSeconds} > ${SERVER_SIDE_AGE_MS_MAX / MS_PER_SECOND}`,
      summary:
        'Nobody has looked at the PostgreSQL behind {{ $labels.instance }} for {{ $value | humanizeDuration }}',
      description:
        'The alerts on slots are silent, whether or not there are any left; the one on refused connections still works. See whether the harness that watches the database lives, and whether it still has its connection.',
    },
  ];
}
