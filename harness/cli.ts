/**
 * Process entry of the command line: argv → command → exit code. The only file of it that touches
 * the process: arguments, environment, outputs, signals, exit.
 */
import { budgetCommand } from './commands/budget.ts';
import type { Command } from './commands/command.ts';
import { EXIT_CODE } from './exit-code.ts';
import type { Io, Output } from './io.ts';
import { LabError } from './lab-error.ts';
import { runProgram, wantsJson } from './program.ts';
import { colorWanted } from './report/color-wanted.ts';
import { createPaint } from './report/paint.ts';
import { createRedactor } from './report/redactor.ts';
import { poolLabVersion } from './version.ts';

const COMMANDS: readonly Command[] = [budgetCommand];

const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type StopSignal = (typeof STOP_SIGNALS)[number];
const SIGNAL_NUMBER: Readonly<Record<StopSignal, number>> = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };

/** A command that does not return within this after its abort has a bug; the watchdog cleans up. */
const ABORT_DEADLINE_MS = 15_000;

const redactor = createRedactor();
const aborter = new AbortController();
let stopSignal: StopSignal | null = null;
let outputError: NodeJS.ErrnoException | null = null;

const argv = process.argv.slice(2);
const io: Io = Object.freeze({
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  env: Object.freeze({ ...process.env }),
  signal: aborter.signal,
  redactor,
});

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  outputError ??= error;
  aborter.abort(error);
});
// Progress that nobody reads is no reason to stop measuring.
process.stderr.on('error', () => undefined);

for (const signal of STOP_SIGNALS) process.on(signal, () => onStopSignal(signal));

await finish(await main());

/** Never throws: every problem has been told and is an exit code. */
async function main(): Promise<number> {
  try {
    return await runProgram({ argv, commands: COMMANDS, version: poolLabVersion(), io });
  } catch (error) {
    return tellError(error);
  }
}

function tellError(error: unknown): number {
  // An abort that a command let through is the signal's doing, and the signal is the answer.
  if (aborter.signal.aborted && !(error instanceof LabError) && isAbort(error)) {
    return EXIT_CODE.interrupted;
  }
  const json = wantsJson({ argv, env: io.env });
  if (error instanceof LabError) {
    const { code, message, hint } = error;
    const paint = createPaint(io.stderr.color);
    if (json) io.stdout.write(`${JSON.stringify({ error: { code, message, hint } })}\n`);
    else io.stderr.write(`${paint.red(message)}\n→ ${hint}\n`);
    return error.exitCode;
  }
  const message = error instanceof Error ? error.message : String(error);
  const hint = 'this is a bug in pool-lab: please report it with the stack on stderr';
  if (json) {
    io.stdout.write(`${JSON.stringify({ error: { code: 'INTERNAL', message, hint } })}\n`);
  }
  io.stderr.write(`${error instanceof Error ? (error.stack ?? message) : message}\n→ ${hint}\n`);
  return EXIT_CODE.internal;
}

function isAbort(error: unknown): boolean {
  return error === aborter.signal.reason || (error instanceof Error && error.name === 'AbortError');
}

function onStopSignal(signal: StopSignal): void {
  if (stopSignal !== null) {
    // The second one does not ask. What the children hold, the watchdog removes.
    dieBy(signal);
    return;
  }
  stopSignal = signal;
  aborter.abort(new DOMException(`stopped by ${signal}`, 'AbortError'));
  setTimeout(() => {
    io.stderr.write(`not stopped ${ABORT_DEADLINE_MS / 1_000} s after ${signal}: giving up\n`);
    dieBy(signal);
  }, ABORT_DEADLINE_MS).unref();
}

/** Ends by the signal itself, so that a shell or a supervisor sees what happened. */
function dieBy(signal: StopSignal): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Only reached where the signal's default action is ignored, e.g. as process 1 of a container.
  process.exit(128 + SIGNAL_NUMBER[signal]);
}

/** Waits until a pipe has taken everything: `process.exit` alone would cut a long JSON off. */
async function finish(exitCode: number): Promise<void> {
  await flushed(process.stdout);
  await flushed(process.stderr);
  if (stopSignal !== null) dieBy(stopSignal);
  if (outputError === null) process.exit(exitCode);
  if (outputError.code === 'EPIPE') process.exit(EXIT_CODE.closedPipe);
  process.stderr.write(
    `stdout cannot be written: ${outputError.message}\n→ see where it goes to\n`,
  );
  process.exit(EXIT_CODE.storage);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.errored) resolve();
    else stream.write('', () => resolve());
  });
}

function outputOf(stream: NodeJS.WriteStream): Output {
  const isTty = stream.isTTY === true;
  return Object.freeze({
    write: (text: string) => {
      if (!stream.destroyed) stream.write(redactor.redact(text));
    },
    isTty,
    color: colorWanted({ isTty, env: process.env }),
    // A getter: a terminal may be resized while a trial runs.
    get columns() {
      return stream.columns ?? 80;
    },
  });
}
