import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { clientOptions } from './client-options.ts';
import { CONNECT_DEADLINE_MS, explainConnectError } from './connect-failure.ts';
import { GuardedClient } from './guarded-client.ts';
import { MONITOR_SESSION } from './monitor-queries.ts';

/**
 * Somebody's pg_hba.conf may let in the role that was given and not that of the API: better known before
 * anything is started than by every worker.
 *
 * @throws LabError DATABASE_AUTH; DATABASE_UNREACHABLE, NO_SLOT_FOR_MONITOR
 */
export async function requireApiLogin(api: DatabaseConfig): Promise<void> {
  const client = new GuardedClient({
    ...clientOptions(api),
    ...MONITOR_SESSION,
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
  });
  client.on('error', () => {
    // It also rejects what is being waited for; without a listener it would throw.
  });
  try {
    await client.connect();
  } catch (cause) {
    if (systemErrorCode(cause)?.startsWith('28') !== true) throw explainConnectError(cause, api);
    const { host, port, user, database } = api;
    const isSocket = host.startsWith('/');
    const line = `${isSocket ? 'local' : 'host'} ${database} ${user} ${isSocket ? '' : 'samehost '}scram-sha-256`;
    throw new LabError('DATABASE_AUTH', {
      message: `${host}:${port} lets in the role that was given, and not "${user}", the API's (${systemErrorCode(cause)}: ${describeError(cause)})`,
      hint: `give it a line in pg_hba.conf, before those of all: ${line}${isSocket ? '; or give the address by TCP' : ''}`,
      cause,
    });
  } finally {
    await client.end();
  }
}
