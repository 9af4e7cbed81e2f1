/**
 * The ways to reach PostgreSQL that are compared, in the order of every report. The first is what the
 * others are measured against.
 */
export const WAYS = [
  /** A pool in each worker, connected to PostgreSQL itself. */
  'pool',
  /** A small pool in each worker, connected to a PgBouncer. */
  'small_pool_pgbouncer',
  /** No pool: each checkout connects to PostgreSQL and disconnects from it. */
  'no_pool',
  /** No pool: each checkout connects to a PgBouncer and disconnects from it. */
  'no_pool_pgbouncer',
] as const;
export type Way = (typeof WAYS)[number];

export const FIRST_WAY: Way = WAYS[0];

/** Whether a PgBouncer is on this way. */
export function isPooled(way: Way): boolean {
  return way === 'small_pool_pgbouncer' || way === 'no_pool_pgbouncer';
}
