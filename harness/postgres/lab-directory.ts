import { lstatSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
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
  /** Empty files, see `spare-files.ts`. */
  readonly sparesPath: string;
}

/**
 * Not the home, which an unprivileged server account cannot enter, and not `TMPDIR`, which may be
 * private to a user and is emptied at boot; `/var/tmp` is neither on Linux and macOS.
 */
export const LAB_DIRECTORY_PARENT = '/var/tmp';

/** @throws LabError DIRECTORY_UNUSABLE when it cannot be made, or is somebody else's */
export function openLabDirectory(parent: string = LAB_DIRECTORY_PARENT): LabDirectory {
  const uid = process.getuid?.() ?? 0;
  assertParentUsable(parent, uid);
  const path = join(parent, `pool-lab-${uid}`);
  const lab = {
    path,
    cachePath: join(path, 'cache'),
    runsPath: join(path, 'runs'),
    sparesPath: join(path, 'spares'),
  };
  for (const directory of [lab.path, lab.cachePath, lab.runsPath, lab.sparesPath])
    claimDirectory(directory, uid);
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
    throw unusable(path, `can be written by others (mode ${octal(found.mode)})`);
  }
}

/**
 * As root the server runs under another account, which must be able to pass every directory above;
 * and none of them may let a stranger put another one in the place of ours (`/tmp` has the sticky bit).
 */
function assertParentUsable(parent: string, uid: number): void {
  let path: string;
  try {
    path = realpathSync(parent);
  } catch (cause) {
    const missing = systemErrorCode(cause) === 'ENOENT';
    throw unusable(
      parent,
      missing ? 'does not exist: create it' : `cannot be looked up: ${describeError(cause)}`,
      cause,
    );
  }
  if (!statSync(path).isDirectory()) throw unusable(parent, 'is not a directory');
  for (let above = path; ; above = dirname(above)) {
    const { mode } = statSync(above);
    if (uid === 0 && (mode & 0o001) === 0) {
      throw unusable(
        above,
        `cannot be entered by others (mode ${octal(mode)}), as PostgreSQL's account must`,
      );
    }
    if ((mode & 0o002) !== 0 && (mode & 0o1000) === 0) {
      throw unusable(
        above,
        `lets anybody exchange what is in it (mode ${octal(mode)}, no sticky bit)`,
      );
    }
    if (above === dirname(above)) return;
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function unusable(path: string, what: string, cause?: unknown): LabError {
  return new LabError('DIRECTORY_UNUSABLE', {
    message: `The lab cannot keep its files there: ${path} ${what}.`,
    hint: 'Correct that, or have the lab use another directory that you own and others can enter (--directory, POOL_LAB_DIRECTORY).',
    cause,
  });
}
