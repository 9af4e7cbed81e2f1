import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../system-error.ts';

/**
 * Emptied files of stopped servers, kept for the next one.
 *
 * A cluster is 1,300 files. ext4 gives no inode out again within minutes of its deletion, and looks
 * through all the deleted ones for each new file: after a few servers a copy of the template took
 * 1.2 s instead of 0.1 s. So a stopped server's files are not deleted but emptied and used again.
 */
export interface SpareFiles {
  /** Moves an empty file to this path. `false`: there is none left. */
  take(to: string): boolean;
  /** Takes this file away, emptied. `false`: it was not fit, or there are enough. */
  keep(from: string): boolean;
}

/** Two clusters: one lab restarting its server, beside another. */
const SPARES_MAX = 2_800;

/** @param path a directory only the lab's own account may enter; made here */
export function openSpareFiles(path: string): SpareFiles {
  if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
  const names = readdirSync(path);
  let kept = 0;
  return {
    take(to) {
      for (let name = names.pop(); name !== undefined; name = names.pop()) {
        if (moved(join(path, name), to)) return true;
      }
      return false;
    },
    keep(from) {
      if (names.length + kept >= SPARES_MAX) return false;
      kept += 1;
      const spare = join(path, `${process.pid}-${process.hrtime.bigint()}`);
      renameSync(from, spare);
      // In here nobody else can exchange it any more; before, the server's account could have.
      const found = lstatSync(spare);
      if (!found.isFile() || found.nlink !== 1) {
        unlinkSync(spare);
        return true;
      }
      closeSync(openSync(spare, constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW));
      return true;
    },
  };
}

/** Another lab may have been faster. */
function moved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
