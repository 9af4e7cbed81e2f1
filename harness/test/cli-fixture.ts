/** A command line whose commands misbehave on purpose; started as a process by the CLI's tests. */
import { runCli } from '../cli-process.ts';
import type { Command } from '../commands/command.ts';
import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { LabError } from '../lab-error.ts';
import { OUTPUT_OPTIONS } from '../plan/run-options.ts';

/** What must never be seen outside. */
const CANARY = 'canary-Kx7!"q/secret';
const BIG_LINES = 60_000;
const KEEP_ALIVE_MS = 60_000;

const command = (name: string, run: (io: Io) => Promise<ExitCode>): Command => ({
  name,
  summary: name,
  options: OUTPUT_OPTIONS,
  examples: [],
  run: (_flags, io) => run(io),
});

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, KEEP_ALIVE_MS);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

const COMMANDS: readonly Command[] = [
  command('measure', async (io) => {
    io.stderr.write('started\n');
    await aborted(io.signal);
    io.stdout.write('INCOMPLETE: kept what was measured\n');
    return EXIT_CODE.ok;
  }),
  command('let-through', async (io) => {
    io.stderr.write('started\n');
    await aborted(io.signal);
    io.signal.throwIfAborted();
    return EXIT_CODE.ok;
  }),
  command('ignore', async (io) => {
    io.stderr.write('started\n');
    await new Promise(() => setInterval(() => undefined, KEEP_ALIVE_MS));
    return EXIT_CODE.ok;
  }),
  command('big', async (io) => {
    for (let line = 0; line < BIG_LINES; line += 1) io.stdout.write(`${'x'.repeat(99)}\n`);
    return EXIT_CODE.thresholdNotMet;
  }),
  command('problem', async () => {
    throw new LabError('PORT_IN_USE', { message: 'port 8080 is taken', hint: 'give another' });
  }),
  command('bug', async () => {
    throw new TypeError('undefined is not a pool');
  }),
  command('floating', async (io) => {
    void Promise.reject(new Error(`nobody waits for me, ${CANARY}`));
    io.redactor.register(CANARY);
    await new Promise(() => setInterval(() => undefined, KEEP_ALIVE_MS));
    return EXIT_CODE.ok;
  }),
  command('leak', async (io) => {
    io.redactor.register(CANARY);
    io.stdout.write(`data ${CANARY} ${JSON.stringify({ url: `postgres://u:${CANARY}@h/d` })}\n`);
    io.stderr.write(`progress ${encodeURIComponent(CANARY)} PGPASSWORD=other-secret\n`);
    throw new LabError('DATABASE_AUTH', { message: `refused ${CANARY}`, hint: `not ${CANARY}` });
  }),
  command('leaky-bug', async (io) => {
    io.redactor.register(CANARY);
    throw new Error(`with ${CANARY} inside`);
  }),
];

await runCli({ host: process, commands: COMMANDS, version: '0.0.0', abortDeadlineMs: 300 });
