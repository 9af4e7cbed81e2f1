import { readFile } from 'node:fs/promises';
import { LabError } from '../lab-error.ts';

/** What a load process has open besides its connections, with room for sockets being closed. */
const DESCRIPTORS_MARGIN = 64;
/** An event loop has five, and each generator thread a second one for its alarm. */
const DESCRIPTORS_PER_THREAD = 10;

/**
 * Refuses a load whose connections the process could not open.
 *
 * @param openFilesLimit soft limit of open files; `null` where the system does not tell, which is
 *   not an objection
 * @throws LabError TOO_FEW_FILE_DESCRIPTORS
 */
export function requireFileDescriptors(demand: {
  readonly connections: number;
  /** Generator threads; the first one is the load process itself. */
  readonly threads: number;
  readonly openFilesLimit: number | null;
}): void {
  const { connections, threads, openFilesLimit } = demand;
  const ownNeed = DESCRIPTORS_MARGIN + (threads - 1) * DESCRIPTORS_PER_THREAD;
  const needed = connections + ownNeed;
  if (openFilesLimit === null || needed <= openFilesLimit) return;
  throw new LabError('TOO_FEW_FILE_DESCRIPTORS', {
    message:
      `connections ${connections} needs ${needed} file descriptors ` +
      `(${ownNeed} for the load process itself), but the limit is ${openFilesLimit}`,
    hint:
      `Run \`ulimit -n ${needed}\` in this shell first ` +
      `(if the shell refuses, the hard limit is lower and root has to raise it), ` +
      `or use at most ${Math.max(0, openFilesLimit - ownNeed)} connections.`,
  });
}

/** Infinity for `unlimited`, `null` where there is no /proc. The file can be named for tests. */
export async function readOpenFilesLimit(path = '/proc/self/limits'): Promise<number | null> {
  try {
    return parseOpenFilesLimit(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * The soft limit in the text of /proc/<pid>/limits. Node raises its own soft limit to the hard one
 * when it starts, so that this is what its children get as well.
 */
export function parseOpenFilesLimit(limits: string): number | null {
  const soft = /^Max open files\s+(?<soft>\d+|unlimited)\s/m.exec(limits)?.groups?.['soft'];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}
