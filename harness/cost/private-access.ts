import { readFileSync, writeFileSync } from 'node:fs';
import { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { clientOptions } from '../postgres/client-options.ts';
import type { StartedPostgres } from '../postgres/provider.ts';
import { pause } from '../runner/pause.ts';

/** May log in without a password, from this machine, on a server that runs for this command alone. */
const TRUSTED_ROLE = 'pool_lab_cost_trusted';
/** The postmaster reads its rules again when it has got round to the signal. */
const RELOAD_DEADLINE_MS = 5_000;
const RELOAD_PAUSE_MS = 10;

/** Ways into the lab's own server that exist for what a connection costs, and nowhere else. */
export interface PrivateAccess {
  /** In the open, with a password. */
  readonly open: DatabaseConfig;
  /** In the open, and nobody asks for a password. */
  readonly trusted: DatabaseConfig;
  /** By the socket of the file system, with a password. */
  readonly socket: DatabaseConfig;
}

/**
 * Lets the API's role in by TCP without TLS and by the socket, and a role of its own, which owns nothing
 * and may do nothing, without a password. Ends with the server.
 *
 * @param postgres started by this process, on this machine, and about to be removed
 */
export async function openPrivateAccess(
  { api, superuser, dataDirectory }: StartedPostgres,
  signal: AbortSignal,
): Promise<PrivateAccess | null> {
  if (dataDirectory === null) return null;
  const client = new Client(clientOptions(superuser));
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<{ hba_file: string }>('SHOW hba_file');
    const path = rows[0]?.hba_file;
    if (path === undefined) return null;
    await client.query(`CREATE ROLE ${TRUSTED_ROLE} LOGIN CONNECTION LIMIT 2`);
    await client.query(`GRANT CONNECT ON DATABASE ${api.database} TO ${TRUSTED_ROLE}`);
    // The first rule that fits counts.
    const rules = [
      `host ${api.database} ${TRUSTED_ROLE} 127.0.0.1/32 trust`,
      `host ${api.database} ${api.user} 127.0.0.1/32 scram-sha-256`,
      `local ${api.database} ${api.user} scram-sha-256`,
      '',
    ].join('\n');
    writeFileSync(path, rules + readFileSync(path, 'utf8'));
    await client.query('SELECT pg_reload_conf()');
  } finally {
    await client.end();
  }
  const { port, user, password, database } = api;
  const open = { host: '127.0.0.1', port, user, password, database };
  const trusted = { ...open, user: TRUSTED_ROLE, password: '' };
  await untilItLetsIn(trusted, signal);
  return { open, trusted, socket: { ...open, host: dataDirectory } };
}

async function untilItLetsIn(address: DatabaseConfig, signal: AbortSignal): Promise<void> {
  const untilMs = performance.now() + RELOAD_DEADLINE_MS;
  for (;;) {
    const client = new Client(clientOptions(address));
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (performance.now() > untilMs) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    await pause(RELOAD_PAUSE_MS, signal);
  }
}
