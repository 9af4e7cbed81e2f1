import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { Custodian } from '../custodian.ts';
import { LabError } from '../lab-error.ts';
import type { ContainerAsked } from '../plan/database-asked.ts';
import type { Redactor } from '../report/redactor.ts';
import { describeError } from '../system-error.ts';
import { clientOptions } from './client-options.ts';
import { assertSettings } from './cluster-settings.ts';
import { API_ROLE, DATABASE, SUPERUSER_ROLE } from './cluster-template.ts';
import { type ContainerEngine, openContainerEngine, type RunningContainer } from './container.ts';
import { containerArguments } from './container-arguments.ts';
import { visibleProcess } from './container-process.ts';
import { type LabelledContainers, removeContainers } from './container-removal.ts';
import { explainContainerFailure, explainSilence } from './container-start-failure.ts';
import { randomPassword, scramVerifier } from './credentials.ts';
import { dockerVersion } from './docker-api.ts';
import { locateDockerSocket } from './docker-socket.ts';
import { hideDatabasePassword } from './password-secrecy.ts';
import type { PostgresProvider, PostgresSettings, StartedPostgres } from './provider.ts';
import { connectWhenReady } from './readiness.ts';
import { tellsRefusals } from './refusal-log.ts';

export interface DockerDeps {
  readonly custodian: Custodian;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redactor: Redactor;
  /** What is being done that may take its time, and what is not as it should be. */
  readonly warn: (sentence: string) => void;
}

const PORT = 5432;
/** The image makes its cluster at each start: 1 to 3 s, more where the disk is slow. */
const READY_DEADLINE_MS = 60_000;
/**
 * Docker gives 64 MiB, too little for parallel queries over much data. It is a limit of a file system in
 * memory: what is not used costs nothing.
 */
const SHARED_MEMORY_BYTES = 2 ** 30;

/** PostgreSQL from an image with the contract of the official one, in a container of this machine's Docker. */
export function createDockerPostgres(asked: ContainerAsked, deps: DockerDeps): PostgresProvider {
  return {
    kind: 'docker',
    start: async (settings, signal) => {
      assertSettings(settings);
      assertTransport(settings);
      const startedMs = performance.now();
      const socketPath = locateDockerSocket(deps.env);
      await dockerVersion(socketPath);
      const engine = await openContainerEngine(socketPath);
      await prepare(engine, asked.image, { ...deps, signal });
      const stagedMs = performance.now();

      const lab = randomUUID();
      const labelled = { socketPath, lab };
      // Before there is a container: whenever the harness ends, what carries the label goes.
      const release = deps.custodian.guard({ kind: 'container', ...labelled });
      const remove = async (): Promise<void> => {
        await removeContainers(labelled);
        release();
      };
      try {
        return await bringUp(
          { engine, asked, settings, signal, deps, labelled, stagedMs },
          remove,
          {
            stageMs: stagedMs - startedMs,
          },
        );
      } catch (error) {
        await tidy(remove, labelled, deps);
        throw error;
      }
    },
  };
}

interface BringUp {
  readonly engine: ContainerEngine;
  readonly asked: ContainerAsked;
  readonly settings: PostgresSettings;
  readonly signal: AbortSignal;
  readonly deps: DockerDeps;
  readonly labelled: LabelledContainers;
  readonly stagedMs: number;
}

async function bringUp(
  context: BringUp,
  remove: () => Promise<void>,
  { stageMs }: { readonly stageMs: number },
): Promise<StartedPostgres> {
  const { engine, asked, settings, signal, deps, labelled, stagedMs } = context;
  const { image } = asked;
  // In the container's environment, which Docker shows to whoever may ask it: good until it is ready.
  const firstPassword = randomPassword();
  const container = await engine.run(
    {
      image,
      name: `pool-lab-${labelled.lab}`,
      lab: labelled.lab,
      arguments: containerArguments(settings),
      environment: {
        POSTGRES_USER: SUPERUSER_ROLE,
        POSTGRES_PASSWORD: firstPassword,
        // Over TCP nobody gets in without one, from inside the container neither; a running server does fsync.
        POSTGRES_INITDB_ARGS: '--auth-host=scram-sha-256 --no-sync',
      },
      port: PORT,
      sharedMemoryBytes: SHARED_MEMORY_BYTES,
    },
    signal,
  );
  const createdMs = performance.now();
  const up = await untilReady(container, { image, firstPassword, signal, deps });
  requireVersion(asked, up.version);
  const { containerId, pid } = up.publication;
  const postmasterPid = visibleProcess(pid, containerId);

  let stopping: Promise<void> | null = null;
  const never = Promise.withResolvers<never>().promise;
  return {
    capabilities: {
      setsSettings: true,
      isOwn: true,
      showsProcesses: postmasterPid !== null,
      isSuperuser: true,
      seesSessions: true,
    },
    api: up.api,
    superuser: up.superuser,
    version: up.version,
    settings,
    timings: { stageMs, initMs: createdMs - stagedMs, readyMs: performance.now() - createdMs },
    postmasterPid,
    // In a volume of Docker's, which is out of reach for most accounts.
    dataDirectory: null,
    died: container.ended.then(() =>
      stopping === null ? { lastLines: container.lastLines() } : never,
    ),
    refusals: up.logTells ? () => container.refusals() : null,
    stop: () => {
      stopping ??= tidy(remove, labelled, deps);
      return stopping;
    },
  };
}

/** What was measured matters more than a container that would not go: its name is told. */
async function tidy(
  remove: () => Promise<void>,
  { lab }: LabelledContainers,
  { warn }: DockerDeps,
): Promise<void> {
  try {
    await remove();
  } catch (error) {
    warn(
      `the container pool-lab-${lab} could not be removed: ${describeError(error)}; docker rm --force --volumes pool-lab-${lab}`,
    );
  }
}

function assertTransport({ transport }: PostgresSettings): void {
  if (transport === 'tcp') return;
  throw new LabError('CONFIG_INVALID', {
    message: `transport ${transport} is not made for PostgreSQL in a container`,
    hint: 'use tcp, or the embedded PostgreSQL',
  });
}

async function prepare(
  engine: ContainerEngine,
  image: string,
  { warn, signal }: Pick<DockerDeps, 'warn'> & { readonly signal: AbortSignal },
): Promise<void> {
  if (!(await engine.hasImage(image))) {
    warn(`pulling ${image} …`);
    // The engine goes on until this process ends, and nobody waits for it.
    await untilAborted(engine.pull(image), signal);
  }
  const news = await untilAborted(engine.startReaper(), signal);
  if (news !== null) warn(news);
}

async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  // What is not waited for any more may still fail.
  work.catch(() => undefined);
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

interface Ready {
  readonly api: DatabaseConfig;
  readonly superuser: DatabaseConfig;
  readonly version: string;
  readonly logTells: boolean;
  readonly publication: Awaited<ReturnType<RunningContainer['published']>>;
}

/**
 * The image first starts a server that only its own set-up reaches, so ready means that a password works
 * over TCP. That password is then replaced, and the API gets its role and its database, as in the embedded
 * server's template.
 */
async function untilReady(
  container: RunningContainer,
  context: Pick<BringUp, 'signal' | 'deps'> & {
    readonly image: string;
    readonly firstPassword: string;
  },
): Promise<Ready> {
  const { image, deps } = context;
  const { redactor } = deps;
  const ended = new AbortController();
  const late = AbortSignal.timeout(READY_DEADLINE_MS);
  const signal = AbortSignal.any([context.signal, ended.signal, late]);
  const failed = container.ended.then((ending): never => {
    const error = explainContainerFailure({ image, ending, lastLines: container.lastLines() });
    ended.abort(error);
    throw error;
  });
  const connect = async (): Promise<Ready> => {
    const publication = await container.published();
    const first = {
      host: '127.0.0.1',
      port: publication.port,
      user: SUPERUSER_ROLE,
      password: context.firstPassword,
      database: 'postgres',
    };
    const common = { ...first, database: DATABASE };
    const superuser = { ...common, password: randomPassword() };
    const api = { ...common, user: API_ROLE, password: randomPassword() };
    for (const role of [first, superuser, api]) hideDatabasePassword(role, redactor);
    await connectWhenReady(clientOptions(first), signal, (client) => setUp(client, superuser, api));
    const found = await connectWhenReady(clientOptions(superuser), signal, async (client) => {
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      return {
        version: rows[0]?.server_version ?? 'unknown',
        logTells: await tellsRefusals(client),
      };
    });
    return { api, superuser, publication, ...found };
  };
  const connecting = connect();
  // Where the container ends first, that is the news, and not that nothing answers any more.
  connecting.catch(() => undefined);
  failed.catch(() => undefined);
  try {
    return await Promise.race([connecting, failed]);
  } catch (error) {
    context.signal.throwIfAborted();
    if (!late.aborted) throw error;
    throw explainSilence({
      image,
      waitedMs: READY_DEADLINE_MS,
      lastLines: container.lastLines(),
    });
  }
}

/**
 * One statement each: a database is not made inside a transaction. Encoding and order of texts are those of
 * the embedded server, whatever the image's are.
 */
async function setUp(
  client: Client,
  superuser: DatabaseConfig,
  api: DatabaseConfig,
): Promise<void> {
  await client.query(
    `ALTER ROLE ${SUPERUSER_ROLE} PASSWORD '${scramVerifier(superuser.password)}'`,
  );
  await client.query(
    `CREATE DATABASE ${DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`,
  );
  await client.query(
    `CREATE ROLE ${API_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${scramVerifier(api.password)}'`,
  );
}

/** An image may be called by a version that it does not have, in a registry of somebody's own. */
function requireVersion({ image, version }: ContainerAsked, found: string): void {
  if (version === null || Number.parseInt(found, 10) === version) return;
  throw new LabError('CONFIG_INVALID', {
    message: `--postgres-version asks for PostgreSQL ${version}, and the image ${image} has ${found}`,
    hint: 'name an image that has it with --postgres-image',
  });
}
