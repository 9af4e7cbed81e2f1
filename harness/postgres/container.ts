import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { LabError } from '../lab-error.ts';
import { describeError } from '../system-error.ts';
import { LAB_LABEL } from './container-removal.ts';
import { createLogTail } from './log-tail.ts';
import { createRefusalLog } from './refusal-log.ts';

/*
 * Adapter of testcontainers: its engine's client, its registry logins and its reaper. Its containers that
 * wait until they are ready are not used: they publish ports on every address, and of one that ends at its
 * start they keep no word. It reads `process.env` itself (DOCKER_HOST, DOCKER_CONFIG, TESTCONTAINERS_*).
 */

/** What a container is made of; everything else is the image's. */
export interface ContainerSpec {
  readonly image: string;
  readonly name: string;
  /** Value of `LAB_LABEL`. */
  readonly lab: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Listened on inside; published on a free port of loopback. */
  readonly port: number;
  readonly sharedMemoryBytes: number;
}

/** A container that was started. The engine removes it, with its nameless volumes, as soon as it ends. */
export interface RunningContainer {
  /** Its port on 127.0.0.1, as soon as the engine has published it. */
  published(): Promise<Publication>;
  /** How it ended, once it has, e.g. `exit code 1`. Never rejects. */
  readonly ended: Promise<string>;
  lastLines(): readonly string[];
  /** Of connections, so far and by the log of the PostgreSQL inside. */
  refusals(): number;
}

export interface Publication {
  readonly containerId: string;
  readonly port: number;
  /** Of its first process, as the engine's machine counts them; `null`: not told. */
  readonly pid: number | null;
}

export interface ContainerEngine {
  hasImage(image: string): Promise<boolean>;
  /** @throws LabError IMAGE_UNAVAILABLE */
  pull(image: string): Promise<void>;
  /**
   * Has testcontainers' reaper watch this process, or tries to, once in its life. Where it cannot be had, says
   * so once; else `null`.
   */
  startReaper(): Promise<string | null>;
  /** @throws LabError POSTGRES_START_FAILED with the engine's own words */
  run(spec: ContainerSpec, signal: AbortSignal): Promise<RunningContainer>;
}

/** Its image is a few megabytes; where it does not come within this, the watchdog is enough. */
const REAPER_DEADLINE_MS = 30_000;
/** Of a container that has ended: the engine tells at once. */
const EXIT_CODE_DEADLINE_MS = 2_000;
const PUBLISHED_DEADLINE_MS = 10_000;
const POLL_MS = 50;

type Testcontainers = typeof import('testcontainers');
type Client = Awaited<ReturnType<Testcontainers['getContainerRuntimeClient']>>;
type CreatedContainer = Awaited<ReturnType<Client['container']['create']>>;

const socketSchema = z.object({ socketPath: z.string() });
const statusSchema = z.object({ StatusCode: z.int() });

/** What containers carry for the reaper; `absence`: why there is none. */
interface ReaperSession {
  readonly labels: Readonly<Record<string, string>>;
  readonly absence: string | null;
}

/** One a process: testcontainers keeps its client and its reaper so, too. */
let reaping: Promise<ReaperSession> | null = null;

/**
 * Loads testcontainers (0.4 s: nobody else pays for it) and connects.
 *
 * @param socketPath where it is to be found, by `locateDockerSocket`
 * @throws LabError DOCKER_UNAVAILABLE
 */
export async function openContainerEngine(socketPath: string): Promise<ContainerEngine> {
  const library = await import('testcontainers');
  const client = await connect(library, socketPath);
  return {
    hasImage: (image) => client.image.exists(library.ImageName.fromString(image)),
    pull: (image) => pull(library, client, image),
    startReaper: async () => {
      if (reaping !== null) return null;
      const { absence } = await reaperSession(library, client);
      return absence === null
        ? null
        : `testcontainers' reaper cannot be had (${absence}): should this process be killed, the lab's watchdog alone removes its container`;
    },
    run: async (spec, signal) => {
      const { labels } = await reaperSession(library, client);
      const image = library.ImageName.fromString(spec.image).string;
      return await run(client, { ...spec, image }, { labels, signal });
    },
  };
}

async function connect(library: Testcontainers, socketPath: string): Promise<Client> {
  let client: Client;
  try {
    client = await library.getContainerRuntimeClient();
  } catch (cause) {
    throw new LabError('DOCKER_UNAVAILABLE', {
      message: `Docker at ${socketPath} cannot be used: ${describeError(cause)}`,
      hint: 'look at `docker info`, or use --postgres embedded',
      cause,
    });
  }
  const used = socketSchema.safeParse(client.container.dockerode.modem);
  if (used.success && used.data.socketPath === socketPath) return client;
  throw new LabError('DOCKER_UNAVAILABLE', {
    message: `testcontainers was told to use another Docker (${used.success ? used.data.socketPath : 'on another machine'}) than that at ${socketPath}`,
    hint: 'look at ~/.testcontainers.properties and TESTCONTAINERS_*, or give the socket in DOCKER_HOST (unix:///path)',
  });
}

async function pull(library: Testcontainers, client: Client, image: string): Promise<void> {
  const name = library.ImageName.fromString(image);
  let why = 'the transfer broke off';
  try {
    await client.image.pull(name);
    if (await client.image.exists(name)) return;
  } catch (cause) {
    why = engineWords(cause);
  }
  throw new LabError('IMAGE_UNAVAILABLE', {
    message: `the image ${name.string} is not on this machine and cannot be pulled: ${why}`,
    hint: `try \`docker pull ${name.string}\` (a private registry wants \`docker login\`), or name one that \`docker images\` lists with --postgres-image`,
  });
}

function reaperSession(library: Testcontainers, client: Client): Promise<ReaperSession> {
  reaping ??= startReaper(library, client);
  return reaping;
}

async function startReaper(library: Testcontainers, client: Client): Promise<ReaperSession> {
  const without = (absence: string | null): ReaperSession => ({ labels: {}, absence });
  const late = Promise.withResolvers<ReaperSession>();
  const timer = setTimeout(() => {
    late.resolve(without(`it is not there within ${REAPER_DEADLINE_MS / 1_000} s`));
  }, REAPER_DEADLINE_MS);
  const started = library.getReaper(client).then(
    ({ sessionId, containerId }): ReaperSession =>
      containerId === ''
        ? // By TESTCONTAINERS_RYUK_DISABLED: who said so need not be told.
          without(null)
        : { labels: { [library.LABEL_TESTCONTAINERS_SESSION_ID]: sessionId }, absence: null },
    (error: unknown) => without(engineWords(error)),
  );
  try {
    return await Promise.race([started, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function run(
  client: Client,
  spec: ContainerSpec,
  { labels, signal }: { readonly labels: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<RunningContainer> {
  const port = `${spec.port}/tcp`;
  try {
    const container = await client.container.create({
      Image: spec.image,
      name: spec.name,
      Labels: { 'org.testcontainers': 'true', ...labels, [LAB_LABEL]: spec.lab },
      Cmd: [...spec.arguments],
      Env: Object.entries(spec.environment).map(([name, value]) => `${name}=${value}`),
      ExposedPorts: { [port]: {} },
      HostConfig: {
        AutoRemove: true,
        PortBindings: { [port]: [{ HostIp: '127.0.0.1', HostPort: '' }] },
        ShmSize: spec.sharedMemoryBytes,
        // Its log is read here; on disk it would be written again, a line for each refusal.
        LogConfig: { Type: 'none', Config: {} },
      },
    });
    signal.throwIfAborted();
    const watched = await watch(client, container);
    await client.container.start(container);
    return { ...watched, published: () => inspect(client, container, port) };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof LabError) throw cause;
    throw new LabError('POSTGRES_START_FAILED', {
      message: `Docker cannot start a container of ${spec.image}: ${engineWords(cause)}`,
      hint: 'look at what it says; `docker info` and `docker run --rm hello-world` show whether it works at all',
      cause,
    });
  }
}

/** Before it is started: of one that ends at once nothing would be left to ask. */
async function watch(
  client: Client,
  container: CreatedContainer,
): Promise<Pick<RunningContainer, 'ended' | 'lastLines' | 'refusals'>> {
  const tail = createLogTail();
  const refusalLog = createRefusalLog();
  const output: Readable = await client.container.attach(container);
  const closed = Promise.withResolvers<void>();
  output.on('data', (chunk: Buffer | string) => {
    tail.push(chunk);
    refusalLog.push(chunk);
  });
  output.on('close', () => closed.resolve());
  output.on('end', () => closed.resolve());
  output.on('error', () => closed.resolve());
  const status = container.wait({ condition: 'next-exit' }).then(
    (answer: unknown) => statusSchema.parse(answer).StatusCode,
    () => null,
  );
  const exited = status.then((code) => (code === null ? closed.promise : undefined));
  const ended = Promise.race([closed.promise, exited]).then(async () => {
    const code = await within(EXIT_CODE_DEADLINE_MS, status);
    await within(EXIT_CODE_DEADLINE_MS, closed.promise);
    output.destroy();
    return code === null ? 'its exit code is not known' : exitWords(code);
  });
  return { ended, lastLines: () => tail.lines(), refusals: () => refusalLog.refusals() };
}

/** 128 and a signal's number: most often the kernel's, which wants memory back. */
function exitWords(code: number): string {
  return code === 137 ? 'exit code 137: killed, perhaps for want of memory' : `exit code ${code}`;
}

async function inspect(
  client: Client,
  container: CreatedContainer,
  port: string,
): Promise<Publication> {
  const giveUpAtMs = performance.now() + PUBLISHED_DEADLINE_MS;
  for (;;) {
    const { State, NetworkSettings } = await client.container.inspect(container);
    const bindings = NetworkSettings.Ports[port] ?? [];
    const binding = bindings.find(({ HostIp }) => HostIp === '127.0.0.1');
    if (binding !== undefined) {
      const pid = State.Pid > 0 ? State.Pid : null;
      return { containerId: container.id, port: Number(binding.HostPort), pid };
    }
    if (performance.now() > giveUpAtMs) {
      throw new LabError('POSTGRES_START_FAILED', {
        message: `Docker does not publish the container's port ${port} on loopback`,
        hint: 'look at `docker info`: PostgreSQL in a container needs a network with published ports',
      });
    }
    await delay(POLL_MS);
  }
}

async function within<T>(deadlineMs: number, promise: Promise<T>): Promise<T | null> {
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(late.resolve, deadlineMs, null);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const engineErrorSchema = z.object({ json: z.object({ message: z.string() }) });

/** What the engine says, without the library's `(HTTP code 500) server error - `. */
function engineWords(error: unknown): string {
  const parsed = engineErrorSchema.safeParse(error);
  if (parsed.success) return parsed.data.json.message.trim();
  return describeError(error)
    .replace(/^\(HTTP code \d+\) [a-z ]+ - /, '')
    .trim();
}
