import type { PoolTimeoutReason } from '../contract.ts';
import { DatabaseError } from './database-error.ts';
import { type Judgement, kept, lost, refused } from './judgement.ts';
import { judgePoolerMessage } from './pooler-words.ts';
import { notAcceptingReason, refusalReason } from './postgres-words.ts';

/**
 * Says what an error of pg, pg-pool or the socket means. By SQLSTATE **and** message: one code covers
 * several causes (53300, 57014, 08P01), and half of the messages come without any code.
 * A `DatabaseError` is returned as it is.
 */
export function classify(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const message = messageOf(error);
  const judgement =
    judgeSqlstate(error, message) ?? judgeSystemCode(error) ?? judgeMessage(message) ?? UNKNOWN;
  return new DatabaseError(message, { ...judgement, sqlstate: sqlstateOf(error), cause: error });
}

/**
 * Same for an error met while opening a connection. A connection that ends before it began was never
 * lost: the database is not to be had at this moment.
 */
export function classifyConnectError(error: unknown): DatabaseError {
  const classified = classify(error);
  if (classified.errorClass !== 'conn_lost' && classified.errorClass !== 'other') return classified;
  return new DatabaseError(classified.message, {
    errorClass: 'db_unavailable',
    reason: classified.reason,
    sqlstate: classified.sqlstate,
    connectionUsable: false,
    cause: classified.cause,
  });
}

/** Neither the database nor the driver said it, so nothing is known of the session either. */
const UNKNOWN = lost('other');

function poolTimeout(reason: PoolTimeoutReason): Judgement {
  return lost('pool_timeout', reason);
}

function judgeSqlstate(error: unknown, message: string): Judgement | undefined {
  const sqlstate = sqlstateOf(error);
  if (sqlstate === undefined) return undefined;
  const isFatal = hasText(error, 'severity') && FATAL_SEVERITIES.has(error.severity);
  const judge = SQLSTATES.get(sqlstate);
  if (judge !== undefined) return judge(message, isFatal);
  if (sqlstate.startsWith('28')) return lost('db_auth');
  if (sqlstate.startsWith('08')) return lost('conn_lost');
  return isFatal ? lost('conn_lost', 'fatal') : kept('sql_error');
}

const FATAL_SEVERITIES = new Set(['FATAL', 'PANIC']);

const SQLSTATES = new Map<string, (message: string, isFatal: boolean) => Judgement>([
  ['53300', (message) => refused(refusalReason(message) ?? 'unknown')],
  [
    '57014',
    // "User request" is the only text that is not the timeout's; pg_cancel_backend says it too.
    (message) =>
      message.includes('user request')
        ? kept('sql_error', 'user_cancel')
        : kept('statement_timeout'),
  ],
  [
    '55P03',
    (message) =>
      message.includes('could not obtain lock')
        ? kept('lock_timeout', 'nowait')
        : kept('lock_timeout'),
  ],
  ['40P01', () => kept('deadlock')],
  ['25P03', () => lost('tx_timeout', 'idle_in_transaction')],
  ['25P04', () => lost('tx_timeout', 'transaction_timeout')],
  ['57P01', () => lost('conn_lost', 'admin_shutdown')],
  ['57P02', () => lost('conn_lost', 'crash_shutdown')],
  ['57P03', (message) => lost('db_unavailable', notAcceptingReason(message))],
  ['57P04', () => lost('conn_lost', 'database_dropped')],
  ['57P05', () => lost('conn_lost', 'idle_session_timeout')],
  ['08001', () => lost('db_unavailable', 'connection_rejected')],
  ['08004', () => lost('db_unavailable', 'connection_rejected')],
  ['08P01', (message) => judgePoolerMessage(message) ?? lost('conn_lost', 'protocol_error')],
  // Named statements and sessions that do not belong together: what a pooler in transaction mode makes of them.
  ['26000', () => kept('sql_error', 'statement_missing')],
  ['42P05', () => kept('sql_error', 'statement_taken')],
  // The next two are ordinary errors inside a session, and the end of one that is beginning.
  [
    '3D000',
    (_message, isFatal) =>
      isFatal ? lost('db_unavailable', 'no_such_database') : kept('sql_error'),
  ],
  [
    '42501',
    (_message, isFatal) => (isFatal ? lost('db_auth', 'no_connect_privilege') : kept('sql_error')),
  ],
]);

const UNREACHABLE_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EMFILE',
  // A Unix socket that is not there, or not ours.
  'ENOENT',
  'EACCES',
]);
/**
 * A database that shows whom it is not believed to be; more tries will not change it. Node's names, after
 * OpenSSL's.
 */
const CERTIFICATE_CODES = new Map([
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_wrong_host'],
  ['HOSTNAME_MISMATCH', 'tls_wrong_host'],
  ['CERT_HAS_EXPIRED', 'tls_expired'],
  ['CERT_NOT_YET_VALID', 'tls_expired'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_untrusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'tls_untrusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls_untrusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_untrusted'],
  ['CERT_SIGNATURE_FAILURE', 'tls_untrusted'],
  ['CERT_UNTRUSTED', 'tls_untrusted'],
  ['CERT_REJECTED', 'tls_untrusted'],
  ['CERT_REVOKED', 'tls_untrusted'],
  ['INVALID_CA', 'tls_untrusted'],
  ['INVALID_PURPOSE', 'tls_untrusted'],
]);

const BROKEN_CODES = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_DESTROYED']);

function judgeSystemCode(error: unknown): Judgement | undefined {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  if (UNREACHABLE_CODES.has(code)) return lost('db_unavailable', code.toLowerCase());
  if (BROKEN_CODES.has(code)) return lost('conn_lost', code.toLowerCase());
  const certificateReason = CERTIFICATE_CODES.get(code);
  if (certificateReason !== undefined) return lost('db_auth', certificateReason);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return lost('db_unavailable', 'tls');
  return undefined;
}

/** pg's and pg-pool's own errors have no code; this is the only place that knows their words. */
function judgeMessage(message: string): Judgement | undefined {
  const known = MESSAGES.find(([text]) => message.startsWith(text));
  return known?.[1];
}

const MESSAGES: readonly (readonly [string, Judgement])[] = [
  ['timeout exceeded when trying to connect', poolTimeout('deadline')],
  ['Cannot use a pool after calling end on the pool', poolTimeout('closing')],
  ['Connection terminated due to connection timeout', lost('db_unavailable', 'connect_timeout')],
  ['timeout expired', lost('db_unavailable', 'connect_timeout')],
  ['Connection terminated', lost('conn_lost')],
  ['Client has encountered a connection error', lost('conn_lost')],
  ['Client was closed and is not queryable', lost('conn_lost')],
  // The answer may still arrive, and would be taken for the next holder's.
  ['Query read timeout', lost('statement_timeout', 'client_side')],
  ['received invalid response', lost('conn_lost', 'protocol_error')],
  ['Unknown authenticationOk message type', lost('conn_lost', 'protocol_error')],
  ['Received unexpected', lost('conn_lost', 'protocol_error')],
  ['The server does not support SSL connections', lost('db_unavailable', 'tls_not_offered')],
  ['There was an error establishing an SSL connection', lost('db_unavailable', 'tls')],
  ['SASL', lost('db_auth')],
  ['Password must be a string', lost('db_auth')],
];

/** Only an error with a severity comes from PostgreSQL: `EPIPE` has the shape of a SQLSTATE too. */
function sqlstateOf(error: unknown): string | undefined {
  const code = codeOf(error);
  if (code === undefined || !hasText(error, 'severity')) return undefined;
  return /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}

function codeOf(error: unknown): string | undefined {
  if (hasText(error, 'code')) return error.code;
  // Node tries every address of a host name and wraps what each of them said.
  return error instanceof AggregateError ? codeOf(error.errors[0]) : undefined;
}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(messageOf).join('; ');
  }
  return error instanceof Error ? error.message : String(error);
}

function hasText<Key extends string>(value: unknown, key: Key): value is Record<Key, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    key in value &&
    typeof Reflect.get(value, key) === 'string'
  );
}
