import type { ServerConfig, ServerMessage } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { describeError } from '../system-error.ts';

/** What the API said when it gave up, before it was ready or later, as an expected problem. */
export function failed(
  message: ServerMessage,
  config: ServerConfig,
  lines: readonly string[],
): LabError {
  if (message.type !== 'failed') return notReady(describe(message), lines);
  const where = `${config.database.host}:${config.database.port}`;
  switch (message.code) {
    case 'port_in_use':
      return portInUse(message.message, config);
    case 'db_unavailable':
      if (message.message.includes('does not support SSL'))
        return notEncrypting(where, message.message);
      return new LabError('DATABASE_UNREACHABLE', {
        message: `the API cannot reach PostgreSQL at ${where}: ${message.message}`,
        hint: 'Check that the server runs and accepts TCP connections there.',
      });
    case 'db_auth':
      if (/certificate/i.test(message.message)) return notBelieved(where, message.message);
      return new LabError('DATABASE_AUTH', {
        message: `PostgreSQL at ${where} refuses the API's role: ${message.message}`,
        hint: 'Check user, password and database. A PgBouncer in between has to know that role too: by its auth_query, or in its auth_file.',
      });
    case 'crash_loop':
      return new LabError('SERVER_CRASH_LOOP', {
        message: `the API's workers keep dying: ${message.message}`,
        hint: `Their last lines:\n${lines.join('\n')}`,
      });
    case 'not_ready':
      return notReady(message.message, lines);
  }
}

function notEncrypting(where: string, said: string): LabError {
  return new LabError('DATABASE_UNREACHABLE', {
    message: `the database at ${where} does not encrypt, which the API was told to: ${said}`,
    hint: 'Set ssl = on there, with a certificate. A PgBouncer in between needs its own: client_tls_sslmode.',
  });
}

function notBelieved(where: string, said: string): LabError {
  return new LabError('DATABASE_AUTH', {
    message: `the API does not believe the certificate of ${where}: ${said}`,
    hint: 'sslrootcert has to name the authority that signed it, and with verify-full the host has to be one of its names.',
  });
}

/** The API is not there, or no longer; `lines` are the last it wrote. */
export function notReady(message: string, lines: readonly string[]): LabError {
  return new LabError('SERVER_NOT_READY', {
    message,
    hint:
      lines.length > 0
        ? `Its last lines:\n${lines.join('\n')}`
        : 'It wrote nothing; is the machine out of memory or process slots?',
  });
}

/** The API lives and does not answer, where it does within milliseconds however busy its workers are. */
export function silent(cause: unknown): LabError {
  return new LabError('SERVER_NOT_READY', {
    message: `the API did not answer on its admin port: ${describeError(cause)}`,
    hint: 'Was the machine asleep, or is it overfull? Start again when it has room.',
    cause,
  });
}

export function describe(message: ServerMessage | null): string {
  if (message === null) return 'no answer in time';
  return 'message' in message ? message.message : message.type;
}

function portInUse(said: string, { port, adminPort }: ServerConfig): LabError {
  const isAdmin = adminPort !== 0 && said.includes(String(adminPort));
  const [number, whose, flag] = isAdmin
    ? [adminPort, 'of /metrics and /stats', '--admin-port']
    : [port, 'of the API', '--port'];
  return new LabError('PORT_IN_USE', {
    message: `port ${number} ${whose} is taken: ${said}`,
    hint: `Choose another one with ${flag}, or 0 to let the system choose.`,
  });
}
