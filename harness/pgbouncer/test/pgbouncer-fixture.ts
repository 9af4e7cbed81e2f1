import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseConfig } from '../../../server/contract.ts';
import { NOTHING_GUARDED } from '../../custodian.ts';
import { POOLER_DEFAULTS } from '../../plan/pooler.ts';
import { chooseServerAccount } from '../../postgres/account.ts';
import type { Detection } from '../../test/optional-part.ts';
import { pgbouncerIni, pgbouncerUsers } from '../pgbouncer-configuration.ts';
import { startPgbouncerProcess } from '../pgbouncer-process.ts';
import {
  locatePgbouncer,
  PGBOUNCER_REMEDY,
  type PgbouncerProgram,
  requirePgbouncer,
} from '../pgbouncer-program.ts';

/** For `optional('pgbouncer', detectPgbouncer)`. */
export async function detectPgbouncer(): Promise<Detection<PgbouncerProgram>> {
  const search = await locatePgbouncer(process.env);
  return search.state === 'found'
    ? { state: 'present', thing: search.program }
    : { state: 'absent', reason: search.reason, remedy: PGBOUNCER_REMEDY };
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
  /** Lines of its configuration, of which the last for a setting counts. @default none */
  readonly further?: readonly string[];
  /** @default a free one */
  readonly port?: number;
}

/** Somebody else's PgBouncer on loopback; disposing ends it and removes its files. */
export interface Pgbouncer extends AsyncDisposable {
  /** What a client of the API's database connects with. */
  readonly api: DatabaseConfig;
  readonly pid: number;
}

export async function startPgbouncer(settings: PgbouncerSettings): Promise<Pgbouncer> {
  const { api } = settings;
  const program = await requirePgbouncer(process.env);
  const account = chooseServerAccount();
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-pgbouncer-'));
  chmodSync(directory, 0o711);
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text, { mode: 0o600 });
    if (account.switchTo !== null) chownSync(path, account.switchTo.uid, account.switchTo.gid);
    return path;
  };
  const usersPath = write('userlist.txt', pgbouncerUsers(api));
  const configure = (port: number): string => write('pgbouncer.ini', iniOf(port));
  const iniOf = (port: number): string =>
    pgbouncerIni({
      version: program.version,
      pooler: { ...POOLER_DEFAULTS, mode: settings.poolMode, ...settings },
      database: api,
      host: api.host,
      applicationName: 'somebody',
      port,
      usersPath,
      authoritiesPath: null,
    }) + ownLines(settings);
  const remove = (): void => rmSync(directory, { recursive: true, force: true });
  const custodian = { guard: () => NOTHING_GUARDED };
  const { signal } = new AbortController();
  const { port: fixed } = settings;
  const running = await startPgbouncerProcess(
    { program, account, configure, ...(fixed === undefined ? {} : { port: fixed }) },
    { custodian, signal },
  ).catch((error: unknown) => {
    remove();
    throw error;
  });
  return {
    api: { ...api, host: '127.0.0.1', port: running.port },
    pid: running.pid,
    [Symbol.asyncDispose]: async () => {
      await running.stop();
      remove();
    },
  };
}

/** What differs from a PgBouncer of the lab's own; of two lines for one setting the later one counts. */
function ownLines({ authQuery = false, statsUsers, further = [], api }: PgbouncerSettings): string {
  return [
    // Its default, which leaves no place for the console.
    'max_client_conn = 100',
    ...(statsUsers === undefined ? [] : [`stats_users = ${statsUsers.join(', ')}`]),
    ...(authQuery ? [`auth_user = ${api.user}`] : []),
    ...further,
    '',
  ].join('\n');
}
