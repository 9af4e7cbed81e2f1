import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

/**
 * Runs what writes into a run directory. What the system refuses becomes a `LabError`; a bug passes.
 *
 * @throws LabError RUN_DIRECTORY_UNWRITABLE
 */
export function writing<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined || error instanceof LabError) throw error;
    throw new LabError('RUN_DIRECTORY_UNWRITABLE', {
      message: `cannot write ${path}: ${describeError(error)}`,
      hint: `${remedy(code)}; what was measured before is safe, and \`pool-lab sweep --resume\` goes on from there`,
      cause: error,
    });
  }
}

/**
 * Runs what reads something without which a run directory says nothing.
 *
 * @throws LabError RUN_DIRECTORY_UNREADABLE
 */
export function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined || error instanceof LabError) throw error;
    throw unreadable(`cannot read ${path}: ${describeError(error)}`, {
      hint: readingRemedy(code),
      cause: error,
    });
  }
}

export function unreadable(
  message: string,
  { hint, cause }: { readonly hint: string; readonly cause?: unknown },
): LabError {
  return new LabError('RUN_DIRECTORY_UNREADABLE', { message, hint, cause });
}

function readingRemedy(code: string): string {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'name a directory that `pool-lab sweep` made';
    case 'ELOOP':
      return 'put the file itself there: links inside of a run are not followed';
    default:
      return 'see that the file and all directories above it can be read by this account';
  }
}

function remedy(code: string): string {
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return 'free some disk space';
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return 'use a directory (--out) on a local disk that this account may write';
    case 'EMFILE':
    case 'ENFILE':
      return 'raise the limit of open files (ulimit -n 4096)';
    case 'ENOTSUP':
    case 'EOPNOTSUPP':
    case 'ENOSYS':
      return 'use a directory (--out) on a local disk: this file system has no hard links';
    case 'EIO':
      return 'look after the disk (its errors are in the system log)';
    default:
      return 'see that the directory is there, is writable and is on a local disk';
  }
}
