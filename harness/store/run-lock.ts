import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { LabError } from '../lab-error.ts';
import { systemErrorCode } from '../system-error.ts';
import { removeIfThere, syncDirectory, writeSynced } from './durable-file.ts';
import { parseJsonText } from './json-text.ts';
import type { LockOwners } from './lock-owner.ts';
import { lockGeneration, lockName, UNFINISHED_SUFFIX } from './run-layout.ts';
import { writing } from './store-failure.ts';
import type { StoreFiles } from './store-files.ts';

/** The right to write into a run directory. */
export interface RunLock {
  /** @throws LabError RUN_DIRECTORY_UNWRITABLE */
  release(): void;
}

const lockSchema = z.strictObject({
  host: z.string(),
  pid: z.int().min(1),
  startToken: z.string(),
  released: z.boolean(),
});
type Lock = Readonly<z.infer<typeof lockSchema>>;

const LOCK_BYTES_MAX = 4_096;
/** Each attempt loses to somebody who took the lock and left it: more is no accident. */
const ATTEMPTS_MAX = 10;

/**
 * Locks are numbered: `lock.1`, `lock.2` … The highest one counts, and a lock whose owner released it or
 * ended is superseded by one with the next number, never taken away: a file that two processes judge
 * stale and remove may by then be the lock of the one that was faster. A number is given once, since
 * linking a complete file to a name that is there fails, and the highest file goes only when there is a
 * higher one.
 *
 * @throws LabError RUN_DIRECTORY_IN_USE, RUN_DIRECTORY_UNWRITABLE
 */
export function lockRun(
  directory: string,
  { files, owners }: { readonly files: StoreFiles; readonly owners: LockOwners },
): RunLock {
  const own = owners.self();
  const write = (lock: Lock): string => {
    const path = join(
      directory,
      `lock-${own.pid}-${randomBytes(8).toString('hex')}${UNFINISHED_SUFFIX}`,
    );
    writeSynced(files, path, Buffer.from(`${JSON.stringify(lock)}\n`));
    return path;
  };

  return writing(directory, () => {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const highest = highestGeneration(files, directory);
      if (highest > 0) refuseIfHeld(directory, { files, owners, generation: highest });
      const generation = highest + 1;
      const unfinished = write({ ...own, released: false });
      const taken = tryLink(files, unfinished, join(directory, lockName(generation)));
      removeIfThere(files, unfinished);
      if (!taken) continue;
      // Somebody slow may have taken a number that was given, superseded and cleared away before.
      if (highestGeneration(files, directory) !== generation) {
        removeIfThere(files, join(directory, lockName(generation)));
        continue;
      }
      syncDirectory(files, directory);
      clearBelow(files, directory, generation);
      return {
        release: () => {
          writing(directory, () => {
            const released = write({ ...own, released: true });
            files.rename(released, join(directory, lockName(generation)));
          });
        },
      };
    }
    throw inUse(directory, 'others take its lock again and again');
  });
}

/** For when something else failed before, which is what counts. */
export function releaseQuietly(lock: RunLock): void {
  try {
    lock.release();
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
  }
}

function highestGeneration(files: StoreFiles, directory: string): number {
  return files
    .list(directory)
    .reduce((highest, name) => Math.max(highest, lockGeneration(name) ?? 0), 0);
}

function refuseIfHeld(
  directory: string,
  {
    files,
    owners,
    generation,
  }: { readonly files: StoreFiles; readonly owners: LockOwners; readonly generation: number },
): void {
  const path = join(directory, lockName(generation));
  let text: string;
  try {
    text = files.read(path, LOCK_BYTES_MAX).toString('utf8');
  } catch (error) {
    // Superseded and cleared away since it was listed: the attempt to link will fail, and be repeated.
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const lock = lockSchema.safeParse(parseJsonText(text));
  const byHand = `delete ${path} if no pool-lab uses the directory any more`;
  if (!lock.success) throw inUse(directory, `its lock ${path} cannot be understood`, byHand);
  const { host, pid, released } = lock.data;
  if (released) return;
  const state = owners.stateOf(lock.data);
  if (state === 'running') throw inUse(directory, `process ${pid} writes into it`);
  if (state === 'unknown') {
    throw inUse(
      directory,
      `process ${pid} on ${host} locked it, which cannot be seen from here`,
      byHand,
    );
  }
}

function tryLink(files: StoreFiles, existing: string, added: string): boolean {
  try {
    files.link(existing, added);
    return true;
  } catch (error) {
    // ENOENT: who holds the lock cleared away what looked like a rest of somebody killed.
    if (['EEXIST', 'ENOENT'].includes(systemErrorCode(error) ?? '')) return false;
    throw error;
  }
}

function clearBelow(files: StoreFiles, directory: string, generation: number): void {
  for (const name of files.list(directory)) {
    if ((lockGeneration(name) ?? generation) < generation) {
      removeIfThere(files, join(directory, name));
    }
  }
}

function inUse(directory: string, why: string, hint?: string): LabError {
  return new LabError('RUN_DIRECTORY_IN_USE', {
    message: `${directory} is in use: ${why}`,
    hint:
      hint ?? 'wait until it has ended, or stop it; `pool-lab report` can read the run meanwhile',
  });
}
