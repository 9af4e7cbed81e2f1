import { z } from 'zod';

/** What PgBouncer has counted since it started, of all clients of one database. */
export interface PgbouncerTotals {
  readonly transactions: number;
  readonly queries: number;
  /** That clients waited for a connection to PostgreSQL, in ms; counted when they get it. */
  readonly waitMs: number;
  /** That connections spent in transactions, in ms. */
  readonly transactionMs: number;
}

/** int8 and numeric columns arrive as strings. */
const count = z.coerce.number().min(0);

/** One row of `SHOW STATS`. Times are in µs; averages, and further columns of newer versions, are ignored. */
const statsSchema = z.object({
  database: z.string(),
  total_xact_count: count,
  total_query_count: count,
  total_xact_time: count,
  total_wait_time: count,
});

/**
 * By column name: versions differ in order and number. No row is no client yet.
 *
 * @throws Error when the rows are not those of `SHOW STATS`
 */
export function totalsOf(rows: unknown, database: string): PgbouncerTotals {
  const own = z
    .array(statsSchema)
    .parse(rows)
    .find((row) => row.database === database);
  return {
    transactions: own?.total_xact_count ?? 0,
    queries: own?.total_query_count ?? 0,
    waitMs: (own?.total_wait_time ?? 0) / 1_000,
    transactionMs: (own?.total_xact_time ?? 0) / 1_000,
  };
}
