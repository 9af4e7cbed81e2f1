import { METRICS } from '../../../server/contract.ts';
import {
  REFUSED_BY_POOLER,
  REFUSED_BY_POSTGRES,
  REQUESTS_REFUSED_BY_POSTGRES,
} from '../../promql/refusals.ts';
import { rateWindow, SCRAPES, type Windows } from '../windows.ts';
import { eventsWithin, ofWorkers, rateOf } from './counter.ts';
import { recordedNames } from './recorded.ts';
import type { AlertRule, RecordingRule, RuleGroupOf } from './rule.ts';

const USED_SHARE = 0.8;

const SERVER_SIDE =
  'pool_lab_pg_*, which are there where the lab watches the database; postgres_exporter has pg_stat_activity_count, pg_settings_max_connections and pg_settings_superuser_reserved_connections for it';

/** The slots of PostgreSQL: how many are left, and who was refused one. */
export const postgresRules: RuleGroupOf = (windows) => ({
  name: 'pool-lab-postgres',
  recording: postgresRecording(windows),
  alerts: postgresAlerts(windows),
});

function postgresRecording(windows: Windows): readonly RecordingRule[] {
  const recorded = recordedNames(windows);
  const sessions = `sum by (job, instance) (${METRICS.pgConnections})`;
  const limit = (metric: string) => `max by (job, instance) (${metric})`;
  return [
    {
      record: recorded.slotsLeft,
      why: 'Slots that a role without privileges can still have. Below zero where superusers sit in the reserved ones too.',
      expr: `${limit(METRICS.pgMaxConnections)}
- ${limit(METRICS.pgReservedConnections)}
- ${sessions}`,
    },
    {
      record: recorded.slotsUsedRatio,
      why: 'Share in use, by whomever, of the slots that a role without privileges can have. Above 1 where somebody sits in the reserved ones, if only while being refused.',
      expr: `${sessions}
/ (${limit(METRICS.pgMaxConnections)} - ${limit(METRICS.pgReservedConnections)})`,
    },
    {
      record: recorded.connectErrors,
      why: 'Connections that could not be opened, per second; 53300: PostgreSQL had no slot, 08P01: a PgBouncer said so, for whatever reason.',
      expr: `sum by (job, instance, sqlstate) (${rateOf(ofWorkers(METRICS.connectErrorsTotal), windows)})`,
    },
  ];
}

function postgresAlerts(windows: Windows): readonly AlertRule[] {
  const recorded = recordedNames(windows);
  const bound = (name: string) => `${METRICS.budgetConnections}{bound="${name}"}`;
  return [
    {
      alert: 'PostgresSlotsLow',
      severity: 'warning',
      forScrapes: SCRAPES.short,
      needs: SERVER_SIDE,
      expr: `${recorded.slotsUsedRatio} > ${USED_SHARE}`,
      summary:
        '{{ $value | humanizePercentage }} of the slots that ordinary roles can have are in use in the PostgreSQL behind {{ $labels.instance }}',
      description:
        'When the last one is taken, the next request that needs a new connection fails. See whose sessions they are and whether they work: idle ones belong to pools that are larger than they need to be. Expected for the time of a rolling deploy whose rollout ceiling is that high.',
    },
    {
      alert: 'PostgresSlotsExhausted',
      severity: 'critical',
      forScrapes: SCRAPES.brief,
      needs: SERVER_SIDE,
      expr: `${recorded.slotsLeft} <= 0`,
      summary: 'The PostgreSQL behind {{ $labels.instance }} has no connection left for anybody',
      description:
        'Whoever needs a new connection is refused with SQLSTATE 53300, other services included. Free slots first: stop a deploy that is under way, end idle sessions of whoever has most. Then lower pool_size and max_overflow until workers × (pool_size + max_overflow) fits, or behind PgBouncer default_pool_size + reserve_pool_size for each user of each database and each of its processes; raising max_connections needs a restart and memory.',
    },
    {
      alert: 'PostgresRefusesConnections',
      severity: 'critical',
      forScrapes: 0,
      needs: `${METRICS.connectErrorsTotal} with its label reason; a service of your own would have to count SQLSTATE 53300 by text, which OpenTelemetry has no metric for and PostgreSQL no statistic. Does without pool_lab_pg_*`,
      // Behind a newer PgBouncer it is requests that are refused; elsewhere they would be counted twice.
      expr: `${eventsWithin(ofWorkers(METRICS.connectErrorsTotal, REFUSED_BY_POSTGRES), windows)}
or
${eventsWithin(ofWorkers(METRICS.errorsTotal, REQUESTS_REFUSED_BY_POSTGRES), windows)}`,
      summary: `PostgreSQL refused {{ printf "%.0f" $value }} connections to {{ $labels.instance }} within ${rateWindow(windows)} (SQLSTATE 53300)`,
      description:
        'This is exhaustion: requests fail, and each retry asks again. The label reason of the counter says what is full: the server (too_many_clients, reserved_*), the role or the database; its label sqlstate is 08P01 where a PgBouncer before 1.21 passed it on. Do as for PostgresSlotsExhausted; for a role or a database, look at its CONNECTION LIMIT.',
    },
    {
      alert: 'PgBouncerRefusesConnections',
      severity: 'critical',
      forScrapes: 0,
      needs: `${METRICS.connectErrorsTotal} with its label reason; a service of your own would have to count SQLSTATE 08P01 by text`,
      expr: eventsWithin(ofWorkers(METRICS.connectErrorsTotal, REFUSED_BY_POOLER), windows),
      summary: `PgBouncer refused {{ printf "%.0f" $value }} connections to {{ $labels.instance }} within ${rateWindow(windows)}: it has as many clients as it takes`,
      description:
        'Requests fail, and PostgreSQL was not asked: its slots and default_pool_size have nothing to do with it. Raise max_client_conn to what all pools together may open, old and new processes of a rolling deploy included; a client costs PgBouncer a few kB and a file descriptor.',
    },
    {
      alert: 'PoolBudgetOverbooked',
      severity: 'info',
      forScrapes: SCRAPES.short,
      needs: `${METRICS.budgetConnections}, which is there where the lab watches the database; silent behind PgBouncer, which bounds what reaches PostgreSQL`,
      expr: `max without (bound) (
  ${bound('usable')}
  unless ignoring (bound) (${bound('ceiling')} <= ignoring (bound) ${bound('usable')})
)
unless on (job, instance) ${METRICS.pgbouncerMaxWaitSeconds}`,
      summary:
        'The pools at {{ $labels.instance }} may open more connections than the {{ $value }} that PostgreSQL has for them',
      description:
        'As soon as the load asks for that many, connections are refused instead of waited for; until then nothing fails, and nothing else tells. Choose pool_size and max_overflow so that workers × (pool_size + max_overflow) fits, old and new workers of a rolling deploy included.',
    },
  ];
}
