import { lookup } from 'node:dns/promises';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { Custodian } from '../custodian.ts';
import { LabError } from '../lab-error.ts';
import type { Pooler } from '../plan/pooler.ts';
import { chooseServerAccount } from '../postgres/account.ts';
import { randomPassword } from '../postgres/credentials.ts';
import { explainFileError } from '../postgres/file-failure.ts';
import { openLabDirectory } from '../postgres/lab-directory.ts';
import { hideDatabasePassword } from '../postgres/password-secrecy.ts';
import { createRunDirectory } from '../postgres/run-directory.ts';
import type { Redactor } from '../report/redactor.ts';
import { describeError } from '../system-error.ts';
import { heldWarning } from './held-warning.ts';
import { CARRIES_STATEMENTS_SINCE } from './pgbouncer-configuration.ts';
import { openPgbouncerConsole, type PgbouncerConsole } from './pgbouncer-console.ts';
import { writePgbouncerFiles } from './pgbouncer-files.ts';
import { startPgbouncerProcess } from './pgbouncer-process.ts';
import { isAtLeast, type PgbouncerProgram } from './pgbouncer-program.ts';

/** A PgBouncer that runs. */
export interface Pgbouncer {
  /** e.g. `1.18.0` */
  readonly version: string;
  /** What clients connect with: the same role and database, at PgBouncer's address, never without a password. */
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
  /** Learns of a password that is made here. */
  readonly redactor: Redactor;
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
/** Beside clients and servers: listener, log, timers, and sockets that are being closed. */
const DESCRIPTORS_MARGIN = 32;

/**
 * A PgBouncer on loopback, for as long as `use` runs: unprivileged also where the harness is root, with files
 * that nobody else can read, in a process group of its own.
 *
 * @throws LabError POOLER_FAILED, TOO_FEW_FILE_DESCRIPTORS, NO_UNPRIVILEGED_ACCOUNT, DIRECTORY_UNUSABLE, DISK_FULL
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
  const account = chooseServerAccount();
  const { program } = asked;
  const behind = withPassword(asked.database, deps.redactor);
  const configure = (port: number): string => {
    try {
      return writePgbouncerFiles({
        ...asked,
        database: behind,
        host,
        path: run.path,
        port,
        account,
      });
    } catch (error) {
      throw explainFileError(error, `writing what PgBouncer reads in ${run.path}`);
    }
  };
  const running = stack.adopt(
    await startPgbouncerProcess({ program, account, configure }, deps),
    (it) => it.stop(),
  );
  requireFileDescriptors(asked.pooler, running.lastLines());
  const held = heldWarning(deps.warn, running);
  stack.defer(held.release);
  const { user, password, database } = behind;
  const address = { host: HOST, port: running.port, user, password };
  const console = stack.adopt(openPgbouncerConsole({ address, database, warn: held.warn }), (it) =>
    it.close(),
  );
  const { version } = program;
  return await use({
    version,
    database: { ...address, database },
    pid: running.pid,
    carriesStatements:
      asked.pooler.mode === 'session' || isAtLeast(version, CARRIES_STATEMENTS_SINCE),
    console,
    ended: running.ended,
  });
}

/**
 * Where PostgreSQL knows by a socket who asks, it needs no password. What listens on TCP does: else everybody
 * on this machine would be let in as that role. PostgreSQL never asks for the one that is made here.
 */
function withPassword(database: DatabaseConfig, redactor: Redactor): DatabaseConfig {
  if (database.password !== '') return database;
  const protectedOne = { ...database, password: randomPassword() };
  hideDatabasePassword(protectedOne, redactor);
  return protectedOne;
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

/**
 * A name is looked up here, as the API would, and not by PgBouncer, which takes addresses in turns; but for a
 * certificate that has to be of that name.
 */
async function writtenHost({ host, hostAddress, sslMode }: DatabaseConfig): Promise<string> {
  if (host.startsWith('/') || sslMode === 'verify-full') return host;
  if (hostAddress !== undefined) return hostAddress;
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
