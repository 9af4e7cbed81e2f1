import { z } from 'zod';
import { POOLER_MODES } from '../plan/pooler.ts';
import type { PoolerLimits } from '../sizing/pooler-limits.ts';
import { preparedStatementsProblem } from './pgbouncer-statements.ts';

/** What a PgBouncer that somebody else configured does with the API's connections. */
export interface PgbouncerSettings {
  /** `null`: in a mode that has none, statement, or in words that are not known here. */
  readonly limits: PoolerLimits | null;
  /** Why named prepared statements fail behind it, as a sentence; `null`: they do not. */
  readonly statementsProblem: string | null;
}

/** int8 columns and numbers of settings arrive as text. */
const count = z.coerce.number().int().min(0);
const configSchema = z.array(z.object({ key: z.string(), value: z.string().nullable() }));
const databasesSchema = z.array(
  z.object({
    name: z.string(),
    pool_size: count,
    /** Renamed by 1.24. */
    reserve_pool: count.optional(),
    reserve_pool_size: count.optional(),
    pool_mode: z.string().nullish(),
    max_connections: count.nullish(),
  }),
);
const listsSchema = z.array(z.object({ list: z.string(), items: count }));

/**
 * Read before the API has a connection, so that `used_clients` are everybody else's, the lab at the console
 * among them.
 *
 * Not seen: limits and modes that are set for a user, and other processes of PgBouncer on the same port.
 *
 * @throws Error when the rows are not those of these commands
 */
export function settingsOf(shown: {
  readonly config: unknown;
  readonly databases: unknown;
  readonly lists: unknown;
  readonly database: string;
}): PgbouncerSettings {
  const settings = new Map(configSchema.parse(shown.config).map(({ key, value }) => [key, value]));
  const databases = databasesSchema.parse(shown.databases);
  const own =
    databases.find(({ name }) => name === shown.database) ??
    databases.find(({ name }) => name === '*');
  const lists = new Map(listsSchema.parse(shown.lists).map(({ list, items }) => [list, items]));
  const word = own?.pool_mode ?? settings.get('pool_mode');
  const mode = POOLER_MODES.find((known) => known === word);
  const statementsProblem = preparedStatementsProblem(shown);
  const clientsMax = Number(settings.get('max_client_conn') ?? Number.NaN);
  const poolSize = own?.pool_size ?? Number(settings.get('default_pool_size') ?? Number.NaN);
  const reserve =
    own?.reserve_pool ?? own?.reserve_pool_size ?? Number(settings.get('reserve_pool_size') ?? 0);
  if (mode === undefined || !Number.isInteger(clientsMax) || !Number.isInteger(poolSize)) {
    return { limits: null, statementsProblem };
  }
  // 0 is no limit.
  const most = own?.max_connections ?? 0;
  const servers = most > 0 ? Math.min(poolSize + reserve, most) : poolSize + reserve;
  return {
    limits: { mode, servers, clients: Math.max(0, clientsMax - (lists.get('used_clients') ?? 0)) },
    statementsProblem,
  };
}
