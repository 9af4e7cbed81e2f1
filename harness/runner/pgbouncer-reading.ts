import type { ServerSideSample } from '../../server/contract.ts';
import type { PgbouncerConsole } from '../pgbouncer/pgbouncer-console.ts';

/** What a PgBouncer has now and has done so far, in the words of the metrics; `null` where it does not tell. */
export async function readPgbouncer(
  console: Pick<PgbouncerConsole, 'read' | 'readTotals'>,
): Promise<ServerSideSample['pgbouncer']> {
  const [pools, sums] = await Promise.all([console.read(), console.readTotals()]);
  if (pools === null) return null;
  if (sums === null) return { ...pools, totals: null };
  const { transactions, queries, waitMs } = sums;
  return { ...pools, totals: { transactions, queries, waitMs } };
}
