import { z } from 'zod';
import type { ServerSideSample } from '../../server/contract.ts';

/** What PgBouncer's pools hold at one moment, in the words of the API's metrics. */
export type PgbouncerSample = Omit<NonNullable<ServerSideSample['pgbouncer']>, 'totals'>;

/** int8 columns arrive as strings. */
const count = z.coerce.number().int().min(0);
/** Columns of some versions only. */
const countIfTold = count.optional().transform((value) => value ?? 0);

/** One row of `SHOW POOLS`: a pair of database and user. Further columns are ignored. */
const poolSchema = z.object({
  database: z.string(),
  cl_active: count,
  cl_waiting: count,
  sv_active: count,
  sv_idle: count,
  sv_used: count,
  sv_tested: count,
  sv_login: count,
  /** From 1.18 on: no query of its own any more, kept until a cancel request has gone through. */
  sv_being_canceled: countIfTold,
  /** Whole seconds, and the microseconds beyond them. */
  maxwait: count,
  maxwait_us: count,
});

/**
 * Sums over the pools of one database, by column name: versions differ in order and number. No row is no
 * pool yet, since PgBouncer makes one with the first client.
 *
 * Not included: clients and servers that carry a cancel request (`…_cancel_req`, `sv_active_cancel`), which
 * take no slot of `max_connections`. A server that waits for one to pass does, and counts as active; so do
 * the servers by which PgBouncer asks for secrets (`auth_query`), mostly idle, whoever is waiting meanwhile.
 *
 * @throws Error when the rows are not those of `SHOW POOLS`
 */
export function sumPools(rows: unknown, database: string): PgbouncerSample {
  const pools = z
    .array(poolSchema)
    .parse(rows)
    .filter((pool) => pool.database === database);
  const sum = (of: (pool: z.infer<typeof poolSchema>) => number): number =>
    pools.reduce((total, pool) => total + of(pool), 0);
  return {
    clients: { active: sum((it) => it.cl_active), waiting: sum((it) => it.cl_waiting) },
    servers: {
      active: sum((it) => it.sv_active + it.sv_being_canceled),
      idle: sum((it) => it.sv_idle),
      used: sum((it) => it.sv_used),
      tested: sum((it) => it.sv_tested),
      login: sum((it) => it.sv_login),
    },
    // The longest of all, not a sum: it is how long the client at the head of a queue has waited.
    maxWaitMs: pools.reduce(
      (longest, { maxwait, maxwait_us }) => Math.max(longest, maxwait * 1_000 + maxwait_us / 1_000),
      0,
    ),
  };
}
