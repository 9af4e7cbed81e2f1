import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DatabaseConfig } from '../../../server/contract.ts';
import type { Detection } from '../../test/optional-part.ts';
import { chooseServerAccount } from '../account.ts';
import { findFreePort } from '../free-port.ts';
import { createLogTail } from '../log-tail.ts';
import { SERVER_ENVIRONMENT, spawnIdentity } from '../server-program.ts';

const PROGRAM = 'pgbouncer';
/** Debian installs it where only root's PATH looks. */
const PROGRAM_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;
const READY_DEADLINE_MS = 5_000;

export interface PgbouncerProgram {
  /** e.g. `1.18.0` */
  readonly version: string;
}

/** For `optional('pgbouncer', detectPgbouncer)`. */
export async function detectPgbouncer(): Promise<Detection<PgbouncerProgram>> {
  try {
    const { stdout } = await promisify(execFile)(PROGRAM, ['--version'], {
      env: { PATH: PROGRAM_PATH },
    });
    const version = /PgBouncer (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
    return { state: 'present', thing: { version } };
  } catch (error) {
    return {
      state: 'absent',
      reason: `no pgbouncer (${error instanceof Error ? error.message : error})`,
      remedy: 'install PgBouncer, e.g. apt-get install pgbouncer',
    };
  }
}

export interface PgbouncerSettings {
  /** The server behind; the role there is the user here, with the same password. */
  readonly api: DatabaseConfig;
  readonly poolMode: 'transaction' | 'session';
  readonly defaultPoolSize: number;
  /** Whether it asks the server, as this role, for the secrets of all others. @default no */
  readonly authQuery?: boolean;
  /** Who may ask the console. @default the API's role */
  readonly statsUsers?: readonly string[];
  /** @default a free one */
  readonly port?: number;
}

/** A PgBouncer of its own on loopback; disposing ends it and removes its files. */
export interface Pgbouncer extends AsyncDisposable {
  /** What a client of the API's database connects with. */
  readonly api: DatabaseConfig;
  readonly pid: number;
}

export async function startPgbouncer(settings: PgbouncerSettings): Promise<Pgbouncer> {
  const { api } = settings;
  const account = chooseServerAccount();
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-pgbouncer-'));
  const port = settings.port ?? (await findFreePort());
  const configPath = join(directory, 'pgbouncer.ini');
  const usersPath = join(directory, 'userlist.txt');
  writeFileSync(usersPath, `"${api.user}" "${api.password}"\n`, { mode: 0o600 });
  writeFileSync(configPath, iniOf(settings, port, usersPath), { mode: 0o600 });
  if (account.switchTo !== null) {
    const { uid, gid } = account.switchTo;
    for (const path of [usersPath, configPath]) chownSync(path, uid, gid);
    chmodSync(directory, 0o711);
  }
  const child = spawn(PROGRAM, [configPath], {
    cwd: '/',
    env: { ...SERVER_ENVIRONMENT, PATH: PROGRAM_PATH },
    stdio: ['ignore', 'ignore', 'pipe'],
    ...spawnIdentity(account),
  });
  const tail = createLogTail();
  const ready = Promise.withResolvers<void>();
  child.stderr.on('data', (chunk: Buffer) => {
    tail.push(chunk);
    if (tail.lines().some((line) => line.includes('process up'))) ready.resolve();
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const refuse = (why: string): void =>
    ready.reject(new Error(`PgBouncer ${why}:\n${tail.lines().join('\n')}`));
  void exited.then(() => refuse('ended'));
  const timer = setTimeout(refuse, READY_DEADLINE_MS, 'did not get ready');
  const end = async (): Promise<void> => {
    // SIGTERM is its immediate shutdown.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await gone;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await ready.promise;
  } catch (error) {
    await end();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return {
    api: { ...api, host: '127.0.0.1', port },
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: end,
  };
}

function iniOf(settings: PgbouncerSettings, port: number, usersPath: string): string {
  const { api, poolMode, defaultPoolSize, statsUsers = [api.user], authQuery = false } = settings;
  return [
    '[databases]',
    `${api.database} = host=${api.host} port=${api.port} dbname=${api.database}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    // No socket file: /tmp is everybody's.
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${usersPath}`,
    `stats_users = ${statsUsers.join(', ')}`,
    `pool_mode = ${poolMode}`,
    `default_pool_size = ${defaultPoolSize}`,
    ...(authQuery ? [`auth_user = ${api.user}`] : []),
    '',
  ].join('\n');
}
