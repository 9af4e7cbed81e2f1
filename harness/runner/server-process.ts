import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  ADMIN_PATHS,
  type ParentMessage,
  type ServerConfig,
  type ServerMessage,
  type ServerSideSample,
  type ServerStats,
  serverConfigToEnv,
  serverMessageSchema,
  serverStatsSchema,
} from '../../server/contract.ts';
import type { Custodian } from '../custodian.ts';
import { entryPoint } from '../entry-point.ts';
import { LabError } from '../lab-error.ts';
import { outputTail } from '../output-tail.ts';
import { describe, failed, notReady, silent } from './server-failure.ts';

/** Workers start one after another on a small machine; a healthy one needs well under a second. */
const READY_DEADLINE_MS = 20_000;
/** The server promises grace + 1 s; what is still there after this much more is killed. */
const STOP_MARGIN_MS = 2_000;
const STATS_DEADLINE_MS = 3_000;
/** From all workers listening to the database's first answer; a user is not kept waiting longer. */
const DATABASE_DEADLINE_MS = 2_000;
/** Connecting takes four, the first query one; twice that for a jitter of all of it. */
const FIRST_ANSWER_ROUND_TRIPS = 10;
/** An API that stopped answering has said why, and has ended, within this time. */
const LAST_WORDS_MS = 1_000;

export interface ServerProcess {
  readonly url: string;
  readonly adminUrl: string;
  readonly pid: number;
  /** Workers that died unasked since the start. */
  readonly deaths: readonly { readonly worker: number; readonly reason: string }[];
  /** Aborted, with a `LabError` as its reason, when the API ends without having been asked to. */
  readonly ended: AbortSignal;
  stats(): Promise<ServerStats>;
  /** What its metrics show of the database from now on; an API that is gone shows nothing. */
  showServerSide(sample: ServerSideSample): void;
  /** Resolves when all workers are replaced; rejects with the reason when that failed. */
  rollingRestart(surge: number): Promise<Extract<ServerMessage, { type: 'rolling-restart-done' }>>;
  /** Graceful, then by force; resolves when the process is gone. Idempotent. */
  stop(): Promise<void>;
}

export interface ServerProcessDeps {
  /** Variables the child may see besides its configuration, e.g. PATH. */
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly custodian: Custodian;
  readonly signal: AbortSignal;
  /** Round trip to the database, which its first answer takes several of. @default 0 */
  readonly databaseRttMs?: number;
}

/** Starts the API in a process group of its own and resolves when every worker is ready. */
export async function startServer(
  config: ServerConfig,
  deps: ServerProcessDeps,
): Promise<ServerProcess> {
  deps.signal.throwIfAborted();
  const child = spawn(process.execPath, [entryPoint(import.meta.url, '../../server/main')], {
    // A group of its own: a terminal's Ctrl-C must not end the API before the trial is over.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...deps.baseEnvironment, ...serverConfigToEnv(config) },
  });
  const tail = outputTail([child.stdout, child.stderr]);
  const exited = exitOf(child);
  if (child.pid === undefined) {
    const { reason } = await exited;
    throw notReady(`the API process could not be started: ${reason}`, tail());
  }
  const pid = child.pid;
  const release = deps.custodian.guard({ kind: 'process-group', pid });
  const deaths: { worker: number; reason: string }[] = [];
  const inbox = new Inbox(child, (message) => {
    if (message.type === 'worker-died') {
      deaths.push({ worker: message.worker, reason: message.signal ?? `exit ${message.exitCode}` });
    }
  });

  const endedUnasked = new AbortController();
  let stopping = false;
  const stop = onceOnly(async () => {
    stopping = true;
    if (child.connected) child.send({ type: 'stop' } satisfies ParentMessage);
    const gone = await within(exited, config.graceMs + STOP_MARGIN_MS);
    if (gone === null) killGroup(pid);
    await exited;
    // A worker that outlived a killed primary would hold connections into the next trial.
    killGroup(pid);
    release();
  });

  /** Why the API answers no more, `null` when it is still there. */
  const endOf = async (): Promise<LabError | null> => {
    const ended = await within(exited, LAST_WORDS_MS);
    const message = inbox.take(['failed']);
    if (message !== null) return failed(message, config, tail());
    return ended === null
      ? null
      : notReady(`the API ended in the middle (${ended.reason})`, tail());
  };

  try {
    const ready = await Promise.race([
      untilReady(inbox, deps),
      exited.then(({ reason }) => ({ type: 'exited' as const, reason })),
    ]);
    if (ready === null) {
      throw notReady(`the API was not ready within ${READY_DEADLINE_MS} ms`, tail());
    }
    if (ready.type === 'exited') {
      throw notReady(`the API ended before it was ready (${ready.reason})`, tail());
    }
    if (ready.type !== 'ready') throw failed(ready, config, tail());
    void exited.then(async () => {
      if (!stopping) endedUnasked.abort(await endOf());
    });
    return {
      ended: endedUnasked.signal,
      url: ready.url,
      adminUrl: ready.adminUrl,
      pid,
      deaths,
      stats: async () => {
        try {
          return await fetchStats(ready.adminUrl);
        } catch (error) {
          throw (await endOf()) ?? silent(error);
        }
      },
      showServerSide: (sample) => {
        if (child.connected) {
          const message: ParentMessage = { type: 'server-side', sample };
          // A failed send means that it ended just now, which `ended` tells.
          child.send(message, () => undefined);
        }
      },
      stop,
      rollingRestart: async (surge) => {
        if (child.connected) child.send({ type: 'rolling-restart', surge } satisfies ParentMessage);
        const done = await Promise.race([
          inbox.next(
            ['rolling-restart-done', 'rolling-restart-failed'],
            READY_DEADLINE_MS + config.workers * (config.graceMs + STOP_MARGIN_MS),
            deps.signal,
          ),
          exited,
        ]);
        if (done !== null && 'reason' in done)
          throw (await endOf()) ?? notReady(done.reason, tail());
        if (done?.type === 'rolling-restart-done') return done;
        throw new LabError('SERVER_NOT_READY', {
          message: `the rolling restart did not finish: ${describe(done)}`,
          hint: 'Give the database more slots or make the pool smaller; a new worker must get ready before an old one stops.',
        });
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Acquires a server for the time of `use` and stops it on every path. */
export async function withServer<T>(
  config: ServerConfig,
  deps: ServerProcessDeps,
  use: (server: ServerProcess) => Promise<T>,
): Promise<T> {
  const server = await startServer(config, deps);
  try {
    return await use(server);
  } finally {
    await server.stop();
  }
}

async function fetchStats(adminUrl: string): Promise<ServerStats> {
  const response = await fetch(new URL(ADMIN_PATHS.stats, adminUrl), {
    signal: AbortSignal.timeout(STATS_DEADLINE_MS),
  });
  return serverStatsSchema.parse(await response.json());
}

/** The API goes on trying while its database is away; a measurement does not. */
async function untilReady(
  inbox: Inbox,
  { signal, databaseRttMs = 0 }: Pick<ServerProcessDeps, 'signal' | 'databaseRttMs'>,
): Promise<ServerMessage | null> {
  const first = await inbox.next(['ready', 'failed', 'waiting'], READY_DEADLINE_MS, signal);
  if (first?.type !== 'waiting') return first;
  const deadlineMs = DATABASE_DEADLINE_MS + databaseRttMs * FIRST_ANSWER_ROUND_TRIPS;
  const second = await inbox.next(['ready', 'failed'], deadlineMs, signal);
  return second ?? { type: 'failed', code: 'db_unavailable', message: first.message };
}

/** Messages of the primary, kept until somebody asks for them: none is missed between two waits. */
class Inbox {
  readonly #messages: ServerMessage[] = [];
  readonly #child: ChildProcess;

  constructor(child: ChildProcess, onMessage: (message: ServerMessage) => void) {
    this.#child = child;
    child.on('message', (raw) => {
      const message = serverMessageSchema.parse(raw);
      this.#messages.push(message);
      onMessage(message);
      child.emit('parsed-message');
    });
  }

  /** The first message of one of the types that has come already, or `null`. */
  take(types: readonly ServerMessage['type'][]): ServerMessage | null {
    const index = this.#messages.findIndex(({ type }) => types.includes(type));
    const [message] = index === -1 ? [] : this.#messages.splice(index, 1);
    return message ?? null;
  }

  /** The first message of one of the types, or `null` when the deadline passes. */
  async next(
    types: readonly ServerMessage['type'][],
    deadlineMs: number,
    signal: AbortSignal,
  ): Promise<ServerMessage | null> {
    const timeout = AbortSignal.timeout(deadlineMs);
    for (;;) {
      const message = this.take(types);
      if (message !== null) return message;
      try {
        await once(this.#child, 'parsed-message', { signal: AbortSignal.any([timeout, signal]) });
      } catch (error) {
        signal.throwIfAborted();
        if (timeout.aborted) return null;
        throw error;
      }
    }
  }
}

function exitOf(child: ChildProcess): Promise<{ readonly reason: string }> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message }));
    child.once('exit', (code, signal) => resolve({ reason: signal ?? `exit code ${code}` }));
  });
}

async function within<T>(promise: Promise<T>, deadlineMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: the whole group is gone, which is what was wanted.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function onceOnly(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= action();
    return running;
  };
}
