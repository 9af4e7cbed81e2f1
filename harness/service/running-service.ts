import type { Custodian } from '../custodian.ts';
import type { LabError } from '../lab-error.ts';
import type { ServiceCommand } from '../plan/service.ts';
import { findFreePort } from '../postgres/free-port.ts';
import { hideDatabasePassword } from '../postgres/password-secrecy.ts';
import type { Redactor } from '../report/redactor.ts';
import { fillCommand, type ServiceFacts } from './filled-command.ts';
import { listenersOf } from './listeners.ts';
import { endedInTheMiddle, portTaken } from './not-ready.ts';
import { askOnce } from './readiness.ts';
import type { ServiceEnd } from './service-end.ts';
import type { ServiceSaid } from './service-output.ts';
import { type ServiceProcess, startProcess } from './service-process.ts';
import { hidingSecretsOf } from './service-secrecy.ts';
import { untilReady, usesPort } from './until-ready.ts';

/** Somebody else can take the port between its choice and its use; more than once is no accident. */
const PORT_ATTEMPTS_MAX = 3;
const POLL_MS = 50;
/** Whoever is left when the first process ends takes over within this time, or does not. */
const TAKEN_OVER_MS = 1_000;

/** What is started, and what is filled in. */
export interface ServiceAsked {
  readonly service: ServiceCommand;
  /** The port is chosen at each start. */
  readonly facts: Omit<ServiceFacts, 'port'>;
  /** The lab's own environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ServiceDeps {
  readonly custodian: Custodian;
  readonly signal: AbortSignal;
  /** Everything the service writes passes it before anybody sees it. */
  readonly redactor: Redactor;
  /** A sentence for the user beside the result. @default nobody */
  readonly warn?: (sentence: string) => void;
}

/** A service that answers. */
export interface RunningService {
  /** e.g. `http://127.0.0.1:40123` */
  readonly origin: string;
  readonly pid: number;
  /** As it was started, with everything filled in that is no secret. */
  readonly shown: string;
  /** From its start until its path answered. */
  readonly readyMs: number;
  /** Aborted, with a `LabError` SERVICE_ENDED as its reason, when it ends without having been asked to. */
  readonly ended: AbortSignal;
  /**
   * CPU time of all its processes since their start, in ms, of those that ended as far as the system tells; `null`:
   * it does not.
   */
  cpuMs(): number | null;
  /** That run now. */
  processes(): number;
  /** At most, in one look; there is one about every second. */
  processesPeak(): number;
  said(): ServiceSaid;
  /** The last lines of its output, without secrets. */
  lastLines(): readonly string[];
  /** SIGTERM, and SIGKILL after the stop timeout, until no process of it is left. Idempotent. */
  stop(): Promise<ServiceEnd>;
}

/**
 * A service for the time of `use`; on every path no process of it is left.
 *
 * @throws LabError SERVICE_NOT_READY, CONFIG_INVALID
 */
export async function withService<T>(
  asked: ServiceAsked,
  deps: ServiceDeps,
  use: (service: RunningService) => Promise<T>,
): Promise<T> {
  const service = await startService(asked, deps);
  try {
    return await use(service);
  } finally {
    await service.stop();
  }
}

/**
 * Resolves when its path answers. Whoever starts it stops it.
 *
 * @throws LabError SERVICE_NOT_READY, whose first line says why; CONFIG_INVALID
 */
export async function startService(
  asked: ServiceAsked,
  deps: ServiceDeps,
): Promise<RunningService> {
  hideDatabasePassword(asked.facts.database, deps.redactor);
  for (let attempt = 1; ; attempt += 1) {
    deps.signal.throwIfAborted();
    const port = await findFreePort();
    const started = await startAt(port, asked, deps);
    if ('origin' in started) return started;
    if (started.problem !== 'port taken' || attempt === PORT_ATTEMPTS_MAX) throw started.error;
  }
}

interface Failure {
  readonly problem: 'port taken' | 'other';
  readonly error: LabError;
}

async function startAt(
  port: number,
  { service, facts, env }: ServiceAsked,
  { custodian, signal, redactor, warn = () => undefined }: ServiceDeps,
): Promise<RunningService | Failure> {
  const command = fillCommand(service, { ...facts, port }, env);
  const started = await startProcess(command, {
    custodian,
    redactor: hidingSecretsOf(command, service.passEnv, redactor),
    stopTimeoutMs: service.stopTimeoutMs,
    warn,
  });
  const startMs = performance.now();
  try {
    const failure = await untilReady(started, { service, port, signal, warn });
    const isTaken = started.output.saysPortTaken && !listensOn(started, port);
    if (failure !== null || isTaken) {
      await started.stop();
      const error = failure ?? portTaken(port, started.output.lastLines(), command.shown);
      return { problem: isTaken && usesPort(service) ? 'port taken' : 'other', error };
    }
  } catch (error) {
    await started.stop();
    throw error;
  }
  const readyMs = performance.now() - startMs;
  const ended = new AbortController();
  void watchEnd(started, port).then((error) => {
    if (error !== null) ended.abort(error);
  });
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: started.pid,
    shown: command.shown,
    readyMs,
    ended: ended.signal,
    cpuMs: () => started.tree.cpuMs(),
    processes: () => started.tree.look().length,
    processesPeak: () => started.tree.peak,
    said: () => started.output.said(),
    lastLines: () => started.output.lastLines(),
    stop: () => started.stop(),
  };
}

/** Why it ended unasked; `null` when it was stopped. */
async function watchEnd(started: ServiceProcess, port: number): Promise<LabError | null> {
  const exit = await Promise.race([started.exited, started.stopping.then(() => null)]);
  if (exit === null || started.isStopping()) return null;
  if (await isServedByOthers(started, port)) await started.gone;
  if (started.isStopping()) return null;
  await started.output.drained(TAKEN_OVER_MS);
  return endedInTheMiddle(exit, started.output.lastLines(), started.shown);
}

/** One that made itself a daemon goes on without its first process. */
async function isServedByOthers(started: ServiceProcess, port: number): Promise<boolean> {
  const deadlineMs = performance.now() + TAKEN_OVER_MS;
  while (performance.now() < deadlineMs && started.tree.look().length > 0) {
    const answer = await askOnce({ port, path: '/', deadlineMs: TAKEN_OVER_MS });
    if (answer.kind !== 'refused') return true;
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
  return false;
}

function listensOn(started: ServiceProcess, port: number): boolean {
  const listeners = listenersOf(started.tree.look().map(({ pid }) => pid));
  return listeners?.some((it) => it.port === port) ?? true;
}
