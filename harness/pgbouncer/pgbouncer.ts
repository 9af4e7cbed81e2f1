import { type ChildProcess, spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { Custodian } from '../custodian.ts';
import { LabError } from '../lab-error.ts';
import { outputTail } from '../output-tail.ts';
import type { Pooler } from '../plan/pooler.ts';
import { chooseServerAccount } from '../postgres/account.ts';
import { findFreePort } from '../postgres/free-port.ts';
import { openLabDirectory } from '../postgres/lab-directory.ts';
import { createRunDirectory } from '../postgres/run-directory.ts';
import { SERVER_ENVIRONMENT, spawnIdentity } from '../postgres/server-program.ts';
import { identifyProcess, type ProcessIdentity, signalGroup } from '../process-table.ts';
import { describeError } from '../system-error.ts';
import { CARRIES_STATEMENTS_SINCE } from './pgbouncer-configuration.ts';
import { openPgbouncerConsole, type PgbouncerConsole } from './pgbouncer-console.ts';
import { type PgbouncerFiles, writePgbouncerFiles } from './pgbouncer-files.ts';
import { isAtLeast, type PgbouncerProgram } from './pgbouncer-program.ts';

/** A PgBouncer that runs. */
export interface Pgbouncer {
  /** e.g. `1.18.0` */
  readonly version: string;
  /** What clients connect with: the same role and database, at PgBouncer's address. */
  readonly database: DatabaseConfig;
  readonly pid: number;
  /** Named prepared statements work through it. */
  readonly carriesStatements: boolean;
  /** Its own numbers of that database. */
  readonly console: PgbouncerConsole;
  /** Aborted, with a `LabError` as its reason, when it ends without having been asked to. */
  readonly ended: AbortSignal;
}

export interface PgbouncerDeps {
  readonly custodian: Custodian;
  readonly signal: AbortSignal;
  /** Parent of the lab's own directory. */
  readonly labParent: string;
  readonly warn: (sentence: string) => void;
}

export interface PgbouncerAsked {
  readonly program: PgbouncerProgram;
  readonly pooler: Pooler;
  /** Where it connects, and as whom. */
  readonly database: DatabaseConfig;
  /** What PostgreSQL shows for a connection of it that no client has had yet. */
  readonly applicationName: string;
}

const HOST = '127.0.0.1';
/** It listens within some ms; on a machine that others fill, much later. */
const READY_DEADLINE_MS = 10_000;
const STOP_DEADLINE_MS = 2_000;
/** Somebody else can take the port between its choice and its use; more than once is no accident. */
const PORT_ATTEMPTS_MAX = 3;
/** Beside clients and servers: listener, log, timers, and sockets that are being closed. */
const DESCRIPTORS_MARGIN = 32;
/** From this version on SIGTERM waits until all clients have gone, and SIGQUIT is for ending at once. */
const WAITS_ON_SIGTERM_SINCE = '1.23';

/**
 * A PgBouncer on loopback, for as long as `use` runs: unprivileged also where the harness is root, with files
 * that nobody else can read, in a process group of its own.
 *
 * @throws LabError POOLER_FAILED, TOO_FEW_FILE_DESCRIPTORS, NO_UNPRIVILEGED_ACCOUNT, DIRECTORY_UNUSABLE
 */
export async function withPgbouncer<T>(
  asked: PgbouncerAsked,
  deps: PgbouncerDeps,
  use: (pgbouncer: Pgbouncer) => Promise<T>,
): Promise<T> {
  await using stack = new AsyncDisposableStack();
  const run = createRunDirectory(openLabDirectory(deps.labParent));
  const release = deps.custodian.guard({ kind: 'directory', path: run.path });
  stack.defer(async () => {
    await run.remove();
    release();
  });
  const host = await writtenHost(asked.database);
  const running = stack.adopt(await start({ ...asked, host, path: run.path }, deps), (it) =>
    it.stop(),
  );
  const { user, password, database } = asked.database;
  const address = { host: HOST, port: running.port, user, password };
  const console = stack.adopt(openPgbouncerConsole({ address, database, warn: deps.warn }), (it) =>
    it.close(),
  );
  const { version } = asked.program;
  return await use({
    version,
    database: { ...address, database },
    pid: running.identity.pid,
    carriesStatements:
      asked.pooler.mode === 'session' || isAtLeast(version, CARRIES_STATEMENTS_SINCE),
    console,
    ended: running.ended,
  });
}

type Start = PgbouncerAsked & { readonly host: string; readonly path: string };

interface Running {
  readonly port: number;
  readonly identity: ProcessIdentity;
  readonly ended: AbortSignal;
  stop(): Promise<void>;
}

interface Ending {
  /** e.g. `exit code 1` */
  readonly how: string;
  readonly lastLines: readonly string[];
}

async function start(asked: Start, deps: PgbouncerDeps): Promise<Running> {
  const account = chooseServerAccount();
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    const files = writePgbouncerFiles({ ...asked, port, account });
    const started = await startAt({ ...asked, port, files }, deps);
    if ('identity' in started) return started;
    const isTaken = started.lastLines.some((line) => line.includes('Address already in use'));
    if (!isTaken || attempt === PORT_ATTEMPTS_MAX) {
      throw failed(`PgBouncer ${asked.program.version} did not start (${started.how})`, started);
    }
  }

  /** Gives back how it ended where that was before it was ready. */
  async function startAt(
    { program, pooler, port, files }: Start & { port: number; files: PgbouncerFiles },
    { custodian, signal }: PgbouncerDeps,
  ): Promise<Running | Ending> {
    signal.throwIfAborted();
    const child = spawn(program.path, [files.configurationPath], {
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
      const now = isAtLeast(program.version, WAITS_ON_SIGTERM_SINCE) ? 'SIGQUIT' : 'SIGTERM';
      signalGroup(identity, now);
      const timer = setTimeout(() => signalGroup(identity, 'SIGKILL'), STOP_DEADLINE_MS);
      await end;
      clearTimeout(timer);
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
      requireFileDescriptors(pooler, tail());
    } catch (error) {
      await stop();
      throw error;
    }
    void end.then((ending) => {
      if (!stopping) ended.abort(failed(`PgBouncer ended in the middle (${ending.how})`, ending));
    });
    return { port, identity, ended: ended.signal, stop };
  }
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

/**
 * PgBouncer says what it may open, and goes on with less than it needs: it then leaves clients unanswered.
 *
 * @throws LabError TOO_FEW_FILE_DESCRIPTORS
 */
export function requireFileDescriptors(pooler: Pooler, logLines: readonly string[]): void {
  const told = /kernel file descriptor limit: (\d+)/.exec(logLines.join('\n'))?.[1];
  const { maxClientConn, defaultPoolSize, reservePoolSize } = pooler;
  const servers = defaultPoolSize + reservePoolSize;
  const needed = maxClientConn + servers + DESCRIPTORS_MARGIN;
  if (told === undefined || needed <= Number(told)) return;
  throw new LabError('TOO_FEW_FILE_DESCRIPTORS', {
    message: `PgBouncer with max_client_conn ${maxClientConn} and ${servers} connections to PostgreSQL needs ${needed} file descriptors, but the limit is ${told}`,
    hint: `Run \`ulimit -n ${needed}\` in this shell first (if the shell refuses, the hard limit is lower and root has to raise it), or ask for fewer with --pooler-clients.`,
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

/**
 * A name is looked up here, as the API would, and not by PgBouncer, which takes addresses in turns; but for a
 * certificate that has to be of that name.
 */
async function writtenHost({ host, sslMode }: DatabaseConfig): Promise<string> {
  if (host.startsWith('/') || sslMode === 'verify-full') return host;
  try {
    return (await lookup(host, { order: 'ipv4first' })).address;
  } catch (cause) {
    throw new LabError('DATABASE_UNREACHABLE', {
      message: `the database's host ${host} has no address (${describeError(cause)})`,
      hint: 'Is its name right, and known on this machine?',
      cause,
    });
  }
}
