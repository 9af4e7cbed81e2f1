import { type ErrorCode, LabError } from '../lab-error.ts';
import { DISK_FULL_HINT } from './file-failure.ts';

interface KnownFailure {
  readonly code: ErrorCode;
  /** Matched against each line of the server's output. */
  readonly pattern: RegExp;
  readonly what: string;
  readonly hint: string;
}

/** What PostgreSQL and the dynamic loader say, first match wins; texts of PostgreSQL 18. */
const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    code: 'LIBRARY_MISSING',
    pattern: /error while loading shared libraries|Library not loaded|version `[^']+' not found/,
    what: 'a shared library is missing or unfit',
    hint: 'Install it (on Debian and Ubuntu: apt-get install libstdc++6), or run `pool-lab clean` to have the binaries copied afresh.',
  },
  {
    code: 'DIRECTORY_UNUSABLE',
    pattern: /spawn \S+ (EACCES|EPERM)/,
    what: 'the system does not let it be executed there',
    hint: 'Is the file system mounted noexec? Have the lab use another directory (POOL_LAB_DIRECTORY).',
  },
  {
    code: 'PORT_IN_USE',
    pattern: /could not bind .*address|could not create any TCP\/IP sockets/,
    what: 'its port is taken',
    hint: 'Try again: a free port is chosen at each start.',
  },
  // Before the disk: a kernel without semaphores left says ENOSPC, "No space left on device", too.
  {
    code: 'POSTGRES_START_FAILED',
    pattern:
      /could not create semaphores|could not create shared memory|could not map anonymous shared memory|could not resize shared memory|could not fork|Cannot allocate memory/,
    what: 'the system does not give it the shared memory, semaphores or processes it asks for',
    hint: 'Lower maxConnections or shared_buffers, or raise the system’s limits (memory, kernel.sem, ulimit -u).',
  },
  {
    code: 'DISK_FULL',
    pattern: /No space left on device|Disk quota exceeded/,
    what: 'the disk is full',
    hint: DISK_FULL_HINT,
  },
  {
    code: 'TOO_FEW_FILE_DESCRIPTORS',
    pattern: /insufficient file (handles|descriptors)|Too many open files/,
    what: 'there are too few file descriptors',
    hint: 'Raise the limit: ulimit -n 4096',
  },
  {
    code: 'CONFIG_INVALID',
    pattern:
      /unrecognized configuration parameter|invalid value for parameter|is outside the valid range|requires a (numeric|Boolean|integer) value|must be less than "max_connections"|syntax error in file|contains errors/,
    what: 'it refuses a setting',
    hint: 'Correct the setting named in the lines above; the names are those of postgresql.conf.',
  },
];

/** The server's (or initdb's) own last words, and what to do about them. */
export function explainStartFailure(failure: {
  /** e.g. `PostgreSQL did not start`. */
  readonly summary: string;
  /** How it ended, e.g. `exit code 1`. */
  readonly ending: string;
  readonly lastLines: readonly string[];
}): LabError {
  const { summary, ending, lastLines } = failure;
  const said =
    lastLines.length === 0
      ? 'It said nothing.'
      : `Its last lines:\n${lastLines
          .slice(-12)
          .map((line) => `  ${line}`)
          .join('\n')}`;
  const known = KNOWN_FAILURES.find(({ pattern }) =>
    [...lastLines, ending].some((line) => pattern.test(line)),
  );
  if (known === undefined) {
    return new LabError('POSTGRES_START_FAILED', {
      message: `${summary} (${ending}). ${said}`,
      hint: 'Run `pool-lab doctor`; it checks what PostgreSQL needs here.',
    });
  }
  return new LabError(known.code, {
    message: `${summary}: ${known.what} (${ending}). ${said}`,
    hint: known.hint,
  });
}
