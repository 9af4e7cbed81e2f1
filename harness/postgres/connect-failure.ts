import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { explainSlotRefusal } from './slot-refusal.ts';

/** What the lab's own connections are given to be made. */
export const CONNECT_DEADLINE_MS = 5_000;

/** The driver's own words; they come without a code. */
const NO_TLS = 'The server does not support SSL connections';

const NO_PASSWORD = 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string';

/** Node's names of what OpenSSL finds wrong with a certificate. */
function isCertificateError(code: string): boolean {
  return /CERT|SIGNATURE|^HOSTNAME_MISMATCH$|^INVALID_(?:CA|PURPOSE)$|^UNABLE_TO_/.test(code);
}

/**
 * Why one of the lab's own connections was not made.
 *
 * @param who whose it is @default the monitor's
 * See https://www.postgresql.org/docs/18/errcodes-appendix.html for the five-character codes.
 */
export function explainConnectError(
  cause: unknown,
  address: Omit<DatabaseConfig, 'password'>,
  who: 'the monitor' | 'inspect' = 'the monitor',
): LabError {
  const { host, port, user } = address;
  const said = describeError(cause);
  const code = systemErrorCode(cause) ?? '';
  if (code === '53300') return explainSlotRefusal(said, address, cause);
  if (said === NO_PASSWORD) {
    return new LabError('DATABASE_AUTH', {
      message: `${host}:${port} asks ${who} for the password of "${user}", and the address has none.`,
      hint: 'Write it before the @, after the user and a colon.',
      cause,
    });
  }
  if (code.startsWith('28') && said.includes('no encryption')) {
    return new LabError('DATABASE_AUTH', {
      message: `${host}:${port} refuses ${who} as "${user}" because the connection is not encrypted (${code}: ${said}).`,
      hint: 'Give the address sslmode=verify-full, with sslrootcert where its authority is none that everybody knows.',
      cause,
    });
  }
  if (code.startsWith('28') || code === '3D000') {
    return new LabError('DATABASE_AUTH', {
      message: `${host}:${port} refuses ${who} as "${user}" (${code}: ${said}).`,
      hint: 'Check user, password, database and pg_hba.conf.',
      cause,
    });
  }
  if (said === NO_TLS) {
    return new LabError('DATABASE_UNREACHABLE', {
      message: `${host}:${port} does not encrypt, which sslmode asks for (${said}).`,
      hint: 'Set ssl = on there, with a certificate, or leave sslmode out where the way to it is yours alone.',
      cause,
    });
  }
  if (isCertificateError(code)) {
    return new LabError('DATABASE_AUTH', {
      message: `${host}:${port} shows a certificate that sslmode does not accept (${code}: ${said}).`,
      hint: 'sslrootcert has to name the authority that signed it, and with verify-full the host has to be one of its names.',
      cause,
    });
  }
  if (said.includes('unsupported startup parameter')) {
    return new LabError('DATABASE_UNUSABLE', {
      message: `${host}:${port} is a PgBouncer, behind which ${who} cannot see who holds PostgreSQL's slots (${said}).`,
      hint:
        who === 'inspect'
          ? 'Give the address of PostgreSQL itself.'
          : 'Give the address of PostgreSQL itself; --api-via has the API connect through the PgBouncer.',
      cause,
    });
  }
  if (said.includes('idle_session_timeout')) {
    return new LabError('DATABASE_UNUSABLE', {
      message: `PostgreSQL at ${host}:${port} is too old: it has no setting idle_session_timeout (${said}).`,
      hint: 'Version 14 or later is needed.',
      cause,
    });
  }
  return new LabError('DATABASE_UNREACHABLE', {
    message: `No connection to PostgreSQL at ${host}:${port} within ${CONNECT_DEADLINE_MS} ms (${said}).`,
    hint: 'Is it running, and listening there?',
    cause,
  });
}
