import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { LabError } from '../lab-error.ts';
import { outputTail } from '../output-tail.ts';
import type { LoadProgress } from './load-engine.ts';
import { type LoadCommand, type LoadReport, loadReportSchema } from './load-message.ts';

/** A stop is answered within 1 s; a process that needs this long is stuck. */
const STOP_DEADLINE_MS = 3_000;
/** The process ends at once when its channel closes. */
const CLOSE_DEADLINE_MS = 1_000;

type ReportOf<Type extends LoadReport['type']> = Extract<LoadReport, { readonly type: Type }>;

/** The harness's end of the channel to a load process: one question at a time, each answered. */
export class LoadProcessLink {
  /** Resolves with how it ended, e.g. `exit status 1` or `SIGKILL`. */
  readonly exited: Promise<string>;
  onProgress: (progress: LoadProgress) => void = () => undefined;
  readonly #child: ChildProcess;
  readonly #lastLines: () => readonly string[];
  #onReport: ((report: LoadReport) => void) | null = null;
  /** Why this side killed it, if it did. */
  #killedBecause: string | null = null;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#lastLines = outputTail([child.stdout, child.stderr]);
    this.exited = endOf(child);
    child.on('message', (raw) => {
      const report = loadReportSchema.parse(raw);
      if (report.type === 'progress') this.onProgress(report.progress);
      else this.#onReport?.(report);
    });
  }

  /**
   * Sends a command (`null`: nothing to send) and waits for its report.
   *
   * @throws LabError LOAD_PROCESS_FAILED
   */
  async ask<Type extends LoadReport['type']>(
    command: LoadCommand | null,
    type: Type,
    deadlineMs: number,
  ): Promise<ReportOf<Type>> {
    if (this.#onReport !== null) throw new Error('a load process does one thing at a time');
    const report = new Promise<ReportOf<Type>>((resolve) => {
      this.#onReport = (received) => {
        if (isReportOf(received, type)) resolve(received);
      };
    });
    if (command !== null) this.#send(command);
    const late = setTimeout(() => this.#kill(`no ${type} within ${deadlineMs} ms`), deadlineMs);
    try {
      return await Promise.race([report, this.exited.then((how) => this.#failed(how))]);
    } finally {
      clearTimeout(late);
      this.#onReport = null;
    }
  }

  /** While it is held, an abort ends the current run early. */
  stopOn(signal: AbortSignal): Disposable {
    let late: NodeJS.Timeout | undefined;
    const stop = (): void => {
      this.#send({ type: 'stop' });
      const because = `it did not stop within ${STOP_DEADLINE_MS} ms`;
      late = setTimeout(() => this.#kill(because), STOP_DEADLINE_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    return {
      [Symbol.dispose]: () => {
        signal.removeEventListener('abort', stop);
        clearTimeout(late);
      },
    };
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const late = setTimeout(() => this.#kill('it did not end'), CLOSE_DEADLINE_MS);
    await this.exited;
    clearTimeout(late);
  }

  #send(command: LoadCommand): void {
    // A failed send means that it is gone, which `exited` reports with its last lines.
    if (this.#child.connected) this.#child.send(command, () => undefined);
  }

  #kill(because: string): void {
    this.#killedBecause ??= because;
    this.#child.kill('SIGKILL');
  }

  #failed(how: string): never {
    const lines = this.#lastLines();
    const said = lines.length === 0 ? 'it printed nothing' : `its last lines:\n${lines.join('\n')}`;
    throw new LabError('LOAD_PROCESS_FAILED', {
      message: `the load process ended (${this.#killedBecause ?? how}); ${said}`,
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

function isReportOf<Type extends LoadReport['type']>(
  report: LoadReport,
  type: Type,
): report is ReportOf<Type> {
  return report.type === type;
}
