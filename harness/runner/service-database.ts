import type { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { connectOwner } from '../postgres/foreign-database.ts';
import { MONITOR_SESSION } from '../postgres/monitor-queries.ts';

/**
 * A service makes its tables itself: the role that it connects as may do so in the lab's own database, in the schema
 * `public` and in others. On a server that somebody else runs it has the role that was given, and nothing is changed.
 *
 * @throws LabError as `connectOwner` does
 */
export async function openDatabaseToService(
  owner: DatabaseConfig,
  role: Pick<DatabaseConfig, 'user' | 'database'>,
): Promise<void> {
  const client = await connectOwner(owner, MONITOR_SESSION);
  try {
    const { user, database } = quoted(client, role);
    await client.query(`GRANT CREATE, TEMPORARY ON DATABASE ${database} TO ${user}`);
    await client.query(`GRANT ALL ON SCHEMA public TO ${user}`);
  } finally {
    await client.end();
  }
}

function quoted(
  client: Client,
  { user, database }: Pick<DatabaseConfig, 'user' | 'database'>,
): Pick<DatabaseConfig, 'user' | 'database'> {
  return { user: client.escapeIdentifier(user), database: client.escapeIdentifier(database) };
}
