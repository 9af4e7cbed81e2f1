import { type ChildProcess, spawn } from 'node:child_process';
import type { Custodian } from '../custodian.ts';
import { LabError } from '../lab-error.ts';
import { outputTail } from '../output-tail.ts';
import type { ServerAccount } from '../postgres/account.ts';
import { findFreePort } from '../postgres/free-port.ts';
import { SERVER_ENVIRONMENT, spawnIdentity } from '../postgres/server-program.ts';
import { identifyProcess, type ProcessIdentity, signalGroup } from '../process-table.ts';
import { isAtLeast, type PgbouncerProgram } from './pgbouncer-program.ts';

/** It listens within some ms; on a machine that others fill, much later. */
const READY_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 2_000;
/** Somebody else can take the port between its choice and its use; more than once is no accident. */
const PORT_ATTEMPTS_MAX = 3;
/** From this version on SIGTERM waits until all clients have gone, and SIGQUIT is for ending at once. */
const WAITS_ON_SIGTERM_SINCE = '1.23';

/** A process that listens. */
export interface PgbouncerProcess {
  readonly port: number;
  readonly pid: number;
  /** Aborted, with a `LabError` as its reason, when it ends without having been asked to. */
  readonly ended: AbortSignal;
  lastLines(): readonly string[];
  /** Ends it at once, whoever is connected. */
  stop(): Promise<void>;
}

export interface ProcessAsked {
  readonly program: PgbouncerProgram;
  readonly account: ServerAccount;
  /** Writes what it is to read for this port, and gives back the path of its configuration. */
  readonly configure: (port: number) => string;
  /** @default any free one */
  readonly port?: number;
}

interface Ending {
  /** e.g. `exit code 1` */
  readonly how: string;
  readonly lastLines: readonly string[];
}

/**
 * Starts it in a process group of its own, and resolves when it listens.
 *
 * @throws LabError POOLER_FAILED
 */
export async function startPgbouncerProcess(
  asked: ProcessAsked,
  deps: { readonly custodian: Custodian; readonly signal: AbortSignal },
): Promise<PgbouncerProcess> {
  for (let attempt = 1; ; attempt += 1) {
    const port = asked.port ?? (await findFreePort());
    const started = await startAt(port, asked, deps);
    if ('pid' in started) return started;
    const isTaken = started.lastLines.some((line) => line.includes('Address already in use'));
    if (!isTaken || asked.port !== undefined || attempt === PORT_ATTEMPTS_MAX) {
      throw failed(`PgBouncer ${asked.program.version} did not start (${started.how})`, started);
    }
  }
}

/** Gives back how it ended where that was before it was ready. */
async function startAt(
  port: number,
  { program, account, configure }: ProcessAsked,
  { custodian, signal }: { readonly custodian: Custodian; readonly signal: AbortSignal },
): Promise<PgbouncerProcess | Ending> {
  signal.throwIfAborted();
  const child = spawn(program.path, [configure(port)], {
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    // A group of its own: a terminal's Ctrl-C must reach the harness alone.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...spawnIdentity(account),
  });
  const tail = outputTail([child.stderr]);
  const end = endOf(child, tail);
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  if (identity === null) return await end;
  const release = custodian.guard({ kind: 'process-group', pid: identity.pid });
  const ended = new AbortController();
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    await endProcess(identity, { program, end });
    release();
  };
  try {
    const early = await untilUp({ child, tail, end, signal });
    if (early !== 'up') {
      await stop();
      return early === 'late'
        ? { how: `not ready within ${READY_DEADLINE_MS} ms`, lastLines: tail() }
        : early;
    }
  } catch (error) {
    await stop();
    throw error;
  }
  void end.then((ending) => {
    if (!stopping) ended.abort(failed(`PgBouncer ended in the middle (${ending.how})`, ending));
  });
  return { port, pid: identity.pid, ended: ended.signal, lastLines: tail, stop };
}

async function endProcess(
  identity: ProcessIdentity,
  { program, end }: { readonly program: PgbouncerProgram; readonly end: Promise<Ending> },
): Promise<void> {
  const atOnce = isAtLeast(program.version, WAITS_ON_SIGTERM_SINCE) ? 'SIGQUIT' : 'SIGTERM';
  signalGroup(identity, atOnce);
  const timer = setTimeout(() => signalGroup(identity, 'SIGKILL'), STOP_DEADLINE_MS);
  await end;
  clearTimeout(timer);
}

function untilUp({
  child,
  tail,
  end,
  signal,
}: {
  readonly child: ChildProcess;
  readonly tail: () => readonly string[];
  readonly end: Promise<Ending>;
  readonly signal: AbortSignal;
}): Promise<'up' | 'late' | Ending> {
  return new Promise((resolve, reject) => {
    const settle = (how: 'up' | 'late' | Ending): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(how);
    };
    const timer = setTimeout(settle, READY_DEADLINE_MS, 'late');
    const abort = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    void end.then(settle);
    child.stderr?.on('data', () => {
      if (tail().some((line) => line.includes('process up'))) settle('up');
    });
  });
}

function endOf(child: ChildProcess, tail: () => readonly string[]): Promise<Ending> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: error.message, lastLines: tail() }));
    // `close`, not `exit`: its last words have been read then.
    child.once('close', (code, signal) =>
      resolve({
        how: code === null ? `ended by ${signal}` : `exit code ${code}`,
        lastLines: tail(),
      }),
    );
  });
}

function failed(message: string, { lastLines }: Ending): LabError {
  return new LabError('POOLER_FAILED', {
    message,
    hint:
      lastLines.length === 0
        ? 'It wrote nothing; is the machine out of memory or process slots?'
        : `Its last lines:\n${lastLines.join('\n')}`,
  });
}
