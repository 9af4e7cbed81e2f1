import { DatabaseError as PgError } from 'pg';
import { describe, expect, test } from 'vitest';
import { classify, classifyConnectError } from './classify-error.ts';
import { DatabaseError } from './database-error.ts';

function fromPostgres(code: string, message: string, severity: 'ERROR' | 'FATAL'): Error {
  const error = new PgError(message, message.length, 'error');
  error.code = code;
  error.severity = severity;
  return error;
}

function fromSystem(code: string, message = `connect ${code} 127.0.0.1:5432`): Error {
  return Object.assign(new Error(message), { code, errno: -1, syscall: 'connect' });
}

type Row = readonly [
  code: string,
  severity: 'ERROR' | 'FATAL',
  message: string,
  errorClass: string,
  reason: string | undefined,
  connectionUsable: boolean,
];

const POSTGRES: readonly Row[] = [
  ['53300', 'FATAL', 'sorry, too many clients already', 'too_many_connections', 'all_slots', false],
  [
    '53300',
    'FATAL',
    'remaining connection slots are reserved for roles with the SUPERUSER attribute',
    'too_many_connections',
    'superuser_reserved',
    false,
  ],
  [
    '53300',
    'FATAL',
    'remaining connection slots are reserved for non-replication superuser connections',
    'too_many_connections',
    'superuser_reserved',
    false,
  ],
  [
    '53300',
    'FATAL',
    'connection limit exceeded for non-superusers',
    'too_many_connections',
    'superuser_reserved',
    false,
  ],
  [
    '53300',
    'FATAL',
    'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role',
    'too_many_connections',
    'reserved',
    false,
  ],
  [
    '53300',
    'FATAL',
    'too many connections for role "api"',
    'too_many_connections',
    'role_limit',
    false,
  ],
  [
    '53300',
    'FATAL',
    'too many connections for database "shop"',
    'too_many_connections',
    'database_limit',
    false,
  ],
  [
    '53300',
    'FATAL',
    'number of requested standby connections exceeds max_wal_senders',
    'too_many_connections',
    'unknown',
    false,
  ],
  ['57P03', 'FATAL', 'the database system is starting up', 'db_unavailable', 'starting_up', false],
  [
    '57P03',
    'FATAL',
    'the database system is shutting down',
    'db_unavailable',
    'shutting_down',
    false,
  ],
  [
    '57P03',
    'FATAL',
    'the database system is in recovery mode',
    'db_unavailable',
    'in_recovery',
    false,
  ],
  [
    '57P03',
    'FATAL',
    'the database system is not accepting connections',
    'db_unavailable',
    'not_accepting',
    false,
  ],
  [
    '57P01',
    'FATAL',
    'terminating connection due to administrator command',
    'conn_lost',
    'admin_shutdown',
    false,
  ],
  [
    '57P02',
    'FATAL',
    'terminating connection because of crash of another server process',
    'conn_lost',
    'crash_shutdown',
    false,
  ],
  ['57P04', 'FATAL', 'database "shop" was dropped', 'conn_lost', 'database_dropped', false],
  [
    '57P05',
    'FATAL',
    'terminating connection due to idle-session timeout',
    'conn_lost',
    'idle_session_timeout',
    false,
  ],
  [
    '57014',
    'ERROR',
    'canceling statement due to statement timeout',
    'statement_timeout',
    undefined,
    true,
  ],
  ['57014', 'ERROR', 'canceling statement due to user request', 'sql_error', 'user_cancel', true],
  ['55P03', 'ERROR', 'canceling statement due to lock timeout', 'lock_timeout', undefined, true],
  [
    '55P03',
    'ERROR',
    'could not obtain lock on row in relation "hot"',
    'lock_timeout',
    'nowait',
    true,
  ],
  ['40P01', 'ERROR', 'deadlock detected', 'deadlock', undefined, true],
  [
    '25P03',
    'FATAL',
    'terminating connection due to idle-in-transaction timeout',
    'tx_timeout',
    'idle_in_transaction',
    false,
  ],
  [
    '25P04',
    'FATAL',
    'terminating connection due to transaction timeout',
    'tx_timeout',
    'transaction_timeout',
    false,
  ],
  ['28P01', 'FATAL', 'password authentication failed for user "api"', 'db_auth', undefined, false],
  ['28000', 'FATAL', 'role "api" is not permitted to log in', 'db_auth', undefined, false],
  [
    '42501',
    'FATAL',
    'permission denied for database "shop"',
    'db_auth',
    'no_connect_privilege',
    false,
  ],
  ['42501', 'ERROR', 'permission denied for table t', 'sql_error', undefined, true],
  ['3D000', 'FATAL', 'database "x" does not exist', 'db_unavailable', 'no_such_database', false],
  ['3D000', 'ERROR', 'database "x" does not exist', 'sql_error', undefined, true],
  ['08001', 'FATAL', 'could not connect to server', 'db_unavailable', 'connection_rejected', false],
  ['08004', 'FATAL', 'connection rejected', 'db_unavailable', 'connection_rejected', false],
  ['08006', 'FATAL', 'connection failure', 'conn_lost', undefined, false],
  ['08003', 'ERROR', 'connection does not exist', 'conn_lost', undefined, false],
  ['08P01', 'FATAL', 'sorry, too many clients already', 'too_many_connections', 'all_slots', false],
  [
    '08P01',
    'FATAL',
    'no more connections allowed (max_client_conn)',
    'too_many_connections',
    'pooler_clients',
    false,
  ],
  [
    '08P01',
    'FATAL',
    'client connections exceeded (max_user_client_connections)',
    'too_many_connections',
    'pooler_clients',
    false,
  ],
  [
    '08P01',
    'FATAL',
    'server login has been failing, cached error: sorry, too many clients already (server_login_retry)',
    'too_many_connections',
    'all_slots',
    false,
  ],
  [
    '08P01',
    'FATAL',
    'too many connections for role "api"',
    'too_many_connections',
    'role_limit',
    false,
  ],
  [
    '08P01',
    'FATAL',
    'server login has been failing, cached error: password authentication failed for user "api" (server_login_retry)',
    'db_auth',
    undefined,
    false,
  ],
  [
    '08P01',
    'FATAL',
    'server login has been failing, cached error: the database system is starting up (server_login_retry)',
    'db_unavailable',
    'starting_up',
    false,
  ],
  [
    '08P01',
    'FATAL',
    'server login has been failing, cached error: connect failed (server_login_retry)',
    'db_unavailable',
    'pooler_login_failing',
    false,
  ],
  [
    '08P01',
    'FATAL',
    'server login has been failing, try again later (server_login_retry)',
    'db_unavailable',
    'pooler_login_failing',
    false,
  ],
  ['08P01', 'FATAL', 'SASL authentication failed', 'db_auth', undefined, false],
  ['08P01', 'FATAL', 'auth failed', 'db_auth', undefined, false],
  ['08P01', 'FATAL', 'no such user: alice', 'db_auth', undefined, false],
  ['08P01', 'FATAL', 'no such database: shop', 'db_unavailable', 'no_such_database', false],
  ['08P01', 'FATAL', 'query_wait_timeout', 'db_unavailable', 'pooler_wait_timeout', false],
  [
    '08P01',
    'FATAL',
    'unsupported startup parameter: statement_timeout',
    'db_unavailable',
    'pooler_startup_parameter',
    false,
  ],
  [
    '08P01',
    'FATAL',
    'client_login_timeout (server down)',
    'db_unavailable',
    'pooler_login_timeout',
    false,
  ],
  ['08P01', 'FATAL', 'database "shop" does not exist', 'db_unavailable', 'no_such_database', false],
  ['08P01', 'FATAL', 'query_timeout', 'statement_timeout', 'pooler_query_timeout', false],
  ['08P01', 'FATAL', 'query timeout', 'statement_timeout', 'pooler_query_timeout', false],
  ['08P01', 'FATAL', 'idle transaction timeout', 'tx_timeout', 'pooler_idle_transaction', false],
  ['08P01', 'FATAL', 'transaction timeout', 'tx_timeout', 'pooler_transaction', false],
  ['08P01', 'FATAL', 'server conn crashed?', 'conn_lost', 'pooler_server_lost', false],
  [
    '26000',
    'ERROR',
    'prepared statement "point-read" does not exist',
    'sql_error',
    'statement_missing',
    true,
  ],
  [
    '42P05',
    'ERROR',
    'prepared statement "point-read" already exists',
    'sql_error',
    'statement_taken',
    true,
  ],
  ['08P01', 'FATAL', 'pgbouncer is shutting down', 'db_unavailable', 'shutting_down', false],
  ['08P01', 'ERROR', 'invalid message format', 'conn_lost', 'protocol_error', false],
  [
    '23505',
    'ERROR',
    'duplicate key value violates unique constraint',
    'sql_error',
    undefined,
    true,
  ],
  ['40001', 'ERROR', 'could not serialize access', 'sql_error', undefined, true],
  ['XX000', 'FATAL', 'something broke', 'conn_lost', 'fatal', false],
];

describe('what PostgreSQL and poolers say', () => {
  test.for(POSTGRES)('%s %s %s is %s', (row) => {
    const [code, severity, message, errorClass, reason, connectionUsable] = row;
    const cause = fromPostgres(code, message, severity);
    const error = classify(cause);
    expect(error).toBeInstanceOf(DatabaseError);
    expect({ ...error }).toMatchObject({ errorClass, reason, sqlstate: code, connectionUsable });
    expect(error.message).toBe(message);
    expect(error.cause).toBe(cause);
  });
});

describe('what the system says', () => {
  test.for([
    ['ECONNREFUSED', 'db_unavailable'],
    ['ENOTFOUND', 'db_unavailable'],
    ['EAI_AGAIN', 'db_unavailable'],
    ['ETIMEDOUT', 'db_unavailable'],
    ['EHOSTUNREACH', 'db_unavailable'],
    ['ENETUNREACH', 'db_unavailable'],
    ['EADDRNOTAVAIL', 'db_unavailable'],
    ['EMFILE', 'db_unavailable'],
    ['ENOENT', 'db_unavailable'],
    ['ECONNRESET', 'conn_lost'],
    // Five capitals like a SQLSTATE, and none.
    ['EPIPE', 'conn_lost'],
  ] as const)('%s is %s', ([code, errorClass]) => {
    expect({ ...classify(fromSystem(code)) }).toMatchObject({
      errorClass,
      reason: code.toLowerCase(),
      sqlstate: undefined,
      connectionUsable: false,
    });
  });

  test('a host name whose addresses all refuse keeps what each of them said', () => {
    const refusals = [
      fromSystem('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432'),
      fromSystem('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432'),
    ];
    // Node gives it no message of its own.
    const all = Object.assign(new AggregateError(refusals, 'all'), { message: '' });
    const error = classify(all);
    expect(error.errorClass).toBe('db_unavailable');
    expect(error.message).toBe(
      'connect ECONNREFUSED ::1:5432; connect ECONNREFUSED 127.0.0.1:5432',
    );
  });
});

describe('what pg and pg-pool say without a code', () => {
  test.for([
    ['timeout exceeded when trying to connect', 'pool_timeout', 'deadline'],
    ['Cannot use a pool after calling end on the pool', 'pool_timeout', 'closing'],
    ['Connection terminated due to connection timeout', 'db_unavailable', 'connect_timeout'],
    ['timeout expired', 'db_unavailable', 'connect_timeout'],
    ['Connection terminated unexpectedly', 'conn_lost', undefined],
    ['Connection terminated', 'conn_lost', undefined],
    ['Client has encountered a connection error and is not queryable', 'conn_lost', undefined],
    ['Client was closed and is not queryable', 'conn_lost', undefined],
    ['Query read timeout', 'statement_timeout', 'client_side'],
    ['received invalid response: 48', 'conn_lost', 'protocol_error'],
    ['Unknown authenticationOk message type 99', 'conn_lost', 'protocol_error'],
    ['Received unexpected dataRow message from backend.', 'conn_lost', 'protocol_error'],
    ['The server does not support SSL connections', 'db_unavailable', 'tls_not_offered'],
    ['SASL: SCRAM-SERVER-FINAL-MESSAGE: server signature does not match', 'db_auth', undefined],
    ['handler threw', 'other', undefined],
  ] as const)('"%s" is %s', ([message, errorClass, reason]) => {
    expect({ ...classify(new Error(message)) }).toMatchObject({
      errorClass,
      reason,
      sqlstate: undefined,
      connectionUsable: false,
    });
  });
});

test('what is no error at all is of class other and not trusted', () => {
  for (const thrown of [undefined, null, true, 'text', { code: 5 }]) {
    expect(classify(thrown)).toMatchObject({ errorClass: 'other', connectionUsable: false });
  }
});

test('an error is classified once', () => {
  const error = classify(fromPostgres('40P01', 'deadlock detected', 'ERROR'));
  expect(classify(error)).toBe(error);
});

test('a connection lost while it is being opened means that the database is not to be had', () => {
  const error = classifyConnectError(new Error('Connection terminated unexpectedly'));
  expect(error.errorClass).toBe('db_unavailable');
  const refused = fromPostgres('53300', 'sorry, too many clients already', 'FATAL');
  expect(classifyConnectError(refused).errorClass).toBe('too_many_connections');
  const wrongPassword = fromPostgres('28P01', 'password authentication failed', 'FATAL');
  expect(classifyConnectError(wrongPassword).errorClass).toBe('db_auth');
});
