import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { DatabaseConfig } from '../../../server/contract.ts';
import { startWatchdog } from '../../runner/watchdog.ts';
import type { Detection } from '../../test/optional-part.ts';
import { chooseServerAccount, type ServerAccount } from '../account.ts';
import { clientOptions } from '../client-options.ts';
import { randomPassword } from '../credentials.ts';
import { findFreePort } from '../free-port.ts';
import { startPostmaster } from '../postmaster.ts';
import { connectWhenReady } from '../readiness.ts';
import { clusterName } from '../run-directory.ts';
import { runServerProgram } from '../server-program.ts';
import { databaseUrl, type ForeignServer } from './foreign-server.ts';

/** Where Debian's packages put the programs of this version. */
const PROGRAMS = '/usr/lib/postgresql/15';
const START_DEADLINE_MS = 30_000;

export interface DebianPostgres {
  /** e.g. `15.14` */
  readonly version: string;
}

/** For `optional('postgres15', detectDebianPostgres)`. */
export async function detectDebianPostgres(): Promise<Detection<DebianPostgres>> {
  try {
    const { stdout } = await promisify(execFile)(join(PROGRAMS, 'bin', 'postgres'), ['--version']);
    const version = /\(PostgreSQL\) (\d+\.\d+)/.exec(stdout)?.[1];
    if (version === undefined) throw new Error(`it says ${stdout.trim()}`);
    return { state: 'present', thing: { version } };
  } catch (error) {
    return {
      state: 'absent',
      reason: `no PostgreSQL 15 in ${PROGRAMS} (${error instanceof Error ? error.message : error})`,
      remedy: "install Debian's, e.g. apt-get install postgresql-15",
    };
  }
}

/** Certificate and key of the server, as PEM. */
export interface ServerTls {
  readonly certificate: string;
  readonly key: string;
}

export interface DebianClusterOptions {
  /** Of postgresql.conf, by name. @default those of initdb */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** @default null, no TLS */
  readonly tls?: ServerTls | null;
  /** Who may connect through the socket. @default scram-sha-256, with the password */
  readonly localAuth?: 'peer' | 'scram-sha-256' | 'trust';
}

export interface DebianCluster extends ForeignServer {
  /** By TCP, its database `postgres`. */
  readonly superuser: DatabaseConfig;
  /** Of its socket; everybody on the machine may connect there. */
  readonly socketDirectory: string;
}

/**
 * PostgreSQL 15 of Debian's package, as somebody set it up with initdb: nothing of the lab's inside, ended
 * and removed when `use` is.
 */
export async function withDebianCluster(
  options: DebianClusterOptions,
  use: (cluster: DebianCluster) => Promise<void>,
): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const custodian = stack.adopt(startWatchdog(), (it) => it.close());
  const account = chooseServerAccount();
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-debian-'));
  stack.defer(custodian.guard({ kind: 'directory', path: directory }));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  // The server's account passes through, and so does whoever connects to the socket.
  chmodSync(directory, 0o755);
  const run = {
    dataPath: join(directory, 'data'),
    configPath: join(directory, 'postgresql.conf'),
    socketDirectory: join(directory, 'run'),
  };
  for (const path of [run.dataPath, run.socketDirectory]) {
    mkdirSync(path, { mode: 0o755 });
    giveTo(account, path);
  }
  chmodSync(run.dataPath, 0o700);

  const password = randomPassword();
  const signal = AbortSignal.timeout(START_DEADLINE_MS);
  await initialize({ account, dataPath: run.dataPath, password, signal, ...options });
  const port = await findFreePort();
  writeConfiguration({ ...run, port, account, ...options });
  const postmaster = stack.adopt(
    startPostmaster({ programs: PROGRAMS, run, account, custodian }),
    (it) => it.end(),
  );
  const tcp = { host: '127.0.0.1', port, user: 'postgres', password, database: 'postgres' };
  const ready = connectWhenReady(clientOptions(tcp), signal, async () => undefined);
  await Promise.race([
    ready,
    postmaster.ended.then((how) => {
      throw new Error(`PostgreSQL 15 ${how}:\n${postmaster.lastLines().join('\n')}`);
    }),
  ]);
  await use({
    superuser: tcp,
    url: databaseUrl(tcp),
    socketDirectory: run.socketDirectory,
    query: async (sql) => {
      const client = new Client(clientOptions(tcp));
      await client.connect();
      try {
        const { rows } = await client.query<Record<string, unknown>>(sql);
        return rows;
      } finally {
        await client.end();
      }
    },
  });
}

/** As `pg_createcluster` has it, but for the password, which a package's cluster has not. */
async function initialize({
  account,
  dataPath,
  password,
  signal,
  localAuth = 'scram-sha-256',
}: Pick<DebianClusterOptions, 'localAuth'> & {
  readonly account: ServerAccount;
  readonly dataPath: string;
  readonly password: string;
  readonly signal: AbortSignal;
}): Promise<void> {
  // In the directory of this test; initdb reads no standard input that is a socket.
  const passwordFile = `${dataPath}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  giveTo(account, passwordFile);
  await runServerProgram({
    file: join(PROGRAMS, 'bin', 'initdb'),
    args: [
      `--pgdata=${dataPath}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      `--auth-local=${localAuth}`,
      '--auth-host=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    account,
    input: '',
    deadlineMs: START_DEADLINE_MS,
    signal,
  });
}

function writeConfiguration({
  dataPath,
  configPath,
  socketDirectory,
  port,
  account,
  settings = {},
  tls = null,
}: DebianClusterOptions & {
  readonly dataPath: string;
  readonly configPath: string;
  readonly socketDirectory: string;
  readonly port: number;
  readonly account: ServerAccount;
}): void {
  const values: Record<string, string | number> = {
    ...settings,
    include: join(dataPath, 'postgresql.conf'),
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: socketDirectory,
    cluster_name: clusterName(dataPath),
    ssl: tls === null ? 'off' : 'on',
  };
  if (tls !== null) {
    for (const [name, text] of [
      ['server.crt', tls.certificate],
      ['server.key', tls.key],
    ] as const) {
      const path = join(dataPath, name);
      writeFileSync(path, text, { mode: 0o600 });
      giveTo(account, path);
    }
  }
  const { include, ...rest } = values;
  const lines = Object.entries({ include, ...rest }).map(([name, value]) => `${name} = '${value}'`);
  writeFileSync(configPath, `${lines.join('\n')}\n`);
  chmodSync(configPath, 0o644);
}

function giveTo({ switchTo }: ServerAccount, path: string): void {
  if (switchTo !== null) chownSync(path, switchTo.uid, switchTo.gid);
}
