import { spawn } from 'node:child_process';
import type { ServerAccount } from './account.ts';
import { createLogTail } from './log-tail.ts';
import { explainStartFailure } from './start-failure.ts';

export interface ServerProgram {
  /** Path of the program, in the staged copy. */
  readonly file: string;
  readonly args: readonly string[];
  readonly account: ServerAccount;
  /** Written to its standard input. */
  readonly input: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

/**
 * What PostgreSQL's programs see of our environment: nothing. `PG*` variables of the user would
 * change what they do, and their messages must be English to be recognised.
 */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' } as const;

export function spawnIdentity(account: ServerAccount): { uid?: number; gid?: number } {
  // Node also drops supplementary groups when a uid or gid is given.
  return account.switchTo === null ? {} : { uid: account.switchTo.uid, gid: account.switchTo.gid };
}

/**
 * Runs one of the server's programs to its end and gives back its standard output.
 *
 * @throws LabError with the program's last lines when it does not end with 0 in time
 */
export async function runServerProgram(program: ServerProgram): Promise<string> {
  const child = spawn(program.file, program.args, {
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    stdio: ['pipe', 'pipe', 'pipe'],
    signal: AbortSignal.any([program.signal, AbortSignal.timeout(program.deadlineMs)]),
    killSignal: 'SIGKILL',
    ...spawnIdentity(program.account),
  });
  const tail = createLogTail();
  let stdout = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    tail.push(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => tail.push(chunk));
  child.stdin.on('error', () => {
    // EPIPE: it ended without reading its input, and why it ended is what is told.
  });
  child.stdin.end(program.input);
  const ending = await new Promise<string | null>((resolve) => {
    child.once('error', (error) => {
      const late = error.name === 'AbortError';
      resolve(late ? `stopped after ${program.deadlineMs} ms` : error.message);
    });
    child.once('close', (code, signal) => {
      resolve(code === 0 ? null : code === null ? `ended by ${signal}` : `exit code ${code}`);
    });
  });
  program.signal.throwIfAborted();
  if (ending === null) return stdout;
  throw explainStartFailure({
    summary: `${program.file} failed`,
    ending,
    lastLines: tail.lines(),
  });
}
