import { EXIT_CODE, type ExitCode } from './exit-code.ts';

/** Every expected problem, by its stable code, with the exit status it ends the process with. */
export const ERROR_CODES = {
  USAGE: EXIT_CODE.usage,
  CONFIG_INVALID: EXIT_CODE.usage,
  PLATFORM_UNSUPPORTED: EXIT_CODE.environment,
  BINARIES_MISSING: EXIT_CODE.environment,
  LIBRARY_MISSING: EXIT_CODE.environment,
  NO_UNPRIVILEGED_ACCOUNT: EXIT_CODE.environment,
  DISK_FULL: EXIT_CODE.environment,
  DIRECTORY_UNUSABLE: EXIT_CODE.environment,
  PORT_IN_USE: EXIT_CODE.environment,
  TOO_FEW_FILE_DESCRIPTORS: EXIT_CODE.environment,
  DOCKER_UNAVAILABLE: EXIT_CODE.environment,
  IMAGE_UNAVAILABLE: EXIT_CODE.environment,
  POSTGRES_START_FAILED: EXIT_CODE.database,
  POSTGRES_DIED: EXIT_CODE.database,
  DATABASE_UNREACHABLE: EXIT_CODE.database,
  DATABASE_AUTH: EXIT_CODE.database,
  DATABASE_UNUSABLE: EXIT_CODE.database,
  NO_SLOT_FOR_MONITOR: EXIT_CODE.database,
  SEED_FAILED: EXIT_CODE.database,
  SQL_FAILED: EXIT_CODE.usage,
  SERVER_NOT_READY: EXIT_CODE.environment,
  SERVER_CRASH_LOOP: EXIT_CODE.environment,
  SERVICE_NOT_READY: EXIT_CODE.environment,
  SERVICE_ENDED: EXIT_CODE.environment,
  LOAD_PROCESS_FAILED: EXIT_CODE.environment,
  DISTANCE_FAILED: EXIT_CODE.environment,
  PGBOUNCER_MISSING: EXIT_CODE.environment,
  POOLER_FAILED: EXIT_CODE.environment,
  REFUSED_REMOTE_DATABASE: EXIT_CODE.refused,
  REFUSED_SHARED_DATABASE: EXIT_CODE.refused,
  REFUSED_EXHAUSTION: EXIT_CODE.refused,
  REFUSED_FOREIGN_ROLE: EXIT_CODE.refused,
  REFUSED_LISTEN_ADDRESS: EXIT_CODE.refused,
  REFUSED_TARGET: EXIT_CODE.refused,
  RUN_DIRECTORY_IN_USE: EXIT_CODE.environment,
  RUN_DIRECTORY_EXISTS: EXIT_CODE.usage,
  RUN_DIRECTORY_UNREADABLE: EXIT_CODE.storage,
  RUN_DIRECTORY_UNWRITABLE: EXIT_CODE.storage,
  RESUME_REFUSED: EXIT_CODE.usage,
  NOT_COMPARABLE: EXIT_CODE.usage,
  NO_BELIEVABLE_ROUND: EXIT_CODE.invalidMeasurement,
  PROMETHEUS_MISSING: EXIT_CODE.environment,
  PROMETHEUS_START_FAILED: EXIT_CODE.environment,
  REPORT_SHELL_FAILED: EXIT_CODE.environment,
  REPORT_UNWRITABLE: EXIT_CODE.storage,
} as const satisfies Record<string, ExitCode>;
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * A problem the user can do something about. `message` holds the facts (the field, the value, what
 * was found), `hint` the next step. Everything else that is thrown is a bug and keeps its stack.
 */
export class LabError extends Error {
  override readonly name = 'LabError';
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(
    code: ErrorCode,
    { message, hint, cause }: { message: string; hint: string; cause?: unknown },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }

  get exitCode(): ExitCode {
    return ERROR_CODES[this.code];
  }
}
