import type { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { clientOptions } from '../postgres/client-options.ts';
import { CONNECT_DEADLINE_MS, explainConnectError } from '../postgres/connect-failure.ts';
import { GuardedClient } from '../postgres/guarded-client.ts';
import { MONITOR_SESSION } from '../postgres/monitor-queries.ts';

/** As psql would have it: names in a file are looked for in `public`. */
const OF_FILES = { application_name: 'pool-lab-data', options: '-c statement_timeout=0' } as const;

/**
 * One connection for the time of `use`, in which statements may take their time: a seed is as large as it is. What
 * is waited for is broken off when the lab ends.
 *
 * @param of `administration` finds PostgreSQL's own objects, whatever was made under their names
 * @throws LabError as `explainConnectError`; the signal's reason; what `use` throws
 */
export async function withDataSession<T>(
  {
    role,
    of,
    signal,
  }: {
    readonly role: DatabaseConfig;
    readonly of: 'administration' | 'files';
    readonly signal: AbortSignal;
  },
  use: (client: Client) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const client = new GuardedClient({
    ...clientOptions(role),
    ...(of === 'files' ? OF_FILES : MONITOR_SESSION),
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
  });
  client.on('error', () => {
    // A lost connection also rejects what is being waited for; without a listener it would throw.
  });
  const breakOff = (): void => client.breakOff();
  signal.addEventListener('abort', breakOff, { once: true });
  try {
    await client.connect().catch((error: unknown) => {
      throw explainConnectError(error, role);
    });
    return await use(client);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', breakOff);
    await client.end();
  }
}
