import { ACCOUNT_ROWS, LAB_SCHEMA, WORKLOAD_PARAMETERS } from '../contract.ts';
import { ClientAbortedError, type RequestScope } from '../http/request-scope.ts';
import { withTransaction } from './transaction.ts';
import type { WorkloadDefinition } from './workload.ts';

export interface RemoteCallParams {
  readonly ms: number;
  readonly tx: boolean;
}

const READ = {
  name: 'remote-call-read',
  text: `SELECT balance FROM ${LAB_SCHEMA}.accounts WHERE id = $1`,
};

/**
 * Keeps its connection while the application does something else, such as calling another service:
 * the pool is exhausted while the database idles. With `tx` the session is idle in transaction.
 */
export const remoteCall: WorkloadDefinition<RemoteCallParams> = {
  name: 'remote-call',
  parameters: WORKLOAD_PARAMETERS['remote-call'],
  async run({ ms, tx }, scope) {
    const id = 1 + Math.floor(scope.random() * ACCOUNT_ROWS);
    await scope.withConnection((client) => {
      const readCallRead = async () => {
        await client.query({ ...READ, values: [id] });
        await callElsewhere(ms, scope);
        await client.query({ ...READ, values: [id] });
      };
      return tx ? withTransaction(client, readCallRead) : readCallRead();
    });
    return { calledMs: ms, tx };
  },
};

/** A timer in place of the other service; ends early when the caller has hung up. */
function callElsewhere(ms: number, scope: RequestScope): Promise<void> {
  return new Promise((resolve, reject) => {
    scope.throwIfAborted();
    const timer = setTimeout(() => {
      scope.onAbort = null;
      resolve();
    }, ms);
    scope.onAbort = () => {
      clearTimeout(timer);
      reject(new ClientAbortedError());
    };
  });
}
