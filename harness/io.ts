import type { Redactor } from './report/redactor.ts';

/** One output of the process. Everything written passes the redactor. */
export interface Output {
  /** Whole lines, so that the redactor sees whole secrets. */
  write(text: string): void;
  readonly isTty: boolean;
  /** Colour is wanted and shown (NO_COLOR, FORCE_COLOR, TERM=dumb and pipes are judged). */
  readonly color: boolean;
  /** Width to lay text out for; 80 where the system does not tell. */
  readonly columns: number;
}

/** What a command knows of the process it runs in. */
export interface Io {
  /** Data: the answer, or JSON. */
  readonly stdout: Output;
  /** Progress, warnings, errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Aborted by Ctrl-C, SIGTERM, SIGHUP, or when nobody reads stdout any more. A command stops
   * issuing work, prints what was measured marked as incomplete, and returns.
   */
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
}
