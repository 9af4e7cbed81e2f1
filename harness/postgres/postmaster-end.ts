import { setTimeout as delay } from 'node:timers/promises';
import {
  isRunning,
  listProcesses,
  type ProcessEntry,
  type ProcessIdentity,
  signalProcess,
} from '../process-table.ts';
import { clusterName } from './run-directory.ts';

export interface EndStep {
  readonly signal: 'SIGINT' | 'SIGQUIT';
  readonly deadlineMs: number;
}

/** SIGINT ends sessions and writes a checkpoint, SIGQUIT drops everything at once. */
export const ORDERLY_END: readonly EndStep[] = [
  { signal: 'SIGINT', deadlineMs: 5_000 },
  { signal: 'SIGQUIT', deadlineMs: 2_000 },
];

/** For a server nobody needs any more: its data is removed anyway. */
export const QUICK_END: readonly EndStep[] = [{ signal: 'SIGQUIT', deadlineMs: 1_000 }];

const POLL_MS = 5;

/** Ends a server by the given steps, then by SIGKILL; resolves when none of its processes is left. */
export async function endServer(
  dataPath: string,
  postmaster: ProcessIdentity | null,
  steps: readonly EndStep[],
): Promise<void> {
  for (const { signal, deadlineMs } of steps) {
    if (postmaster === null || !signalProcess(postmaster, signal)) break;
    if (await goneWithin(deadlineMs, () => isRunning(postmaster))) break;
  }
  // PostgreSQL's processes lead sessions of their own, so a group signal does not reach them; and
  // after a crash of the postmaster one that is busy computing goes on for a while.
  const killDeadlineMs = 2_000;
  const killed = await goneWithin(killDeadlineMs, () => {
    const left = serverProcesses(dataPath);
    for (const entry of left) signalProcess(entry, 'SIGKILL');
    return left.length > 0;
  });
  if (!killed) throw new Error(`processes of ${dataPath} survive SIGKILL for ${killDeadlineMs} ms`);
}

/** Postmaster and children, by their titles: children name the cluster, a new one still the path. */
export function serverProcesses(dataPath: string): readonly ProcessEntry[] {
  const title = `postgres: ${clusterName(dataPath)}: `;
  return listProcesses().filter(
    ({ command }) => command.startsWith(title) || isPostmaster(command, dataPath),
  );
}

export function isPostmaster(command: string, dataPath: string): boolean {
  return / -D (.*)$/.exec(command)?.[1] === dataPath;
}

async function goneWithin(deadlineMs: number, present: () => boolean): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (present()) {
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}
