import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { endStrayPgbouncer } from '../pgbouncer/stray-pgbouncer.ts';
import { removeContainers } from '../postgres/container-removal.ts';
import { endServer, QUICK_END } from '../postgres/postmaster-end.ts';
import { RUN_PREFIX } from '../postgres/run-directory.ts';
import { removeTree } from '../postgres/tree-removal.ts';
import { signalGroup, signalProcess } from '../process-table.ts';
import { endMarked } from '../service/marked-end.ts';
import { type Guarded, watchdogMessageSchema } from './watchdog-message.ts';

/*
 * Process entry. Reads what to guard from standard input until it closes, which is how a process
 * learns of its parent's death whatever killed it. Then the processes go, and after them the
 * directories: a running server would write into a directory that is being removed.
 */
/** For a container that the engine was asked for in the harness's last moment. */
const CONTAINER_SETTLE_MS = 3_000;

const guarded = new Map<number, Guarded>();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    // Whoever ends a whole group politely must not end the one that cleans up after it.
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const message = watchdogMessageSchema.parse(JSON.parse(line));
  if (message.type === 'guard') guarded.set(message.id, message.resource);
  else guarded.delete(message.id);
}

const left = [...guarded.values()];
const ends = await Promise.allSettled(left.map(endProcess));
const strays = await Promise.allSettled(left.map(endStrays));
const removals = await Promise.allSettled(left.map(removeDirectory));
process.exitCode = [...ends, ...strays, ...removals].some(({ status }) => status === 'rejected')
  ? 1
  : 0;

async function endProcess(resource: Guarded): Promise<void> {
  if (resource.kind === 'process-group') signalGroup(resource, 'SIGKILL');
  if (resource.kind === 'process') signalProcess(resource, 'SIGKILL');
  if (resource.kind === 'marked-processes') await endMarked(resource);
  if (resource.kind === 'container') await removeContainers(resource, CONTAINER_SETTLE_MS);
  if (resource.kind === 'postmaster') await endServer(resource.dataDirectory, resource, QUICK_END);
}

/** What was started in it in the harness's last moment, and so not named any more. */
async function endStrays(resource: Guarded): Promise<void> {
  if (resource.kind !== 'directory' || !basename(resource.path).startsWith(RUN_PREFIX)) return;
  await endServer(join(resource.path, 'data'), null, []);
  await endStrayPgbouncer(resource.path);
}

async function removeDirectory(resource: Guarded): Promise<void> {
  if (resource.kind === 'directory') await removeTree(resource.path, null);
}
