/*
 * Pieces of what inspect asks. Nothing here reads a query's text, which may hold anybody's data.
 */

/**
 * Sessions that take a slot of max_connections. Whoever may not see others' details is shown no
 * backend_type: then all that have a role and a database, but WAL senders, which everybody may see.
 * Parallel workers cannot be told apart then.
 */
export const TAKES_A_SLOT = `
  (a.backend_type = 'client backend'
   OR (a.backend_type IS NULL AND a.usesysid IS NOT NULL AND a.datid IS NOT NULL
       AND a.pid NOT IN (SELECT pid FROM pg_stat_replication)))`;

export const NOT_THIS_ONE = 'a.pid <> pg_backend_pid()';

/** Before PostgreSQL 18 one that is connecting has no state. */
export const STATE = `
  CASE WHEN a.state IN ('active', 'fastpath function call') THEN 'active'
       WHEN a.state = 'idle' THEN 'idle'
       WHEN a.state LIKE 'idle in transaction%' THEN 'idle_in_transaction'
       WHEN a.state = 'starting' OR (a.state IS NULL AND a.backend_type IS NOT NULL) THEN 'starting'
       ELSE 'unknown' END`;

/** Milliseconds since; a clock may have been set back. */
export const msSince = (column: string): string =>
  `greatest(0, extract(epoch FROM clock_timestamp() - ${column}) * 1000)::float8`;
