import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

/** Turns a failed file operation into what the user can do about it; bugs pass unchanged. */
export function explainFileError(error: unknown, doing: string): unknown {
  if (error instanceof LabError) return error;
  const code = systemErrorCode(error);
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new LabError('DISK_FULL', {
        message: `No disk space left while ${doing} (${code}).`,
        hint: DISK_FULL_HINT,
        cause: error,
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new LabError('DIRECTORY_UNUSABLE', {
        message: `Not allowed while ${doing}: ${describeError(error)}.`,
        hint: 'Have the lab use a directory that you may write (--directory, POOL_LAB_DIRECTORY).',
        cause: error,
      });
    case 'EMFILE':
    case 'ENFILE':
      return new LabError('TOO_FEW_FILE_DESCRIPTORS', {
        message: `No file descriptor left while ${doing} (${code}).`,
        hint: 'Raise the limit: ulimit -n 4096',
        cause: error,
      });
    default:
      return error;
  }
}

export const DISK_FULL_HINT =
  'Free at least 500 MB there (`pool-lab clean` removes what earlier runs left), or use another directory (--directory, POOL_LAB_DIRECTORY).';
