import type { ClientBase } from 'pg';
import { z } from 'zod';
import {
  type Observation,
  SESSION_STATES,
  type SessionAt,
} from '../analysis/inspection/inspection.ts';
import { rootBlockers } from '../analysis/inspection/root-blockers.ts';
import { msSince, NOT_THIS_ONE, STATE, TAKES_A_SLOT } from './inspection-sql.ts';

/** What inspect asks about locks and old transactions. */

const count = z.coerce.number().int().min(0);

const SESSION_COLUMNS = `
  a.pid, coalesce(a.application_name, '') AS application, a.usename AS role, a.datname AS database,
  ${STATE} AS state, ${msSince('a.xact_start')} AS transaction_ms`;

const sessionSchema = z
  .object({
    pid: count,
    application: z.string(),
    role: z.string().nullable(),
    database: z.string().nullable(),
    state: z.enum(SESSION_STATES),
    transaction_ms: z.coerce.number().min(0).nullable(),
  })
  .transform(
    ({ transaction_ms, ...row }): SessionAt => ({ ...row, transactionMs: transaction_ms }),
  );

/**
 * `pg_blocking_pids` stops everybody from taking locks for a moment, so it is called for few sessions, and
 * only when some wait. Those that have waited longest are nearest to the reason.
 */
const WAITING_ASKED_MAX = 20;

const WAITING_SQL = `
  WITH waiting AS MATERIALIZED (
    SELECT a.pid FROM pg_stat_activity a
     WHERE a.wait_event_type = 'Lock' AND ${NOT_THIS_ONE}
     ORDER BY a.query_start LIMIT $1)
  SELECT pid, pg_blocking_pids(pid) AS blocked_by FROM waiting`;

const waitingSchema = z.object({ pid: count, blocked_by: z.array(count) });

const BY_PID_SQL = `SELECT ${SESSION_COLUMNS} FROM pg_stat_activity a WHERE a.pid = ANY($1::int[])`;

/** Who blocks everybody else, now. */
export async function readLocks(client: ClientBase): Promise<Observation['locks']> {
  const waiting = z
    .array(waitingSchema)
    .parse((await client.query(WAITING_SQL, [WAITING_ASKED_MAX])).rows)
    // One that has got its lock meanwhile is blocked by nobody.
    .filter(({ blocked_by }) => blocked_by.length > 0)
    .map(({ pid, blocked_by }) => ({ pid, blockedBy: blocked_by }));
  if (waiting.length === 0) return { roots: [], asked: 0 };
  const pids = [...new Set(waiting.flatMap(({ blockedBy }) => blockedBy))];
  const { rows } = await client.query(BY_PID_SQL, [pids]);
  const sessions = z.array(sessionSchema).parse(rows);
  const roots = rootBlockers(waiting, new Map(sessions.map((it) => [it.pid, it])));
  return { roots: [...roots], asked: waiting.length };
}

const OLDEST_TRANSACTION_SQL = `
  SELECT ${SESSION_COLUMNS} FROM pg_stat_activity a
   WHERE a.xact_start IS NOT NULL AND ${TAKES_A_SLOT} AND ${NOT_THIS_ONE}
   ORDER BY a.xact_start LIMIT 1`;

/** What the oldest is held by need not be a session: a slot or a prepared transaction outlives its client. */
const OLDEST_SNAPSHOT_SQL = `
  SELECT held_by, name, transactions FROM (
    SELECT 'session' AS held_by, coalesce(a.application_name, '') AS name,
           age(a.backend_xmin) AS transactions
      FROM pg_stat_activity a WHERE a.backend_xmin IS NOT NULL AND ${NOT_THIS_ONE}
     UNION ALL
    SELECT 'prepared_transaction', p.gid, age(p.transaction) FROM pg_prepared_xacts p
     UNION ALL
    SELECT 'replication_slot', s.slot_name, greatest(age(s.xmin), age(s.catalog_xmin))
      FROM pg_replication_slots s) held
   WHERE transactions IS NOT NULL ORDER BY transactions DESC, held_by LIMIT 1`;

const snapshotSchema = z.object({
  held_by: z.enum(['session', 'prepared_transaction', 'replication_slot']),
  name: z.string(),
  transactions: count,
});

const PREPARED_SQL = 'SELECT count(*) AS prepared FROM pg_prepared_xacts';

export async function readOldest(
  client: ClientBase,
): Promise<Pick<Observation, 'oldestTransaction' | 'oldestSnapshot' | 'preparedTransactions'>> {
  const transactions = await client.query(OLDEST_TRANSACTION_SQL);
  const snapshots = await client.query(OLDEST_SNAPSHOT_SQL);
  const prepared = await client.query(PREPARED_SQL);
  const [transaction] = z.array(sessionSchema).parse(transactions.rows);
  const [snapshot] = z.array(snapshotSchema).parse(snapshots.rows);
  return {
    oldestTransaction: transaction ?? null,
    oldestSnapshot:
      snapshot === undefined
        ? null
        : { heldBy: snapshot.held_by, name: snapshot.name, transactions: snapshot.transactions },
    preparedTransactions: z.object({ prepared: count }).parse(prepared.rows[0]).prepared,
  };
}
