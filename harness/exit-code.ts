/** What the process's exit status says, for scripts and CI. Documented in the README. */
export const EXIT_CODE = {
  ok: 0,
  internal: 1,
  usage: 2,
  environment: 3,
  database: 4,
  refused: 5,
  invalidMeasurement: 6,
  storage: 8,
  thresholdNotMet: 99,
  hungUp: 129,
  interrupted: 130,
  /** Nobody reads stdout any more (`pool-lab … | head -1`), as a program that SIGPIPE ends. */
  closedPipe: 141,
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT_CODE)[keyof typeof EXIT_CODE];
