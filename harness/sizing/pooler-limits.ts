/** What a pooler between the pools and PostgreSQL lets through; the pools' connections are its clients. */
export interface PoolerLimits {
  /** For how long a client keeps its connection to PostgreSQL. */
  readonly mode: 'session' | 'transaction';
  /** Its connections to PostgreSQL at most: `default_pool_size + reserve_pool_size`. */
  readonly servers: number;
  /** Connections that it takes of the API: `max_client_conn` without everybody else's. */
  readonly clients: number;
}

/**
 * Of one user of one database and one process of PgBouncer. Each further pair has as many connections to
 * PostgreSQL of its own, and each further process all of them again; the clients are those of a process.
 */
export function poolerLimits(
  pooler: {
    readonly mode: PoolerLimits['mode'];
    readonly defaultPoolSize: number;
    readonly reservePoolSize: number;
    readonly maxClientConn: number;
  } | null,
): PoolerLimits | null {
  if (pooler === null) return null;
  return {
    mode: pooler.mode,
    servers: pooler.defaultPoolSize + pooler.reservePoolSize,
    clients: pooler.maxClientConn,
  };
}
