import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Custodian } from '../custodian.ts';
import { LabError } from '../lab-error.ts';
import { outputTail } from '../output-tail.ts';
import { findFreePort } from '../postgres/free-port.ts';
import { withPrivateDirectory } from '../private-directory.ts';
import { identifyProcess, type ProcessIdentity, signalGroup } from '../process-table.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { prometheusConfiguration, type ScrapeTargets } from './prometheus-configuration.ts';
import type { PrometheusProgram } from './prometheus-program.ts';

const HOST = '127.0.0.1';
const CONFIGURATION_FILE = 'prometheus.yml';
const RULES_FILE = 'rules.yml';
/** Keeps a day of looking around; a lab's few hundred series make some MB an hour. */
const RETENTION = '24h';

/** An empty database is open within half a second; on a machine that others fill, much later. */
const READY_DEADLINE_MS = 20_000;
const READY_POLL_MS = 50;
const PROBE_DEADLINE_MS = 2_000;
/** It writes nothing at its end that anybody reads again. */
const STOP_DEADLINE_MS = 2_500;
/** Somebody else can take the port between its choice and its use; more than once is no accident. */
const PORT_ATTEMPTS_MAX = 3;

export interface PrometheusServer {
  /** Origin without a slash at its end, e.g. `http://127.0.0.1:9090`. */
  readonly url: string;
  /** Its own first page, where expressions are drawn: which one it is differs between builds. */
  readonly graphUrl: string;
  readonly version: string;
  /** Resolves when it ends without having been asked to; stays open otherwise. */
  readonly died: Promise<PrometheusEnd>;
}

export interface PrometheusEnd {
  /** e.g. `exit code 1`. */
  readonly reason: string;
  readonly lastLines: readonly string[];
}

export interface PrometheusAsked {
  readonly program: PrometheusProgram;
  /** 0: any free one. */
  readonly port: number;
  readonly targets: ScrapeTargets;
  /** Path of the file with recording and alert rules. */
  readonly rulesPath: string;
}

export interface PrometheusDeps {
  readonly custodian: Custodian;
  readonly signal: AbortSignal;
  /** Variables the process gets. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
}

/**
 * A Prometheus on loopback that scrapes the two targets, for as long as `use` runs. What it stored is
 * removed with it.
 *
 * @throws LabError PORT_IN_USE, PROMETHEUS_START_FAILED, DIRECTORY_UNUSABLE
 */
export async function withPrometheus<T>(
  asked: PrometheusAsked,
  deps: PrometheusDeps,
  use: (server: PrometheusServer) => Promise<T>,
): Promise<T> {
  const { custodian } = deps;
  const purpose = 'the data of Prometheus';
  return withPrivateDirectory(
    { prefix: 'pool-lab-prometheus-', purpose, custodian },
    async (at) => {
      // A copy: Prometheus takes the names of rule files as patterns, and a path may hold any character.
      copyFileSync(asked.rulesPath, join(at, RULES_FILE));
      writeFileSync(
        join(at, CONFIGURATION_FILE),
        prometheusConfiguration(asked.targets, [RULES_FILE]),
      );
      const running = await start(asked, at, deps);
      try {
        return await use(running.server);
      } finally {
        await running.stop();
      }
    },
  );
}

interface Running {
  readonly server: PrometheusServer;
  stop(): Promise<void>;
}

async function start(
  asked: PrometheusAsked,
  directory: string,
  deps: PrometheusDeps,
): Promise<Running> {
  for (let attempt = 1; ; attempt += 1) {
    if (asked.port !== 0) await requireFreePort(asked.port);
    const port = asked.port === 0 ? await findFreePort() : asked.port;
    const started = await startAt(port, { program: asked.program, directory }, deps);
    if ('server' in started) return started;
    const taken = started.lastLines.some((line) => line.includes('address already in use'));
    if (!taken || asked.port !== 0 || attempt === PORT_ATTEMPTS_MAX) {
      throw startFailed(started);
    }
  }
}

/** Resolves with how it ended when that was before it was ready. */
async function startAt(
  port: number,
  what: { readonly program: PrometheusProgram; readonly directory: string },
  { custodian, signal, baseEnvironment }: PrometheusDeps,
): Promise<Running | PrometheusEnd> {
  signal.throwIfAborted();
  const { program, directory } = what;
  const url = `http://${HOST}:${port}`;
  const child = spawn(program.path, prometheusArguments(url), {
    // All its paths are relative to its own directory, see `copyFileSync` above.
    cwd: directory,
    env: baseEnvironment,
    // A group of its own: Ctrl-C in the terminal must reach the harness alone.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const tail = outputTail([child.stderr]);
  const ended = endOf(child, tail);
  const identity = child.pid === undefined ? null : identifyProcess(child.pid);
  if (identity === null) return ended;
  const release = custodian.guard({ kind: 'process-group', pid: identity.pid });
  const stop = async (): Promise<void> => {
    await endProcess(identity, ended);
    release();
  };
  try {
    const early = await untilReady(url, ended, signal);
    if (early === 'ready') {
      let stopping = false;
      const died = new Promise<PrometheusEnd>((resolve) => {
        void ended.then((end) => {
          if (!stopping) resolve(end);
        });
      });
      return {
        server: { url, graphUrl: await firstPage(url), version: program.version, died },
        stop: () => {
          stopping = true;
          return stop();
        },
      };
    }
    await stop();
    if (early !== 'late') return early;
    return { reason: `not ready within ${READY_DEADLINE_MS} ms`, lastLines: tail() };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Flags that Prometheus 2.8 to 3.x know alike. */
function prometheusArguments(url: string): readonly string[] {
  const { host } = new URL(url);
  return [
    `--config.file=${CONFIGURATION_FILE}`,
    '--storage.tsdb.path=data',
    `--storage.tsdb.retention.time=${RETENTION}`,
    `--web.listen-address=${host}`,
    // By default every page that the user's browser has open may read what is stored here.
    `--web.cors.origin=${url.replaceAll('.', '\\.')}`,
    // What it says of itself is of interest when it fails.
    '--log.level=warn',
  ];
}

function endOf(child: ChildProcess, tail: () => readonly string[]): Promise<PrometheusEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message, lastLines: tail() }));
    // `close`, not `exit`: its last words have been read then.
    child.once('close', (code, signal) =>
      resolve({ reason: signal ?? `exit code ${code}`, lastLines: tail() }),
    );
  });
}

async function untilReady(
  url: string,
  ended: Promise<PrometheusEnd>,
  signal: AbortSignal,
): Promise<'ready' | 'late' | PrometheusEnd> {
  let end: PrometheusEnd | null = null;
  void ended.then((it) => {
    end = it;
  });
  const giveUpAt = performance.now() + READY_DEADLINE_MS;
  while (performance.now() < giveUpAt) {
    signal.throwIfAborted();
    if (end !== null) return end;
    if (await isReady(url)) return end ?? 'ready';
    await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
  }
  return 'late';
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/-/ready`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(PROBE_DEADLINE_MS),
    });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // It does not listen yet; the deadline is the caller's.
  }
}

/**
 * Where `/` leads: `/graph` in version 2, `/query` in version 3, and `/classic/graph` in Debian's, which has
 * neither of the two newer user interfaces.
 */
async function firstPage(url: string): Promise<string> {
  let location: string | null = null;
  try {
    const response = await fetch(`${url}/`, {
      redirect: 'manual',
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(PROBE_DEADLINE_MS),
    });
    await response.arrayBuffer();
    location = response.headers.get('location');
  } catch {
    // A link is no reason to do without a Prometheus that is ready.
  }
  return new URL(location ?? '/graph', url).href;
}

async function endProcess(identity: ProcessIdentity, ended: Promise<PrometheusEnd>): Promise<void> {
  signalGroup(identity, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(identity, 'SIGKILL'), STOP_DEADLINE_MS);
  await ended;
  clearTimeout(timer);
}

/** @throws LabError PORT_IN_USE */
async function requireFreePort(port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      const probe = createServer();
      probe.once('error', reject);
      probe.listen({ host: HOST, port }, () => probe.close(() => resolve()));
    });
  } catch (cause) {
    const taken = systemErrorCode(cause) === 'EADDRINUSE';
    throw new LabError('PORT_IN_USE', {
      message: `port ${port} cannot be listened on by Prometheus: ${taken ? 'somebody listens on it already' : describeError(cause)}`,
      hint: 'Give another one with --prometheus-port; 0 takes any free one.',
      cause,
    });
  }
}

function startFailed({ reason, lastLines }: PrometheusEnd): LabError {
  return new LabError('PROMETHEUS_START_FAILED', {
    message: `Prometheus did not start: ${reason}`,
    hint:
      lastLines.length === 0
        ? 'It said nothing; look whether it starts by itself.'
        : `Its last lines:\n${lastLines.join('\n')}`,
  });
}
