import { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import {
  type MemoryPerBackend,
  type MemoryReading,
  memoryPerBackend,
} from '../analysis/cost/memory-per-backend.ts';
import { clientOptions } from '../postgres/client-options.ts';
import type { StartedPostgres } from '../postgres/provider.ts';
import { age, prepareAging, removeAging } from './aging.ts';
import { readServerMemory } from './server-memory.ts';

/** Sessions at the first look and at the second. */
export interface IdleBackends {
  readonly few: number;
  readonly many: number;
}

export interface MeasuredMemory {
  readonly fresh: MemoryPerBackend;
  readonly aged: MemoryPerBackend;
  /** `huge_pages_status`, or `huge_pages` where there is none (before 17). */
  readonly hugePages: string;
  readonly sharedBuffers: string;
  readonly workMem: string;
}

/**
 * Memory of one more session that is idle: as it is after connecting, and after work. Of a server that
 * runs for the lab alone, in whose database a schema is made for it and dropped again.
 *
 * @returns a sentence where it cannot be measured
 */
export async function measureIdleBackends(
  postgres: StartedPostgres,
  { few, many }: IdleBackends,
  signal: AbortSignal,
): Promise<MeasuredMemory | string> {
  const { postmasterPid, capabilities } = postgres;
  if (process.platform !== 'linux') return 'only Linux tells what processes share';
  if (!capabilities.isOwn) return 'the server is not the lab’s own';
  if (!capabilities.showsProcesses || postmasterPid === null) {
    return "PostgreSQL's processes are not in sight from here";
  }
  await using stack = new AsyncDisposableStack();
  const owner = stack.adopt(await connected(postgres.superuser), (it) => it.end());
  await prepareAging(owner, postgres.api.user);
  stack.defer(() => removeAging(owner));
  const backends = { postmasterPid, address: postgres.api, few, many, signal };
  const fresh = await growth(backends, async () => undefined);
  if (typeof fresh === 'string') return fresh;
  const aged = await growth(backends, age);
  if (typeof aged === 'string') return aged;
  return { fresh, aged, ...(await settingsOf(owner)) };
}

/** From `few` sessions to `many`, each of which has done the work when it is looked at. */
async function growth(
  {
    postmasterPid,
    address,
    few,
    many,
    signal,
  }: IdleBackends & {
    readonly postmasterPid: number;
    readonly address: DatabaseConfig;
    readonly signal: AbortSignal;
  },
  work: (client: Client) => Promise<void>,
): Promise<MemoryPerBackend | string> {
  await using stack = new AsyncDisposableStack();
  const pids = new Set<number>();
  const lookAt = async (count: number): Promise<MemoryReading | string> => {
    while (pids.size < count) {
      signal.throwIfAborted();
      const client = stack.adopt(await connected(address), (it) => it.end());
      pids.add(await backendPid(client));
      await work(client);
    }
    return readServerMemory({ postmasterPid, backends: pids });
  };
  const first = await lookAt(few);
  if (typeof first === 'string') return first;
  const second = await lookAt(many);
  if (typeof second === 'string') return second;
  return memoryPerBackend(first, second);
}

async function connected(address: DatabaseConfig): Promise<Client> {
  const client = new Client(clientOptions(address));
  // A server that ends fails whatever is asked next; that is enough.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function backendPid(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const pid = rows[0]?.pid;
  if (pid === undefined) throw new Error('PostgreSQL did not tell the process of a session');
  return pid;
}

async function settingsOf(
  owner: Client,
): Promise<Pick<MeasuredMemory, 'hugePages' | 'sharedBuffers' | 'workMem'>> {
  const { rows } = await owner.query<Record<'huge_pages' | 'shared_buffers' | 'work_mem', string>>(
    `SELECT coalesce(current_setting('huge_pages_status', true), current_setting('huge_pages'))
              AS huge_pages,
            current_setting('shared_buffers') AS shared_buffers,
            current_setting('work_mem') AS work_mem`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('PostgreSQL did not tell its settings');
  return { hugePages: row.huge_pages, sharedBuffers: row.shared_buffers, workMem: row.work_mem };
}
