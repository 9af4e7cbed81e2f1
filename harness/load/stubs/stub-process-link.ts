import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { entryPoint } from '../../entry-point.ts';
import { LabError } from '../../lab-error.ts';
import { outputTail } from '../../output-tail.ts';
import { type StubCommand, type StubReport, stubReportSchema } from './stub-message.ts';
import type { StubPlan, StubTruth } from './stub-server.ts';
import type { CanaryReading } from './timer-canary.ts';

/** Node starts in 0.2 to 0.5 s, on a machine that is busy with other things in a few seconds. */
const READY_DEADLINE_MS = 15_000;
/** Starting to listen, or handing over a record of some thousand requests. */
const ANSWER_DEADLINE_MS = 5_000;
/** The process ends at once when its channel closes. */
const CLOSE_DEADLINE_MS = 1_000;

/** A stub that serves until it is stopped, and then tells the truth. */
export interface RunningStub {
  readonly origin: string;
  stop(): Promise<{ readonly truth: StubTruth; readonly canary: CanaryReading }>;
}

/** A process that serves one stub after the other. */
export interface StubProcess extends AsyncDisposable {
  readonly pid: number;
  serve(plan: StubPlan): Promise<RunningStub>;
}

/**
 * Starts the stub process, in a group of its own so that a terminal's Ctrl-C leaves it to the
 * harness. It ends with this process, whatever ends that.
 *
 * @throws LabError LOAD_PROCESS_FAILED, here and from a stub whose process dies or gets stuck
 */
export async function openStubProcess(): Promise<StubProcess> {
  const child = fork(entryPoint(import.meta.url, './stub-process'), [], {
    detached: true,
    execArgv: [],
    // Nothing of the user's environment: NODE_OPTIONS would change what is measured.
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const link = new StubProcessLink(child);
  try {
    await link.ask(null, 'ready', READY_DEADLINE_MS);
  } catch (error) {
    await link.close();
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    serve: async (plan) => {
      const { origin } = await link.ask({ type: 'start', plan }, 'started', ANSWER_DEADLINE_MS);
      return { origin, stop: () => link.ask({ type: 'stop' }, 'stopped', ANSWER_DEADLINE_MS) };
    },
    [Symbol.asyncDispose]: () => link.close(),
  };
}

type ReportOf<Type extends StubReport['type']> = Extract<StubReport, { readonly type: Type }>;

class StubProcessLink {
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #lastLines: () => readonly string[];
  #onReport: ((report: StubReport) => void) | null = null;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.#lastLines = outputTail([child.stdout, child.stderr]);
    // Not `close`: Node does not emit that after a disconnect from this side.
    this.#exited = new Promise((resolve) => {
      child.once('exit', (status, signal) => resolve(signal ?? `exit status ${status}`));
      child.once('error', (error) => resolve(error.message));
    });
    child.on('message', (raw) => this.#onReport?.(stubReportSchema.parse(raw)));
  }

  /** Sends a command (`null`: nothing to send) and waits for its report. */
  async ask<Type extends StubReport['type']>(
    command: StubCommand | null,
    type: Type,
    deadlineMs: number,
  ): Promise<ReportOf<Type>> {
    const answer = Promise.withResolvers<ReportOf<Type>>();
    this.#onReport = (report) => {
      if (isReportOf(report, type)) answer.resolve(report);
    };
    // A failed send means that it is gone, which `exited` reports with its last lines.
    if (command !== null && this.#child.connected) this.#child.send(command, () => undefined);
    const late = setTimeout(
      () => answer.reject(this.#failure(`no ${type} within ${deadlineMs} ms`)),
      deadlineMs,
    );
    const gone = this.#exited.then((how): never => {
      throw this.#failure(how);
    });
    try {
      return await Promise.race([answer.promise, gone]);
    } finally {
      clearTimeout(late);
      this.#onReport = null;
    }
  }

  async close(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    const late = setTimeout(() => this.#child.kill('SIGKILL'), CLOSE_DEADLINE_MS);
    await this.#exited;
    clearTimeout(late);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null && !stream.closed) await once(stream, 'close');
    }
  }

  #failure(how: string): LabError {
    const lines = this.#lastLines();
    const said = lines.length === 0 ? 'it printed nothing' : `its last lines:\n${lines.join('\n')}`;
    return new LabError('LOAD_PROCESS_FAILED', {
      message: `the self-test's stub process ended (${how}); ${said}`,
      hint: 'Run the same command again; if it ends there again, report it with these lines.',
    });
  }
}

function isReportOf<Type extends StubReport['type']>(
  report: StubReport,
  type: Type,
): report is ReportOf<Type> {
  return report.type === type;
}
