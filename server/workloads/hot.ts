import { LAB_SCHEMA, WORKLOAD_PARAMETERS } from '../contract.ts';
import { withTransaction } from './transaction.ts';
import type { WorkloadDefinition } from './workload.ts';

export interface HotParams {
  readonly rows: number;
  readonly updates: number;
}

const LOCK = {
  name: 'hot-lock',
  text: `SELECT counter FROM ${LAB_SCHEMA}.hot_rows WHERE id = $1 FOR UPDATE`,
};
const WRITE = {
  name: 'hot-write',
  text: `UPDATE ${LAB_SCHEMA}.hot_rows SET counter = $2 WHERE id = $1`,
};

/**
 * One transaction over several round trips that updates a few of very few rows, as counters, stock
 * levels and account balances do. The row locks are the bottleneck: more connections only move the
 * queue from the pool into the database, where waiting costs more. Rows are locked in ascending
 * order, so that requests queue and never deadlock.
 */
export const hot: WorkloadDefinition<HotParams> = {
  name: 'hot',
  parameters: WORKLOAD_PARAMETERS.hot,
  async run({ rows, updates }, scope) {
    const ids = chooseAscending({ count: Math.min(updates, rows), of: rows, random: scope.random });
    const counters = await scope.withConnection((client) =>
      withTransaction(client, async () => {
        const written: number[] = [];
        for (const id of ids) {
          const locked = await client.query<{ counter: number }>({ ...LOCK, values: [id] });
          const counter = (locked.rows[0]?.counter ?? 0) + 1;
          // Computed here and not by SQL: the lock must hold over the round trip to be right.
          await client.query({ ...WRITE, values: [id, counter] });
          written.push(counter);
        }
        return written;
      }),
    );
    return { rows: ids, counters };
  },
};

/** `count` different numbers of 1 … `of`, ascending (selection sampling, Knuth's algorithm S). */
export function chooseAscending({
  count,
  of,
  random,
}: {
  readonly count: number;
  readonly of: number;
  readonly random: () => number;
}): number[] {
  const chosen: number[] = [];
  for (let id = 1; id <= of && chosen.length < count; id++) {
    if (random() * (of - id + 1) < count - chosen.length) chosen.push(id);
  }
  return chosen;
}
