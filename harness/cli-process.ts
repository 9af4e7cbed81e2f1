import type { Command } from './commands/command.ts';
import { EXIT_CODE, type ExitCode } from './exit-code.ts';
import type { Io, Output } from './io.ts';
import { LabError } from './lab-error.ts';
import { runProgram, wantsJson } from './program.ts';
import { colorWanted } from './report/color-wanted.ts';
import { BUG_CODE, errorJson } from './report/error-json.ts';
import { errorText, harmless } from './report/error-text.ts';
import { createPaint } from './report/paint.ts';
import { createRedactor, type Redactor } from './report/redactor.ts';

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof STOP_SIGNALS)[number];
const SIGNAL_NUMBER: Readonly<Record<StopSignal, number>> = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };

/** A command that does not return within this after its abort has a bug; the watchdog cleans up. */
const ABORT_DEADLINE_MS = 15_000;

export interface CliProcess {
  /** The process itself: nothing else of the command line touches it. */
  readonly host: NodeJS.Process;
  readonly commands: readonly Command[];
  readonly version: string;
  /** @default 15 s */
  readonly abortDeadlineMs?: number;
}

/**
 * Arguments → command → exit code, and the end of the process: after everything written has left
 * it, by the exit code or by the signal that stopped it. Does not return.
 */
export async function runCli({
  host,
  commands,
  version,
  abortDeadlineMs,
}: CliProcess): Promise<never> {
  const redactor = createRedactor();
  const ending = watchForTheEnd(host, abortDeadlineMs ?? ABORT_DEADLINE_MS);
  const argv = host.argv.slice(2);
  const io: Io = Object.freeze({
    stdout: outputOf(host.stdout, { host, redactor }),
    stderr: outputOf(host.stderr, { host, redactor }),
    env: Object.freeze({ ...host.env }),
    signal: ending.signal,
    redactor,
  });
  forgetOthersServers(host);
  const tell = (error: unknown): ExitCode => tellError(error, { argv, io });
  // Node would print it past the redactor. The stack is told, what was started is the watchdog's.
  host.on('uncaughtException', (error) => void ending.finish(tell(error)));
  let exitCode: ExitCode;
  try {
    exitCode = await runProgram({ argv, commands, version, io });
  } catch (error) {
    exitCode = tell(error);
  }
  return ending.finish(exitCode);
}

/**
 * libpq's variables (PGHOST, PGOPTIONS, PGSSLMODE …) are about servers of the user's, not of the lab's; the
 * driver fills in from them whatever an address leaves open. Addresses come by DATABASE_URL and by flags.
 */
function forgetOthersServers({ env }: NodeJS.Process): void {
  for (const name of Object.keys(env)) if (/^PG[A-Z]/.test(name)) delete env[name];
}

/** Prints the message, then the remedy; or an object on stdout where JSON is wanted. */
function tellError(
  error: unknown,
  { argv, io }: { readonly argv: readonly string[]; readonly io: Io },
): ExitCode {
  // An abort that a command let through is the signal's doing, and the signal is the answer.
  if (io.signal.aborted && isAbort(error, io.signal)) return EXIT_CODE.interrupted;
  const json = wantsJson({ argv, env: io.env });
  if (error instanceof LabError) {
    const { code, message, hint } = error;
    if (json) io.stdout.write(errorJson({ code, message, hint }));
    else io.stderr.write(errorText({ message, hint }, createPaint(io.stderr.color)));
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'this is a bug in pool-lab: please report it with the stack on stderr';
  if (json) io.stdout.write(errorJson({ code: BUG_CODE, message, hint }));
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  io.stderr.write(`${harmless(stack)}\n→ ${hint}\n`);
  return EXIT_CODE.internal;
}

function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason || (error instanceof Error && error.name === 'AbortError');
}

interface Ending {
  /** Aborted by the first stop signal, or when stdout cannot be written any more. */
  readonly signal: AbortSignal;
  finish(exitCode: ExitCode): Promise<never>;
}

function watchForTheEnd(host: NodeJS.Process, abortDeadlineMs: number): Ending {
  const aborter = new AbortController();
  let stopSignal: StopSignal | null = null;
  let outputError: NodeJS.ErrnoException | null = null;

  host.stdout.on('error', (error: NodeJS.ErrnoException) => {
    outputError ??= error;
    aborter.abort(new DOMException('stdout cannot be written', 'AbortError'));
  });
  // Progress that nobody reads is no reason to stop measuring.
  host.stderr.on('error', () => undefined);
  for (const signal of STOP_SIGNALS) {
    host.on(signal, () => {
      // The second one does not ask. What the children hold, the watchdog removes.
      if (stopSignal !== null) dieBy(host, signal);
      stopSignal = signal;
      aborter.abort(new DOMException(`stopped by ${signal}`, 'AbortError'));
      setTimeout(() => {
        host.stderr.write(`not stopped ${abortDeadlineMs / 1_000} s after ${signal}: giving up\n`);
        dieBy(host, signal);
      }, abortDeadlineMs).unref();
    });
  }
  return {
    signal: aborter.signal,
    finish: async (exitCode) => {
      await flushed(host.stdout);
      await flushed(host.stderr);
      if (stopSignal !== null) return dieBy(host, stopSignal);
      if (outputError === null) return host.exit(exitCode);
      // As a program that SIGPIPE ends, and silent like it.
      if (outputError.code === 'EPIPE') return host.exit(EXIT_CODE.closedPipe);
      host.stderr.write(
        `stdout cannot be written: ${outputError.message}\n→ look at where it goes: is the disk full?\n`,
      );
      return host.exit(EXIT_CODE.storage);
    },
  };
}

/** Ends by the signal itself, so that a shell or a supervisor sees what happened. */
function dieBy(host: NodeJS.Process, signal: StopSignal): never {
  host.removeAllListeners(signal);
  host.kill(host.pid, signal);
  // Only reached where the signal's default action is ignored, e.g. as process 1 of a container.
  return host.exit(128 + SIGNAL_NUMBER[signal]);
}

/** Until a pipe has taken everything: `process.exit` alone would cut a long JSON off. */
function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.errored) resolve();
    else stream.write('', () => resolve());
  });
}

function outputOf(
  stream: NodeJS.WriteStream,
  { host, redactor }: { readonly host: NodeJS.Process; readonly redactor: Redactor },
): Output {
  const isTty = stream.isTTY === true;
  return Object.freeze({
    write: (text: string) => {
      if (!stream.destroyed) stream.write(redactor.redact(text));
    },
    isTty,
    color: colorWanted({ isTty, env: host.env }),
    // A getter: a terminal may be resized while a trial runs.
    get columns() {
      // A pseudo terminal that was never given a size says 0.
      return stream.columns || 80;
    },
  });
}
