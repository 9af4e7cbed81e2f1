import { ACCOUNT_ROWS, LAB_SCHEMA, WORKLOAD_PARAMETERS } from '../contract.ts';
import type { RequestScope } from '../http/request-scope.ts';
import type { WorkloadDefinition } from './workload.ts';

export interface FanOutParams {
  readonly n: number;
  readonly mode: 'concurrent' | 'sequential' | 'nested';
}

const READ = {
  name: 'fan-out-read',
  text: `SELECT balance FROM ${LAB_SCHEMA}.accounts WHERE id = $1`,
};

/**
 * Several checkouts in one request. `concurrent` asks for all at once and `sequential` for one after
 * the other; neither holds one while it waits for the next. `nested` does, as a helper that opens
 * its own session inside a transaction does: when every connection is held by a request that wants
 * one more, nobody can go on, and only the pool's timeout ends the deadlock. No finite pool is safe
 * from that; only a checkout deadline is.
 */
export const fanOut: WorkloadDefinition<FanOutParams> = {
  name: 'fan-out',
  parameters: WORKLOAD_PARAMETERS['fan-out'],
  async run({ n, mode }, scope) {
    await STRATEGIES[mode](n, scope);
    return { checkouts: n, mode };
  },
};

const STRATEGIES: Readonly<
  Record<FanOutParams['mode'], (n: number, scope: RequestScope) => Promise<void>>
> = {
  async concurrent(n, scope) {
    // All settle before the answer: a checkout that outlived its request would be nobody's.
    const reads = await Promise.allSettled(Array.from({ length: n }, () => read(scope)));
    const failed = reads.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  },
  async sequential(n, scope) {
    for (let i = 0; i < n; i++) await read(scope);
  },
  nested: (n, scope) => read(scope, n - 1),
};

async function read(scope: RequestScope, nestedReads = 0): Promise<void> {
  const id = 1 + Math.floor(scope.random() * ACCOUNT_ROWS);
  const nested = await scope.withConnection(async (client) => {
    await client.query({ ...READ, values: [id] });
    // Settled, not awaited: a failed inner checkout says nothing about the outer connection.
    const inner = nestedReads > 0 ? [read(scope, nestedReads - 1)] : [];
    return Promise.allSettled(inner);
  });
  for (const result of nested) if (result.status === 'rejected') throw result.reason;
}
