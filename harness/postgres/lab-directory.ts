import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

/**
 * Where the lab keeps binaries, templates and the data of running servers:
 * `cache/` may be deleted at any time no lab runs, `runs/` has one directory a running server.
 */
export interface LabDirectory {
  readonly path: string;
  readonly cachePath: string;
  readonly runsPath: string;
}

/**
 * Not the home, which an unprivileged server account cannot enter, and not `TMPDIR`, which may be
 * private to a user and is emptied at boot; `/var/tmp` is neither on Linux and macOS.
 */
export const LAB_DIRECTORY_PARENT = '/var/tmp';

/** @throws LabError DIRECTORY_UNUSABLE when it cannot be made, or is somebody else's */
export function openLabDirectory(parent: string = LAB_DIRECTORY_PARENT): LabDirectory {
  const uid = process.getuid?.() ?? 0;
  const path = join(parent, `pool-lab-${uid}`);
  const lab = { path, cachePath: join(path, 'cache'), runsPath: join(path, 'runs') };
  for (const directory of [lab.path, lab.cachePath, lab.runsPath]) claimDirectory(directory, uid);
  return lab;
}

/**
 * The parent is usually writable by everybody, so what stands there already may be a trap: a link,
 * or a directory whose owner could exchange the binaries we are about to run.
 */
function claimDirectory(path: string, uid: number): void {
  try {
    mkdirSync(path, { mode: 0o755 });
    return;
  } catch (cause) {
    if (systemErrorCode(cause) !== 'EEXIST') {
      throw unusable(path, `cannot be created: ${describeError(cause)}`, cause);
    }
  }
  const found = lstatSync(path);
  if (!found.isDirectory()) throw unusable(path, 'is not a directory');
  if (found.uid !== uid) throw unusable(path, `belongs to user id ${found.uid}, not to ${uid}`);
  if ((found.mode & 0o022) !== 0) {
    throw unusable(path, `can be written by others (mode ${(found.mode & 0o777).toString(8)})`);
  }
}

function unusable(path: string, what: string, cause?: unknown): LabError {
  return new LabError('DIRECTORY_UNUSABLE', {
    message: `The lab's directory ${path} ${what}.`,
    hint: 'Remove it, or have the lab use another directory that you own and others can enter (POOL_LAB_DIRECTORY).',
    cause,
  });
}
