import type { RefusalReason } from '../server/contract.ts';

/** What a text of somebody else's program is known to say about connections. */
export type KnownFailure =
  | { readonly kind: 'pool_timeout' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason };

/** Callers whose pool gave them no connection in time, each in its library's own words. */
const POOL_TIMEOUTS: readonly RegExp[] = [
  // SQLAlchemy
  /QueuePool limit of size/,
  // HikariCP
  /Connection is not available, request timed out after/,
  // pg-pool, and what is built on it
  /timeout exceeded when trying to connect/,
  // psycopg_pool, and Django's pool
  // (an answer may have its apostrophe escaped for HTML or JSON)
  /couldn\S{1,6}t get a connection after|\bPoolTimeout\b/,
  // sqlx
  /pool timed out while waiting for an open connection/,
  // Active Record
  /could not obtain a connection from the pool within/,
  // Knex, in the error it throws and in the one it logs
  /Timeout acquiring a connection\. The pool is probably full/,
  /Acquire connection error: .*operation timed out for an unknown reason/,
  // Sequelize
  /SequelizeConnectionAcquireTimeoutError|ConnectionAcquireTimeoutError/,
  // Npgsql
  /The connection pool has been exhausted/,
  // Prisma before 7
  /Timed out fetching a new connection from the connection pool/,
  // Tomcat's JDBC pool, DBCP, R2DBC's pool
  /Pool empty\. Unable to fetch a connection in/,
  /pool error Timeout waiting for idle object/,
  /Connection acquisition timed out after/,
];

/** Refusals of the server itself, wordings from PostgreSQL 9.6 to 18, and PgBouncer's; the last ones without their reason. */
const REFUSALS: readonly (readonly [RegExp, RefusalReason])[] = [
  [/too many clients already/, 'all_slots'],
  [/reserved for .*superuser/i, 'superuser_reserved'],
  [/connection limit exceeded for non-superusers/, 'superuser_reserved'],
  [/reserved for roles with privileges of/, 'reserved'],
  [/too many connections for role/, 'role_limit'],
  [/too many connections for database/, 'database_limit'],
  [/no more connections allowed \(max_client_conn\)|client connections exceeded/, 'pooler_clients'],
  // asyncpg's and psycopg's names of SQLSTATE 53300, and the bare number
  [/\bTooManyConnections(?:Error)?\b/, 'unknown'],
  [/\b(?:SQLSTATE|SQLState|code)\b\W{0,6}53300\b/, 'unknown'],
];

/** The first known failure that a text names; `null`: it names none. */
export function knownFailure(text: string): KnownFailure | null {
  const refusal = REFUSALS.find(([words]) => words.test(text));
  if (refusal !== undefined) return { kind: 'refused', reason: refusal[1] };
  return POOL_TIMEOUTS.some((words) => words.test(text)) ? { kind: 'pool_timeout' } : null;
}
