import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

/** What the lab's own connections are given to be made. */
export const CONNECT_DEADLINE_MS = 5_000;

/**
 * Why one of the lab's own connections was not made.
 *
 * @param who whose it is @default the monitor's
 * See https://www.postgresql.org/docs/18/errcodes-appendix.html for the five-character codes.
 */
export function explainConnectError(
  cause: unknown,
  { host, port, user }: Pick<DatabaseConfig, 'host' | 'port' | 'user'>,
  who: 'the monitor' | 'inspect' = 'the monitor',
): LabError {
  const said = describeError(cause);
  const code = systemErrorCode(cause) ?? '';
  if (code === '53300') {
    return new LabError('NO_SLOT_FOR_MONITOR', {
      message: `All slots of ${host}:${port} are taken, the superuser's too: the monitor got none (53300: ${said}).`,
      hint: 'Close other sessions or raise max_connections; the monitor needs one slot before any load starts.',
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
