import { setTimeout as delay } from 'node:timers/promises';
import type { Client, ClientConfig } from 'pg';
import { describeError, systemErrorCode } from '../system-error.ts';
import { GuardedClient } from './guarded-client.ts';

/** Not listening yet, and listening but still starting up (57P03, cannot_connect_now). */
const NOT_READY_CODES: readonly string[] = ['ENOENT', 'ECONNREFUSED', 'ECONNRESET', '57P03'];
/** What forwards a container's port accepts before there is anybody behind it, and hangs up. */
const HUNG_UP = /^Connection terminated unexpectedly/;
const RETRY_MS = 5;

/**
 * Connects as soon as the server accepts, runs `use`, and closes the connection again. When it
 * resolves, the server's process for the connection has ended too: PostgreSQL leaves the socket
 * open until then, so nothing of it takes a slot from the first user.
 */
export async function connectWhenReady<T>(
  config: ClientConfig,
  signal: AbortSignal,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    // The driver would ask PGSSLMODE, which is meant for other servers.
    const client = new GuardedClient({
      ssl: false,
      ...config,
      options: '-c search_path=pg_catalog',
    });
    client.on('error', () => {
      // A lost connection also rejects what is being waited for; without a listener it would throw.
    });
    // A server that is frozen answers nothing, and accepts connections all the same.
    const abort = (): void => client.breakOff();
    signal.addEventListener('abort', abort, { once: true });
    try {
      await client.connect();
    } catch (error) {
      signal.removeEventListener('abort', abort);
      await client.end();
      signal.throwIfAborted();
      if (!isNotReady(error)) {
        throw new Error(`connecting to the started server failed: ${describeError(error)}`, {
          cause: error,
        });
      }
      await delay(RETRY_MS, undefined, { signal });
      continue;
    }
    try {
      return await use(client);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      await client.end();
    }
  }
}

function isNotReady(error: unknown): boolean {
  if (NOT_READY_CODES.includes(systemErrorCode(error) ?? '')) return true;
  return error instanceof Error && HUNG_UP.test(error.message);
}
