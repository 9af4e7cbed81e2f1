import { chmodSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { Custodian } from '../custodian.ts';
import { LabError } from '../lab-error.ts';
import { chooseServerAccount, type ServerAccount } from './account.ts';
import { type Binaries, locateBinaries } from './binaries.ts';
import { generateServerCertificate, type ServerCertificate } from './certificate.ts';
import { clientOptions } from './client-options.ts';
import { assertSettings, settingsFile } from './cluster-settings.ts';
import { API_ROLE, createCluster, DATABASE, SUPERUSER_ROLE } from './cluster-template.ts';
import { accessRules, randomPassword, scramVerifier } from './credentials.ts';
import { explainFileError } from './file-failure.ts';
import { findFreePort } from './free-port.ts';
import { openLabDirectory } from './lab-directory.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';
import type {
  PostgresCapabilities,
  PostgresProvider,
  PostgresSettings,
  StartedPostgres,
} from './provider.ts';
import { connectWhenReady } from './readiness.ts';
import { tellsRefusals } from './refusal-log.ts';
import { clusterName, createRunDirectory, type RunDirectory } from './run-directory.ts';
import { stageBinaries } from './staging.ts';
import { explainStartFailure } from './start-failure.ts';

export interface EmbeddedDeps {
  readonly custodian: Custodian;
  /** Directory the lab's own is made in. @default /var/tmp */
  readonly labParent?: string;
  /** @default those of the installation */
  readonly binaries?: Binaries;
  /** Chooses the port of each attempt. @default one that is free at that moment */
  readonly choosePort?: () => Promise<number>;
}

/** Somebody else may take the chosen port in between; five times in a row is not chance. */
const PORT_ATTEMPTS = 5;
/** A healthy start takes 0.2 s; this is for an overloaded machine. */
const READY_DEADLINE_MS = 30_000;
/** Linux allows 107 bytes for a socket's path, macOS 103. */
const SOCKET_PATH_MAX = 103;

/** PostgreSQL from the installed binaries, supervised by this process, on loopback. */
export function createEmbeddedPostgres(deps: EmbeddedDeps): PostgresProvider {
  return {
    kind: 'embedded',
    start: async (settings, signal) => {
      assertSettings(settings);
      const account = chooseServerAccount();
      const binaries = deps.binaries ?? locateBinaries();
      const lab = openLabDirectory(deps.labParent);
      const run = createRunDirectory(lab);
      const releaseRun = deps.custodian.guard({ kind: 'directory', path: run.path });
      const removeRun = async (): Promise<void> => {
        await run.remove();
        releaseRun();
      };
      try {
        const startedAt = performance.now();
        const certificate = settings.transport === 'tls' ? generateServerCertificate() : null;
        // It is made meanwhile, and awaited where it is needed; until then it must not count as unhandled.
        certificate?.catch(() => undefined);
        const programs = await stageBinaries(binaries, lab.cachePath);
        signal.throwIfAborted();
        const stagedAt = performance.now();
        const { fingerprint } = binaries;
        await createCluster({
          fingerprint,
          programs,
          cachePath: lab.cachePath,
          dataPath: run.dataPath,
          spares: run.spares,
          account,
          signal,
        });
        signal.throwIfAborted();
        const initializedAt = performance.now();
        if (certificate !== null) writeCertificate(run, await certificate, account);
        const up = await bringUp({ run, programs, account, settings, signal, deps });
        const readyAt = performance.now();
        return supervise(up, {
          settings,
          removeRun,
          dataDirectory: run.dataPath,
          timings: {
            stageMs: stagedAt - startedAt,
            initMs: initializedAt - stagedAt,
            readyMs: readyAt - initializedAt,
          },
        });
      } catch (error) {
        await removeRun();
        throw explainFileError(error, `starting PostgreSQL in ${run.path}`);
      }
    },
  };
}

const OWN: PostgresCapabilities = {
  setsSettings: true,
  isOwn: true,
  showsProcesses: true,
  isSuperuser: true,
  seesSessions: true,
};

interface BringUp {
  readonly run: RunDirectory;
  readonly programs: string;
  readonly account: ServerAccount;
  readonly settings: PostgresSettings;
  readonly signal: AbortSignal;
  readonly deps: EmbeddedDeps;
}

interface Up {
  readonly postmaster: Postmaster;
  readonly api: DatabaseConfig;
  readonly superuser: DatabaseConfig;
  readonly version: string;
  readonly logTells: boolean;
}

async function bringUp(context: BringUp): Promise<Up> {
  const { run, deps } = context;
  for (let attempt = 1; ; attempt += 1) {
    const port = await (deps.choosePort ?? findFreePort)();
    const socketPath = join(run.dataPath, `.s.PGSQL.${port}`);
    if (Buffer.byteLength(socketPath) > SOCKET_PATH_MAX) {
      throw new LabError('DIRECTORY_UNUSABLE', {
        message: `The path ${socketPath} is longer than the ${SOCKET_PATH_MAX} bytes a socket's may have.`,
        hint: 'Have the lab use a directory with a shorter path (POOL_LAB_DIRECTORY).',
      });
    }
    writeConfiguration(context, port);
    const postmaster = startPostmaster({ ...context, ...deps });
    try {
      return await untilReady(postmaster, port, context);
    } catch (error) {
      await postmaster.end();
      const portTaken = error instanceof LabError && error.code === 'PORT_IN_USE';
      if (!portTaken || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/**
 * Beside the data directory, not inside: that belongs to the server's account, in whose directories
 * root must not write files by name. None of it is secret, and the server's account reads it.
 */
function writeConfiguration({ run, settings, account }: BringUp, port: number): void {
  const { hba, ident } = accessRules({
    harnessUser: account.harnessUser,
    superuser: SUPERUSER_ROLE,
    transport: settings.transport,
  });
  const placement = {
    port,
    dataPath: run.dataPath,
    hbaPath: join(run.path, 'pg_hba.conf'),
    identPath: join(run.path, 'pg_ident.conf'),
    clusterName: clusterName(run.dataPath),
    certificatePath: run.certificatePath,
    keyPath: run.keyPath,
  };
  for (const [path, text] of [
    [placement.hbaPath, hba],
    [placement.identPath, ident],
    [run.configPath, settingsFile(settings, placement)],
  ] as const) {
    writeFileSync(path, text);
    // Whatever the umask is.
    chmodSync(path, 0o644);
  }
}

/** The key is the server's account's alone, as PostgreSQL wants it; the authority is for every client. */
function writeCertificate(
  run: RunDirectory,
  { authority, certificate, key }: ServerCertificate,
  { switchTo }: ServerAccount,
): void {
  for (const [path, text, mode] of [
    [run.authorityPath, authority, 0o644],
    [run.certificatePath, certificate, 0o644],
    [run.keyPath, key, 0o600],
  ] as const) {
    writeFileSync(path, text, { mode, flag: 'wx' });
    // Whatever the umask is.
    chmodSync(path, mode);
  }
  if (switchTo !== null) chownSync(run.keyPath, switchTo.uid, switchTo.gid);
}

/** How whoever has a password reaches the server. */
function addressOf(
  { run, settings }: Pick<BringUp, 'run' | 'settings'>,
  port: number,
): Pick<DatabaseConfig, 'host' | 'port' | 'sslMode' | 'sslRootCert'> {
  switch (settings.transport) {
    case 'tcp':
      return { host: '127.0.0.1', port };
    case 'tls':
      return {
        host: '127.0.0.1',
        port,
        sslMode: 'verify-full',
        sslRootCert: run.authorityPath,
      };
    case 'socket':
      return { host: run.dataPath, port };
  }
}

/**
 * The template's roles have no password, so a password login fails until the harness, which the
 * server knows through the socket inside its own directory, has set this run's own. Ready means that
 * one of them works in the way it will be used.
 */
async function untilReady(postmaster: Postmaster, port: number, context: BringUp): Promise<Up> {
  const common = { ...addressOf(context, port), database: DATABASE };
  const superuser = { ...common, user: SUPERUSER_ROLE, password: randomPassword() };
  const api = { ...common, user: API_ROLE, password: randomPassword() };
  const ended = new AbortController();
  const late = AbortSignal.timeout(READY_DEADLINE_MS);
  const signal = AbortSignal.any([context.signal, ended.signal, late]);
  const failed = postmaster.ended.then((ending): never => {
    const error = explainStartFailure({
      summary: 'PostgreSQL did not start',
      ending,
      lastLines: postmaster.lastLines(),
    });
    ended.abort(error);
    throw error;
  });
  const connect = async (): Promise<Up> => {
    const host = context.run.dataPath;
    const socket = { host, port, user: SUPERUSER_ROLE, password: '', database: DATABASE };
    const logTells = await connectWhenReady(clientOptions(socket), signal, async (client) => {
      await client.query(
        [superuser, api]
          .map(({ user, password }) => `ALTER ROLE ${user} PASSWORD '${scramVerifier(password)}'`)
          .join(';'),
      );
      return await tellsRefusals(client);
    });
    const version = await connectWhenReady(clientOptions(api), signal, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return rows[0]?.server_version ?? 'unknown';
    });
    return { postmaster, api, superuser, version, logTells };
  };
  try {
    return await Promise.race([connect(), failed]);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!late.aborted) throw error;
    throw explainStartFailure({
      summary: 'PostgreSQL did not get ready',
      ending: `no connection within ${READY_DEADLINE_MS} ms`,
      lastLines: postmaster.lastLines(),
    });
  }
}

function supervise(
  up: Up,
  rest: Pick<StartedPostgres, 'settings' | 'timings'> & {
    readonly dataDirectory: string;
    readonly removeRun: () => Promise<void>;
  },
): StartedPostgres {
  const { postmaster, api, superuser, version, logTells } = up;
  let stopping: Promise<void> | null = null;
  const never = Promise.withResolvers<never>().promise;
  const died = postmaster.ended.then(() =>
    stopping === null ? { lastLines: postmaster.lastLines() } : never,
  );
  const stop = async (): Promise<void> => {
    await postmaster.end();
    await rest.removeRun();
  };
  return {
    capabilities: OWN,
    api,
    superuser,
    version,
    settings: rest.settings,
    timings: rest.timings,
    postmasterPid: postmaster.pid,
    dataDirectory: rest.dataDirectory,
    died,
    refusals: logTells ? () => postmaster.refusals() : null,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}
