import type { ClientBase } from 'pg';
import { z } from 'zod';
import { MONITOR_APPLICATION_NAME } from '../../server/contract.ts';
import { TAKES_A_SLOT } from './inspection-sql.ts';
import { type Watched, watchedCondition } from './watched-sessions.ts';

/*
 * What the monitor asks. Each query takes one connection and one row set; results are parsed, since
 * `bigint` and `numeric` arrive as strings.
 */

const count = z.coerce.number().int().min(0);
/** PostgreSQL writes −1 for "no limit". */
const limit = z.coerce
  .number()
  .int()
  .transform((value) => (value < 0 ? null : value));

const limitsSchema = z.object({
  server_version: z.string(),
  max_connections: count,
  superuser_reserved_connections: count,
  reserved_connections: count,
  fsync: z.string(),
  synchronous_commit: z.string(),
  full_page_writes: z.string(),
  wal_level: z.string(),
  shared_buffers_bytes: count,
  database_limit: limit,
  role_limit: limit,
  role_kind: z.enum(['ordinary', 'reserved', 'superuser']),
});

/** The limits as they are in force, and what a result must say about the server it came from. */
export interface ServerLimits {
  /** e.g. `18.4`. */
  readonly version: string;
  readonly maxConnections: number;
  readonly superuserReservedConnections: number;
  /** 0 before PostgreSQL 16, which brought the setting. */
  readonly reservedConnections: number;
  /** Limits of the API's database and role; `null`: none. */
  readonly databaseConnectionLimit: number | null;
  readonly roleConnectionLimit: number | null;
  /** `reserved`: may use `reserved_connections`; `superuser`: may use every slot. */
  readonly apiRoleKind: 'ordinary' | 'reserved' | 'superuser';
  readonly durability: {
    readonly fsync: string;
    readonly synchronousCommit: string;
    readonly fullPageWrites: string;
    readonly walLevel: string;
  };
  readonly sharedBuffersBytes: number;
}

/** `pg_settings` has a row only for what the version knows; before 16 there is no such role either. */
const LIMITS_SQL = `
  SELECT current_setting('server_version') AS server_version,
         current_setting('max_connections') AS max_connections,
         current_setting('superuser_reserved_connections') AS superuser_reserved_connections,
         coalesce(current_setting('reserved_connections', true), '0') AS reserved_connections,
         current_setting('fsync') AS fsync,
         current_setting('synchronous_commit') AS synchronous_commit,
         current_setting('full_page_writes') AS full_page_writes,
         current_setting('wal_level') AS wal_level,
         pg_size_bytes(current_setting('shared_buffers')) AS shared_buffers_bytes,
         d.datconnlimit AS database_limit,
         r.rolconnlimit AS role_limit,
         CASE WHEN r.rolsuper THEN 'superuser'
              WHEN EXISTS (SELECT FROM pg_roles m
                            WHERE m.rolname = 'pg_use_reserved_connections'
                              AND pg_has_role(r.oid, m.oid, 'USAGE')) THEN 'reserved'
              ELSE 'ordinary' END AS role_kind
    FROM pg_database d, pg_roles r
   WHERE d.datname = $1 AND r.rolname = $2`;

/** `null` when the database or the role does not exist. */
export async function readLimits(
  client: ClientBase,
  api: { readonly database: string; readonly user: string },
): Promise<ServerLimits | null> {
  const { rows } = await client.query(LIMITS_SQL, [api.database, api.user]);
  if (rows.length === 0) return null;
  const row = limitsSchema.parse(rows[0]);
  return {
    version: row.server_version,
    maxConnections: row.max_connections,
    superuserReservedConnections: row.superuser_reserved_connections,
    reservedConnections: row.reserved_connections,
    databaseConnectionLimit: row.database_limit,
    roleConnectionLimit: row.role_limit,
    apiRoleKind: row.role_kind,
    durability: {
      fsync: row.fsync,
      synchronousCommit: row.synchronous_commit,
      fullPageWrites: row.full_page_writes,
      walLevel: row.wal_level,
    },
    sharedBuffersBytes: row.shared_buffers_bytes,
  };
}

export async function readDatabaseBytes(client: ClientBase, database: string): Promise<number> {
  const { rows } = await client.query('SELECT pg_database_size($1::name) AS bytes', [database]);
  return z.object({ bytes: count }).parse(rows[0]).bytes;
}

/** Backends of one name, role, database and address in one state, at one moment. */
export interface BackendGroup {
  readonly applicationName: string;
  /** Empty while it has not finished connecting, like the name and the database. */
  readonly role: string;
  readonly database: string;
  /** Of the client; `socket` for a socket of the file system, empty where this role may not see it. */
  readonly address: string;
  /**
   * As in `pg_stat_activity`, with `starting` for one that has not finished connecting: it occupies a
   * slot, has no name yet, and is what a refusal looks like for a moment.
   */
  readonly state: string;
  /** `Lock/transactionid`; `null`: waits for nothing. */
  readonly waitEvent: string | null;
  readonly backends: number;
}

const groupSchema = z
  .object({
    application_name: z.string(),
    role: z.string(),
    database: z.string(),
    address: z.string(),
    state: z.string(),
    wait_event: z.string().nullable(),
    backends: count,
  })
  .transform((row) => ({
    applicationName: row.application_name,
    role: row.role,
    database: row.database,
    address: row.address,
    state: row.state,
    waitEvent: row.wait_event,
    backends: row.backends,
  }));

/**
 * Only client backends take slots of `max_connections`; autovacuum, WAL senders and parallel workers
 * have their own. Before PostgreSQL 18 a connecting backend has no state and no user. Of a session that this
 * role may not see, only name, role and database are told: it is counted, in the state `unknown`.
 */
const SAMPLE = {
  name: 'pool-lab-sample',
  text: `
  SELECT coalesce(application_name, '') AS application_name,
         coalesce(usename, '') AS role,
         coalesce(datname, '') AS database,
         CASE WHEN backend_type IS NULL THEN '' ELSE coalesce(host(client_addr), 'socket') END AS address,
         coalesce(state, CASE WHEN usename IS NULL THEN 'starting' ELSE 'unknown' END) AS state,
         wait_event_type || '/' || wait_event AS wait_event,
         count(*) AS backends
    FROM pg_stat_activity a
   WHERE ${TAKES_A_SLOT}
   GROUP BY 1, 2, 3, 4, 5, 6`,
};

export async function sampleBackends(client: ClientBase): Promise<readonly BackendGroup[]> {
  const { rows } = await client.query(SAMPLE);
  return z.array(groupSchema).parse(rows);
}

export interface TransactionCounts {
  readonly committed: number;
  readonly rolledBack: number;
}

/** Everybody's in one database, since its statistics were reset. */
export interface DatabaseCounts extends TransactionCounts {
  /** Established so far; `null` before PostgreSQL 14, which began to count them. */
  readonly sessions: number | null;
}

/** A column that the version does not have is no key of the row's JSON. */
const DATABASE_COUNTS = {
  name: 'pool-lab-database-counts',
  text: `
  SELECT xact_commit, xact_rollback, to_jsonb(d) ->> 'sessions' AS sessions
    FROM pg_stat_database d WHERE datname = $1`,
};

const databaseCountsSchema = z.object({
  xact_commit: count,
  xact_rollback: count,
  sessions: count.nullable(),
});

export async function readDatabaseCounts(
  client: ClientBase,
  database: string,
): Promise<DatabaseCounts> {
  const { rows } = await client.query({ ...DATABASE_COUNTS, values: [database] });
  const row = databaseCountsSchema.parse(rows[0]);
  return {
    committed: row.xact_commit,
    rolledBack: row.xact_rollback,
    sessions: row.sessions,
  };
}

/** Backends of whoever is watched. */
export async function countBackends(client: ClientBase, watched: Watched): Promise<number> {
  const { name, text, values } = watchedCondition(watched);
  const { rows } = await client.query({
    name: `pool-lab-count-${name}`,
    text: `SELECT count(*) AS backends FROM pg_stat_activity a WHERE ${TAKES_A_SLOT} AND ${text}`,
    values: [...values],
  });
  return z.object({ backends: count }).parse(rows[0]).backends;
}

/**
 * Who the monitor says it is. A server's or a role's time limits must not end its session. What others made
 * in the database must not run with its rights, neither because it fits better than PostgreSQL's own nor
 * because somebody put it first in the path. The driver would ask PGSSLMODE, which is meant for other servers.
 */
export const MONITOR_SESSION = {
  application_name: MONITOR_APPLICATION_NAME,
  options: '-c statement_timeout=0 -c idle_session_timeout=0 -c search_path=pg_catalog,pg_temp',
} as const;
