import { createHash } from 'node:crypto';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServerAccount } from './account.ts';
import { packCluster, unpackCluster } from './cluster-archive.ts';
import { runServerProgram } from './server-program.ts';
import type { SpareFiles } from './spare-files.ts';

export const DATABASE = 'pool_lab';
export const SUPERUSER_ROLE = 'postgres';
export const API_ROLE = 'pool_lab_api';

/**
 * Locale and encoding are fixed, so that every machine sorts alike and none needs a locale
 * installed. Data checksums stay on, PostgreSQL 18's default and therefore what people run.
 * No role gets a password here: until a started server sets one, password logins are refused.
 * `--no-sync`: the template can be made again at any time; a *running* server does fsync.
 */
const INITDB_ARGS = [
  '--encoding=UTF8',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--locale=C',
  `--username=${SUPERUSER_ROLE}`,
  '--auth-local=peer',
  '--auth-host=reject',
  '--data-checksums',
  '--no-instructions',
  '--no-sync',
] as const;

/**
 * One statement a line: single-user mode takes a line break for the end. The workloads' schema is
 * not made here: the seeding marks what it makes, and refuses what it did not.
 */
const SETUP_SQL = [
  `CREATE ROLE ${API_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE`,
  `CREATE DATABASE ${DATABASE}`,
  '',
].join('\n');

/** Far above the second it takes, for a slow disk. */
const INITDB_DEADLINE_MS = 60_000;

export interface ClusterRequest {
  readonly fingerprint: string;
  /** Directory with the runnable `bin`, `lib`, `share`. */
  readonly programs: string;
  readonly cachePath: string;
  /** Where the cluster is made; does not exist yet. */
  readonly dataPath: string;
  readonly spares: SpareFiles;
  readonly account: ServerAccount;
  readonly signal: AbortSignal;
}

/**
 * Makes the data directory of a cluster that was never started, from the template of this machine;
 * the first time from nothing, which becomes the template. Roles and the lab's database are in it,
 * passwords are not.
 *
 * @throws LabError as initdb fails
 */
export async function createCluster(request: ClusterRequest): Promise<void> {
  const { dataPath, spares, account } = request;
  const archivePath = join(request.cachePath, templateName(request.fingerprint));
  const owner = account.switchTo;
  if (await unpackCluster({ archivePath, dataPath, owner, spares })) return;
  await initialize(request);
  await packCluster(dataPath, archivePath);
}

/** Another for other binaries, arguments or set-up. */
function templateName(fingerprint: string): string {
  const hash = createHash('sha256').update(JSON.stringify([fingerprint, INITDB_ARGS, SETUP_SQL]));
  return `cluster-${hash.digest('hex').slice(0, 16)}.archive`;
}

async function initialize({ programs, dataPath, account, signal }: ClusterRequest): Promise<void> {
  await mkdir(dataPath, { mode: 0o700 });
  if (account.switchTo !== null) await chown(dataPath, account.switchTo.uid, account.switchTo.gid);
  const common = { account, signal, deadlineMs: INITDB_DEADLINE_MS };
  await runServerProgram({
    ...common,
    file: join(programs, 'bin', 'initdb'),
    args: [...INITDB_ARGS, `--pgdata=${dataPath}`],
    input: '',
  });
  await runServerProgram({
    ...common,
    file: join(programs, 'bin', 'postgres'),
    // -j is not given: each line is a statement. exit_on_error makes a failed one end the program.
    args: ['--single', '-F', '-c', 'exit_on_error=true', '-D', dataPath, 'template1'],
    input: SETUP_SQL,
  });
}
