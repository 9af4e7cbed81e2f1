import type { ClientBase } from 'pg';
import { z } from 'zod';
import type {
  Activity,
  ConnectionLimit,
  Held,
  Holder,
  Observation,
} from '../analysis/inspection/inspection.ts';
import { LabError } from '../lab-error.ts';
import { msSince, NOT_THIS_ONE, STATE, TAKES_A_SLOT } from './inspection-sql.ts';

/*
 * What inspect asks. Each is one row set and holds for one moment; lists are bounded on the server. Results
 * are parsed, since `bigint` and `numeric` arrive as strings.
 */

const count = z.coerce.number().int().min(0);
const ms = z.coerce.number().min(0).nullable();

/** What does not change while it is looked at. */
export interface InspectedServer {
  readonly version: string;
  readonly isStandby: boolean;
  readonly role: { readonly name: string; readonly seesEverybody: boolean };
  readonly maxConnections: number;
  readonly superuserReserved: number;
  readonly reserved: number;
}

const SERVER_SQL = `
  SELECT current_setting('default_transaction_read_only') = 'on' AS is_read_only,
         current_setting('server_version') AS version,
         pg_is_in_recovery() AS is_standby,
         session_user AS role,
         pg_has_role(session_user, 'pg_read_all_stats', 'USAGE') AS sees_everybody,
         current_setting('max_connections') AS max_connections,
         current_setting('superuser_reserved_connections') AS superuser_reserved,
         coalesce(current_setting('reserved_connections', true), '0') AS reserved`;

const serverSchema = z.object({
  is_read_only: z.boolean(),
  version: z.string(),
  is_standby: z.boolean(),
  role: z.string(),
  sees_everybody: z.boolean(),
  max_connections: count,
  superuser_reserved: count,
  reserved: count,
});

/** @throws LabError DATABASE_UNUSABLE where the session is not what was asked for: somebody is in between */
export async function readServer(client: ClientBase): Promise<InspectedServer> {
  const { rows } = await client.query(SERVER_SQL);
  const row = serverSchema.parse(rows[0]);
  if (!row.is_read_only) {
    throw new LabError('DATABASE_UNUSABLE', {
      message:
        'the session did not get the settings that keep it from writing: a pooler in between leaves them out',
      hint: 'Give the address of PostgreSQL itself; behind a pooler nobody knows whose session answers.',
    });
  }
  return {
    version: row.version,
    isStandby: row.is_standby,
    role: { name: row.role, seesEverybody: row.sees_everybody },
    maxConnections: row.max_connections,
    superuserReserved: row.superuser_reserved,
    reserved: row.reserved,
  };
}

const SAMPLE_SQL = `
  SELECT count(*) AS used,
         count(*) FILTER (WHERE state = 'active') AS active,
         count(*) FILTER (WHERE state = 'idle') AS idle,
         count(*) FILTER (WHERE state = 'idle_in_transaction') AS idle_in_transaction,
         count(*) FILTER (WHERE state = 'starting') AS starting,
         count(*) FILTER (WHERE state = 'unknown') AS unknown,
         count(*) FILTER (WHERE waits_for_lock) AS lock_waits
    FROM (SELECT ${STATE} AS state, coalesce(a.wait_event_type = 'Lock', false) AS waits_for_lock
            FROM pg_stat_activity a WHERE ${TAKES_A_SLOT} AND ${NOT_THIS_ONE}) s`;

const sampleSchema = z.object({
  used: count,
  active: count,
  idle: count,
  idle_in_transaction: count,
  starting: count,
  unknown: count,
  lock_waits: count,
});
export type SessionSample = z.infer<typeof sampleSchema>;

/** How many sessions are in which state, this one not counted. */
export async function sampleSessions(client: ClientBase): Promise<SessionSample> {
  const { rows } = await client.query(SAMPLE_SQL);
  return sampleSchema.parse(rows[0]);
}

/**
 * Who has sessions, the largest first, after a row of all together. One that has just become active, or is
 * about to be idle, may still be said to wait for its client.
 */
const HOLDERS_SQL = `
  WITH sessions AS MATERIALIZED (
    SELECT coalesce(a.application_name, '') AS application, a.usename AS role, a.datname AS database,
           host(a.client_addr) AS client, ${STATE} AS state,
           CASE WHEN a.wait_event <> 'ClientRead'
                THEN a.wait_event_type || '/' || a.wait_event END AS wait,
           coalesce(a.wait_event_type = 'Lock', false) AS waits_for_lock,
           ${msSince('a.backend_start')} AS age_ms, ${msSince('a.state_change')} AS state_ms, ${msSince('a.xact_start')} AS transaction_ms
      FROM pg_stat_activity a WHERE ${TAKES_A_SLOT} AND ${NOT_THIS_ONE})
  SELECT GROUPING(application) = 1 AS is_total, application, role, database,
         count(*) AS sessions,
         count(*) FILTER (WHERE state = 'active') AS active,
         count(*) FILTER (WHERE state = 'idle') AS idle,
         count(*) FILTER (WHERE state = 'idle_in_transaction') AS idle_in_transaction,
         count(*) FILTER (WHERE state = 'starting') AS starting,
         count(*) FILTER (WHERE state = 'unknown') AS unknown,
         count(*) FILTER (WHERE state = 'idle' AND state_ms >= $1::float8) AS long_idle,
         count(*) FILTER (WHERE age_ms < $2::float8) AS young,
         count(*) FILTER (WHERE waits_for_lock) AS lock_waits,
         max(state_ms) FILTER (WHERE state = 'active') AS oldest_active_ms,
         max(state_ms) FILTER (WHERE state = 'idle') AS oldest_idle_ms,
         max(state_ms) FILTER (WHERE state = 'idle_in_transaction') AS oldest_idle_in_transaction_ms,
         max(transaction_ms) AS oldest_transaction_ms,
         mode() WITHIN GROUP (ORDER BY wait) FILTER (WHERE state = 'active') AS wait_event,
         count(DISTINCT client) AS addresses,
         mode() WITHIN GROUP (ORDER BY client) AS largest_client,
         count(*) OVER () - 1 AS holders
    FROM sessions
   GROUP BY GROUPING SETS ((), (application, role, database))
   ORDER BY is_total DESC, sessions DESC, application, role, database
   LIMIT $3::int + 1`;

const heldRowSchema = z.object({
  is_total: z.boolean(),
  application: z.string().nullable(),
  role: z.string().nullable(),
  database: z.string().nullable(),
  sessions: count,
  active: count,
  idle: count,
  idle_in_transaction: count,
  starting: count,
  unknown: count,
  long_idle: count,
  young: count,
  lock_waits: count,
  oldest_active_ms: ms,
  oldest_idle_ms: ms,
  oldest_idle_in_transaction_ms: ms,
  oldest_transaction_ms: ms,
  wait_event: z.string().nullable(),
  addresses: count,
  largest_client: z.string().nullable(),
  holders: count,
});
type HeldRow = z.infer<typeof heldRowSchema>;

export interface Holding {
  readonly total: Held;
  readonly holders: Holder[];
  readonly holdersNotShown: number;
}

export async function readHolders(
  client: ClientBase,
  {
    longIdleMs,
    youngMs,
    holdersMax,
  }: { readonly longIdleMs: number; readonly youngMs: number; readonly holdersMax: number },
): Promise<Holding> {
  const { rows } = await client.query(HOLDERS_SQL, [longIdleMs, youngMs, holdersMax]);
  const [total, ...holders] = z.array(heldRowSchema).parse(rows);
  if (total === undefined) throw new Error('the row of all sessions together is missing');
  return {
    total: heldOf(total),
    holders: holders.map((row) => ({
      ...heldOf(row),
      application: row.application ?? '',
      role: row.role,
      database: row.database,
    })),
    holdersNotShown: total.holders - holders.length,
  };
}

function heldOf(row: HeldRow): Held {
  const { active, idle, idle_in_transaction, starting, unknown } = row;
  return {
    sessions: row.sessions,
    states: { active, idle, idle_in_transaction, starting, unknown },
    longIdle: row.long_idle,
    young: row.young,
    lockWaits: row.lock_waits,
    oldestMs: {
      active: row.oldest_active_ms,
      idle: row.oldest_idle_ms,
      idleInTransaction: row.oldest_idle_in_transaction_ms,
      transaction: row.oldest_transaction_ms,
    },
    waitEvent: row.wait_event,
    clients: { addresses: row.addresses, largest: row.largest_client },
  };
}

/** Limits that somebody set; superusers have none, whatever is written. −1 is none, −2 a broken database. */
const LIMITS_SQL = `
  WITH sessions AS MATERIALIZED (
    SELECT a.usesysid, a.datid FROM pg_stat_activity a WHERE ${TAKES_A_SLOT} AND ${NOT_THIS_ONE}),
  limited AS (
    SELECT 'role' AS kind, r.rolname AS name, r.rolconnlimit AS "limit",
           (SELECT count(*) FROM sessions s WHERE s.usesysid = r.oid) AS used
      FROM pg_roles r WHERE r.rolconnlimit >= 0 AND NOT r.rolsuper
     UNION ALL
    SELECT 'database', d.datname, d.datconnlimit,
           (SELECT count(*) FROM sessions s WHERE s.datid = d.oid)
      FROM pg_database d WHERE d.datconnlimit >= 0)
  SELECT kind, name, "limit", used FROM limited
   ORDER BY used::float8 / greatest("limit", 1) DESC, used DESC, kind, name
   LIMIT 20`;

const limitRowSchema = z.object({
  kind: z.enum(['role', 'database']),
  name: z.string(),
  limit: count,
  used: count,
});

export async function readLimitsInUse(client: ClientBase): Promise<{
  readonly roleLimits: ConnectionLimit[];
  readonly databaseLimits: ConnectionLimit[];
}> {
  const { rows } = await client.query(LIMITS_SQL);
  const limits = z.array(limitRowSchema).parse(rows);
  const of = (wanted: 'role' | 'database'): ConnectionLimit[] =>
    limits
      .filter(({ kind }) => kind === wanted)
      .map(({ name, limit, used }) => ({ name, limit, used }));
  return { roleLimits: of('role'), databaseLimits: of('database') };
}

const ACTIVITY_SQL = `
  SELECT sum(sessions) AS sessions, sum(sessions_abandoned) AS abandoned, sum(sessions_fatal) AS fatal,
         sum(sessions_killed) AS killed, sum(xact_commit + xact_rollback) AS transactions,
         sum(session_time) AS session_ms, sum(active_time) AS active_ms,
         sum(idle_in_transaction_time) AS idle_in_transaction_ms,
         max(stats_reset) AS reset_at
    FROM pg_stat_database`;

const activityRowSchema = z.object({
  sessions: count,
  abandoned: count,
  fatal: count,
  killed: count,
  transactions: count,
  session_ms: z.coerce.number().min(0),
  active_ms: z.coerce.number().min(0),
  idle_in_transaction_ms: z.coerce.number().min(0),
  reset_at: z.date().nullable(),
});

export async function readActivity(
  client: ClientBase,
): Promise<{ readonly activity: Activity; readonly resetAt: string | null }> {
  const { rows } = await client.query(ACTIVITY_SQL);
  const row = activityRowSchema.parse(rows[0]);
  const { sessions, abandoned, fatal, killed, transactions } = row;
  return {
    activity: {
      ...{ sessions, abandoned, fatal, killed, transactions },
      sessionMs: row.session_ms,
      activeMs: row.active_ms,
      idleInTransactionMs: row.idle_in_transaction_ms,
    },
    resetAt: row.reset_at?.toISOString() ?? null,
  };
}

/** Processes beside the sessions, with the setting that limits them, where there is one. */
const APART_SQL = `
  SELECT kind, processes, s.name AS setting, s.setting AS value
    FROM (SELECT a.backend_type AS kind, count(*) AS processes,
                 CASE a.backend_type WHEN 'walsender' THEN 'max_wal_senders'
                                     WHEN 'autovacuum worker' THEN 'autovacuum_max_workers'
                                     WHEN 'parallel worker' THEN 'max_parallel_workers'
                                     WHEN 'logical replication parallel worker'
                                       THEN 'max_logical_replication_workers'
                                     WHEN 'logical replication worker'
                                       THEN 'max_logical_replication_workers' END AS limited_by
            FROM pg_stat_activity a WHERE a.backend_type <> 'client backend' GROUP BY 1) p
    LEFT JOIN pg_settings s ON s.name = p.limited_by
   ORDER BY processes DESC, kind LIMIT 30`;

const apartRowSchema = z.object({
  kind: z.string(),
  processes: count,
  setting: z.string().nullable(),
  value: count.nullable(),
});

export async function readApart(client: ClientBase): Promise<NonNullable<Observation['apart']>> {
  const { rows } = await client.query(APART_SQL);
  return z
    .array(apartRowSchema)
    .parse(rows)
    .map(({ kind, processes, setting, value }) => ({
      kind,
      processes,
      limit: setting === null || value === null ? null : { setting, value },
    }));
}
