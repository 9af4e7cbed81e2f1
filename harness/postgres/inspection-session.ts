import type { ClientBase } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { clientOptions } from './client-options.ts';
import { CONNECT_DEADLINE_MS, explainConnectError } from './connect-failure.ts';
import { GuardedClient } from './guarded-client.ts';
import { explainSlotRefusal } from './slot-refusal.ts';

/** By this name everybody on the server sees who looked. */
export const INSPECT_APPLICATION_NAME = 'pool-lab-inspect';

/**
 * What is asked takes milliseconds. Where it takes this long the server is in no state to be asked, and
 * looking must not add to it.
 */
const STATEMENT_DEADLINE_MS = 3_000;
/** Somebody may hold a catalog: then nobody is to wait behind this session. */
const LOCK_DEADLINE_MS = 500;
/** The server ends a statement before the client gives it up, and a session that is not ended well. */
const ANSWER_DEADLINE_MS = STATEMENT_DEADLINE_MS + 2_000;

/**
 * Settings come before a role's and a database's own. `search_path`: no function of the database's owner is
 * run instead of PostgreSQL's, by a superuser who only wanted to look.
 */
const SESSION_OPTIONS = [
  'default_transaction_read_only=on',
  `statement_timeout=${STATEMENT_DEADLINE_MS}`,
  `lock_timeout=${LOCK_DEADLINE_MS}`,
  `idle_in_transaction_session_timeout=${STATEMENT_DEADLINE_MS}`,
  'idle_session_timeout=0',
  'search_path=pg_catalog',
]
  .map((setting) => `-c ${setting}`)
  .join(' ');

/**
 * The one connection that looking takes, for the time of `use`: it cannot write, each statement is a
 * transaction of its own, and it is closed on every path.
 *
 * @throws LabError NO_SLOT_FOR_MONITOR, DATABASE_UNREACHABLE, DATABASE_AUTH, DATABASE_UNUSABLE
 */
export async function withInspectionSession<T>(
  address: DatabaseConfig,
  use: (client: ClientBase) => Promise<T>,
): Promise<T> {
  const client = new GuardedClient({
    ...clientOptions(address),
    application_name: INSPECT_APPLICATION_NAME,
    options: SESSION_OPTIONS,
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
    query_timeout: ANSWER_DEADLINE_MS,
  });
  let lost: Error | null = null;
  client.on('error', (error) => {
    // It also rejects what is being waited for; what is asked afterwards is refused in other words.
    lost ??= error;
  });
  try {
    await client.connect();
  } catch (error) {
    await client.end();
    throw explain(error, address);
  }
  try {
    return await use(client);
  } catch (error) {
    throw lost === null ? explainFailure(error, address) : connectionLost(lost, address);
  } finally {
    await client.end();
  }
}

const CERTIFICATE_PROBLEM = /certificate|altnames/i;
/** PgBouncer's refusals of the settings that a session of PostgreSQL's own begins with, up to 1.19 and since. */
const POOLER_SAYS =
  /unsupported startup (parameter|options)|unsupported parameter in startup options/i;

function explain(cause: unknown, address: DatabaseConfig): LabError {
  const { host, port, sslMode = 'disable', sslRootCert } = address;
  const said = describeError(cause);
  const code = systemErrorCode(cause) ?? '';
  if (code === '53300') return explainSlotRefusal(said, address, cause);
  if (said.includes('does not support SSL')) {
    return new LabError('DATABASE_UNREACHABLE', {
      message: `PostgreSQL at ${host}:${port} has no TLS, and sslmode=${sslMode} wants it.`,
      hint: 'Where the network in between is yours, ?sslmode=disable at the end of the address looks without.',
      cause,
    });
  }
  if (sslMode !== 'disable' && CERTIFICATE_PROBLEM.test(`${code} ${said}`)) {
    return new LabError('DATABASE_UNREACHABLE', {
      message: `The certificate of ${host}:${port} is not believed (${said}).`,
      hint:
        sslRootCert === undefined
          ? "Add ?sslmode=verify-full&sslrootcert=/path.pem with its authority's certificate to the address; sslmode=require encrypts and believes whoever answers."
          : 'Is that the certificate of its authority, and the host the name that it was made for?',
      cause,
    });
  }
  if (sslMode === 'disable' && code.startsWith('28') && said.includes('no encryption')) {
    return new LabError('DATABASE_AUTH', {
      message: `${host}:${port} takes no connection without TLS (${code}: ${said}).`,
      hint: 'Add ?sslmode=verify-full to the address, or sslmode=require where its certificate cannot be checked.',
      cause,
    });
  }
  if (POOLER_SAYS.test(said)) {
    return new LabError('DATABASE_UNUSABLE', {
      message: `What answers at ${host}:${port} is a pooler, and no PostgreSQL (${said}).`,
      hint: 'Give the address of PostgreSQL itself; behind a pooler nobody knows whose session answers.',
      cause,
    });
  }
  return explainConnectError(cause, address, 'inspect');
}

/** SQLSTATE query_canceled, by its time limit, and lock_not_available. */
const TOO_SLOW = new Set(['57014', '55P03']);

function explainFailure(cause: unknown, address: DatabaseConfig): unknown {
  const { host, port } = address;
  const said = describeError(cause);
  const code = systemErrorCode(cause) ?? '';
  if (TOO_SLOW.has(code) || said === 'Query read timeout') {
    return new LabError('DATABASE_UNREACHABLE', {
      message: `${host}:${port} did not answer in time what takes milliseconds elsewhere (${said}).`,
      hint: 'It is overloaded, or somebody has locked a system catalog. Look again, and at the machine it runs on.',
      cause,
    });
  }
  // 57P: an administrator's, a crash's; 08: the protocol's. Without a code: the socket's.
  if (/^(57P|08|E[A-Z]+$)/.test(code) || said.includes('Connection terminated')) {
    return connectionLost(cause, address);
  }
  return cause;
}

function connectionLost(cause: unknown, { host, port }: DatabaseConfig): LabError {
  return new LabError('DATABASE_UNREACHABLE', {
    message: `The connection to ${host}:${port} was lost while looking (${describeError(cause)}).`,
    hint: 'Look again; where it is lost again, the server restarts or something in between ends connections.',
    cause,
  });
}
