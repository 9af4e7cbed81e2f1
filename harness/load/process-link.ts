import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { type ErrorCode, LabError } from '../lab-error.ts';
import { outputTail } from '../output-tail.ts';

/** The process ends at once when its channel closes. */
const CLOSE_DEADLINE_MS = 1_000;

/** What either side sends says what it is by its `type`. */
interface Message {
  readonly type: string;
}
type ReportOf<Report extends Message, Type extends Report['type']> = Extract<
  Report,
  { readonly type: Type }
>;

/**
 * Starts a process that measures, in a group of its own, so that a terminal's Ctrl-C leaves it to the
 * harness. Nothing of the user's environment: NODE_OPTIONS would change what is measured.
 */
export function forkMeasuring(entry: string): ChildProcess {
  return fork(entry, [], {
    detached: true,
    execArgv: [],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

/** The harness's end of the channel to such a process: one question at a time, each answered. */
export class ProcessLink<Command extends Message, Report extends Message> {
  /** Resolves with how it ended, e.g. `exit status 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  readonly #child: ChildProcess;
  readonly #name: string;
  readonly #code: ErrorCode;
  readonly #lastLines: () => readonly string[];
  #onReport: ((report: Report) => void) | null = null;
  /** Why this side killed it, if it did. */
  #killedBecause: string | null = null;

  constructor(
    child: ChildProcess,
    {
      name,
      code = 'LOAD_PROCESS_FAILED',
      reportSchema,
    }: {
      /** As an error names it, e.g. `the load process`. */
      readonly name: string;
      /** Of the error when it ends or gets stuck. @default LOAD_PROCESS_FAILED */
      readonly code?: ErrorCode;
      readonly reportSchema: z.ZodType<Report>;
    },
  ) {
    this.#child = child;
    this.#name = name;
    this.#code = code;
    this.#lastLines = outputTail([child.stdout, child.stderr]);
    this.exited = endOf(child);
    child.on('message', (raw) => this.onReport(reportSchema.parse(raw)));
  }

  /**
   * Sends a command (`null`: nothing to send) and waits for its report.
   *
   * @throws LabError of the link's code
   */
  async ask<Type extends Report['type']>(
    command: Command | null,
    type: Type,
    deadlineMs: number,
  ): Promise<ReportOf<Report, Type>> {
    if (this.#onReport !== null) throw new Error(`${this.#name} does one thing at a time`);
    const report = new Promise<ReportOf<Report, Type>>((resolve) => {
      this.#onReport = (received) => {
        if (isReportOf(received, type)) resolve(received);
      };
    });
    if (command !== null) this.send(command);
    const late = setTimeout(() => this.kill(`no ${type} within ${deadlineMs} ms`), deadlineMs);
    try {
      return await Promise.race([report, this.exited.then((how) => this.#failed(how))]);
    } finally {
      clearTimeout(late);
      this.#onReport = null;
    }
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const late = setTimeout(() => this.kill('it did not end'), CLOSE_DEADLINE_MS);
    await this.exited;
    clearTimeout(late);
  }

  send(command: Command): void {
    // A failed send means that it is gone, which `exited` reports with its last lines.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  kill(because: string): void {
    this.#killedBecause ??= because;
    this.#child.kill('SIGKILL');
  }

  protected onReport(report: Report): void {
    this.#onReport?.(report);
  }

  #failed(how: string): never {
    const lines = this.#lastLines();
    const said = lines.length === 0 ? 'it printed nothing' : `its last lines:\n${lines.join('\n')}`;
    throw new LabError(this.#code, {
      message: `${this.#name} ended (${this.#killedBecause ?? how}); ${said}`,
      hint: 'Run the same command again; if it ends there again, report it with these lines.',
    });
  }
}

/** Resolves when it is gone and its output is read, or when it never started. */
async function endOf(child: ChildProcess): Promise<string> {
  // Not `close`: Node does not emit that after a disconnect from this side.
  const how = await new Promise<string>((resolve) => {
    child.once('exit', (status, signal) => resolve(signal ?? `exit status ${status}`));
    child.once('error', (error) => resolve(error.message));
  });
  if (child.pid !== undefined)
    await Promise.all([readToEnd(child.stdout), readToEnd(child.stderr)]);
  return how;
}

async function readToEnd(stream: Readable | null): Promise<void> {
  if (stream !== null && !stream.closed) await once(stream, 'close');
}

function isReportOf<Report extends Message, Type extends Report['type']>(
  report: Report,
  type: Type,
): report is ReportOf<Report, Type> {
  return report.type === type;
}
