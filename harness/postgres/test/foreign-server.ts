import { Client } from 'pg';
import type { DatabaseConfig } from '../../../server/contract.ts';
import { startWatchdog } from '../../runner/watchdog.ts';
import { clientOptions } from '../client-options.ts';
import { API_ROLE } from '../cluster-template.ts';
import { createEmbeddedPostgres } from '../embedded.ts';
import type { PostgresSettings } from '../provider.ts';

export interface ForeignServer {
  readonly superuser: DatabaseConfig;
  /** As DATABASE_URL. */
  readonly url: string;
  query(sql: string): Promise<readonly Record<string, unknown>[]>;
}

/** A PostgreSQL as somebody else runs it: without anything of the lab's inside. */
export async function withForeignServer(
  settings: Partial<PostgresSettings>,
  use: (server: ForeignServer) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const watchdog = stack.adopt(startWatchdog(), (it) => it.close());
  const { superuser } = stack.adopt(
    await createEmbeddedPostgres({ custodian: watchdog }).start(
      {
        maxConnections: 30,
        superuserReservedConnections: 3,
        reservedConnections: 0,
        transport: 'tcp',
        extra: {},
        ...settings,
      },
      new AbortController().signal,
    ),
    (it) => it.stop(),
  );
  const query: ForeignServer['query'] = async (sql) => {
    const client = new Client(clientOptions(superuser));
    await client.connect();
    try {
      const result = await client.query<Record<string, unknown>>(sql);
      return result.rows;
    } finally {
      await client.end();
    }
  };
  await query(`DROP ROLE ${API_ROLE}`);
  await use({ superuser, url: databaseUrl(superuser), query });
}

export function databaseUrl({ host, port, user, password, database }: DatabaseConfig): string {
  return `postgres://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${host}:${port}/${encodeURIComponent(database)}`;
}
