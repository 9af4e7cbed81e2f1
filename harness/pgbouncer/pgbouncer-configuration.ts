import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import type { Pooler } from '../plan/pooler.ts';
import { isAtLeast } from './pgbouncer-program.ts';

/** From this version on named statements can be brought along from connection to connection. */
export const CARRIES_STATEMENTS_SINCE = '1.21';
/** Statements kept for each connection; what 1.24 and later have by default. */
const PREPARED_STATEMENTS_KEPT = 200;
/**
 * The lab's own connection to the console is never refused, but is counted: without a place of its own it
 * would take one of the API's.
 */
const CONSOLE_CLIENTS = 1;
/** PgBouncer's default, spelled out: a client that has waited so long may have one of the reserve. */
export const RESERVE_POOL_TIMEOUT_S = 5;

export interface ConfigurationAsked {
  readonly version: string;
  readonly pooler: Pooler;
  /** Where PgBouncer connects: the role there is the user here, with this password in both places. */
  readonly database: DatabaseConfig;
  /** What `database.host` is to be written as. */
  readonly host: string;
  /** What a server connection is called that no client has had yet. */
  readonly applicationName: string;
  readonly port: number;
  readonly usersPath: string;
  /** Certificates that PostgreSQL's is judged by; `null`: it is not judged. */
  readonly authoritiesPath: string | null;
}

/**
 * `pgbouncer.ini`, in which only what the lab relies on is said: everything else is as it comes, which is
 * what people deploy. That includes `server_login_retry`, by which clients are refused for 15 s after PostgreSQL has
 * refused a login, and the 120 s that a client waits for a connection at most.
 *
 * @throws LabError POOLER_FAILED where a name cannot be written
 */
export function pgbouncerIni(asked: ConfigurationAsked): string {
  const { version, pooler, database, port, usersPath, authoritiesPath } = asked;
  const { sslMode = 'disable' } = database;
  return [
    '[databases]',
    `${databaseKey(database.database)} = ${connectString(asked)}`,
    '',
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    '; a socket file in /tmp would be in the way of everybody',
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${line(usersPath)}`,
    `stats_users = ${listed(database.user)}`,
    `pool_mode = ${pooler.mode}`,
    `default_pool_size = ${pooler.defaultPoolSize}`,
    'min_pool_size = 0',
    `reserve_pool_size = ${pooler.reservePoolSize}`,
    `reserve_pool_timeout = ${RESERVE_POOL_TIMEOUT_S}`,
    `; as asked for, and ${CONSOLE_CLIENTS} for the lab at the console`,
    `max_client_conn = ${pooler.maxClientConn + CONSOLE_CLIENTS}`,
    ...(isAtLeast(version, CARRIES_STATEMENTS_SINCE)
      ? [`max_prepared_statements = ${PREPARED_STATEMENTS_KEPT}`]
      : []),
    `server_tls_sslmode = ${sslMode}`,
    ...(authoritiesPath === null ? [] : [`server_tls_ca_file = ${line(authoritiesPath)}`]),
    '; two lines for every connection, without a pool thousands a second',
    'log_connections = 0',
    'log_disconnections = 0',
    '',
  ].join('\n');
}

/** `userlist.txt`: the one user, with the password in the clear, which SCRAM towards PostgreSQL needs. */
export function pgbouncerUsers({ user, password }: DatabaseConfig): string {
  const quoted = [user, password].map((text) => `"${line(text).replaceAll('"', '""')}"`);
  return `${quoted.join(' ')}\n`;
}

/** A name that PgBouncer would not read as one is left to the entry for all others. */
function databaseKey(name: string): string {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) ? name : '*';
}

function connectString({ database, host, applicationName }: ConfigurationAsked): string {
  const fields = {
    host,
    port: String(database.port),
    dbname: database.database,
    application_name: applicationName,
  };
  return Object.entries(fields)
    .map(([key, value]) => `${key}='${line(value).replaceAll("'", "''")}'`)
    .join(' ');
}

/** One of a list that is separated by commas. */
function listed(name: string): string {
  if (line(name).includes(',') || name.trim() !== name) throw unspeakable(name);
  return name;
}

/** What stands in one line of a file. */
function line(text: string): string {
  if (/[\p{Cc}]/u.test(text)) throw unspeakable('a name or password with a control character');
  return text;
}

function unspeakable(name: string): LabError {
  return new LabError('POOLER_FAILED', {
    message: `${name} cannot be written into the configuration of PgBouncer`,
    hint: 'Use a role and a database with other names.',
  });
}
