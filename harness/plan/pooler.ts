import { z } from 'zod';
import { LIMITS } from '../../server/contract.ts';

export const POOLER_MODES = ['session', 'transaction'] as const;
export type PoolerMode = (typeof POOLER_MODES)[number];

export const POOLER_LIMITS = {
  /** Of one pair of user and database, as of one worker's pool. */
  poolSizeMax: LIMITS.poolConnectionsMax,
  clientsMax: 100_000,
} as const;

const connections = z.int().min(0).max(POOLER_LIMITS.poolSizeMax);

/** A PgBouncer between the API and PostgreSQL, by the names of its own settings. */
export const poolerSchema = z.strictObject({
  mode: z.enum(POOLER_MODES),
  /** Connections to PostgreSQL; the API is one user of one database, so this is all of them. */
  defaultPoolSize: connections.min(1),
  /** More of them, for clients that have waited for PgBouncer's `reserve_pool_timeout`. */
  reservePoolSize: connections,
  /** Connections of clients; one more is refused. */
  maxClientConn: z.int().min(1).max(POOLER_LIMITS.clientsMax),
});
export type Pooler = Readonly<z.infer<typeof poolerSchema>>;

/** What a PgBouncer without a configuration does. Its hundred clients are what most people meet first. */
export const POOLER_DEFAULTS: Pooler = {
  mode: 'session',
  defaultPoolSize: 20,
  reservePoolSize: 0,
  maxClientConn: 100,
};

/** `auto`: on, but where a pooler in between is known not to carry them from connection to connection. */
export const PREPARED_STATEMENTS = ['auto', 'on', 'off'] as const;
export type PreparedStatements = (typeof PREPARED_STATEMENTS)[number];
