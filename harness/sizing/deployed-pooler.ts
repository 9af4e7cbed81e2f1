import type { PoolerLimits } from './pooler-limits.ts';

/** The PgBouncer between a deployment and PostgreSQL, by the names of its own settings. */
export interface DeployedPooler {
  readonly mode: PoolerLimits['mode'];
  /** Of one pair of user and database, and of one process. */
  readonly defaultPoolSize: number;
  readonly reservePoolSize: number;
  /** Of one process, and of all pairs together. */
  readonly maxClientConn: number;
  /** Processes of it that the clients are spread over. */
  readonly processes: number;
  /** Pairs of user and database that connect through it; the deployment is one of them. */
  readonly pairs: number;
}

/** What all its processes together take and open. */
export interface DeployedLimits {
  /** Clients. */
  readonly takes: number;
  /** Connections to PostgreSQL for the deployment. */
  readonly opens: number;
  /** Connections to PostgreSQL for all other pairs. */
  readonly opensForOthers: number;
}

/** `pairs × (default_pool_size + reserve_pool_size) × processes` connections, whoever asks for them. */
export function deployedLimits({
  defaultPoolSize,
  reservePoolSize,
  maxClientConn,
  processes,
  pairs,
}: DeployedPooler): DeployedLimits {
  const opens = (defaultPoolSize + reservePoolSize) * processes;
  return { takes: maxClientConn * processes, opens, opensForOthers: (pairs - 1) * opens };
}
