import cluster from 'node:cluster';
import { type Admin, reachable, startAdmin } from '../admin.ts';
import type { ParentMessage, ServerConfig, ServerDescription, ServerMessage } from '../contract.ts';
import { Fleet } from './fleet.ts';
import { rollingRestart } from './rolling-restart.ts';
import { SharedPort } from './shared-port.ts';
import { Telemetry } from './telemetry.ts';
import { type ListenFailure, WorkerProcess } from './worker-process.ts';

/** Time for all workers to start and listen; waiting for the database does not count. */
const LISTEN_DEADLINE_MS = 15_000;

export interface ClusterDeps {
  readonly config: ServerConfig;
  /** Module that the workers run: the process entry itself. */
  readonly workerEntry: string;
  readonly execArgv: readonly string[];
  readonly send: (message: ServerMessage) => void;
  readonly log: (line: string) => void;
}

export interface Cluster {
  receive(message: ParentMessage): void;
  /** Idempotent; a later call does not shorten an earlier grace. */
  stop(graceMs: number): void;
  /** Resolves with the exit status when everything of it has ended. */
  readonly finished: Promise<number>;
}

type FailureCode = Extract<ServerMessage, { type: 'failed' }>['code'];

/** Starts the primary's side: N workers on one port, the admin port, and what they report. */
export function startCluster(deps: ClusterDeps): Cluster {
  const primary = new Primary(deps);
  void primary.start();
  return {
    receive: (message) => primary.receive(message),
    stop: (graceMs) => void primary.stop(graceMs),
    finished: primary.finished,
  };
}

class Primary {
  readonly finished: Promise<number>;
  readonly #deps: ClusterDeps;
  readonly #finish: (exitCode: number) => void;
  readonly #telemetry: Telemetry;
  readonly #shared: SharedPort;
  #fleet: Fleet | null = null;
  #admin: Admin | null = null;
  #listenDeadline: NodeJS.Timeout | undefined;
  #saidReady = false;
  #saidWaiting = false;
  #ending = false;
  #rolling = false;

  constructor(deps: ClusterDeps) {
    const { promise, resolve } = Promise.withResolvers<number>();
    this.finished = promise;
    this.#finish = resolve;
    this.#deps = deps;
    this.#shared = new SharedPort(deps.config);
    this.#telemetry = new Telemetry({
      alive: () => this.#fleet?.alive ?? [],
      instrumentation: deps.config.instrumentation,
    });
  }

  async start(): Promise<void> {
    const { config } = this.#deps;
    try {
      await this.#shared.choose();
      this.#admin = await startAdmin({
        host: config.host,
        port: config.adminPort,
        allowedHosts: config.allowedHosts,
        source: {
          isReady: () => this.#fleet?.ready ?? false,
          refresh: (deadlineMs) => this.#telemetry.refresh(deadlineMs),
          refreshResponsive: (deadlineMs) => this.#telemetry.refreshResponsive(deadlineMs),
          stats: () => this.#telemetry.stats(),
          metrics: () => this.#telemetry.metrics(),
          description: () => description(config),
        },
      });
    } catch (error) {
      await this.#fail('port_in_use', error instanceof Error ? error.message : String(error));
      return;
    }
    if (this.#ending) return;
    // Connections are dealt out evenly by the primary, in turn. Keep-alive pins each to its worker
    // for good, so few connections over many workers still load them unevenly.
    cluster.schedulingPolicy = cluster.SCHED_RR;
    cluster.setupPrimary({
      exec: this.#deps.workerEntry,
      args: [],
      execArgv: [...this.#deps.execArgv],
      silent: true,
    });
    this.#listenDeadline = setTimeout(
      () => void this.#fail('not_ready', `not all workers listen after ${LISTEN_DEADLINE_MS} ms`),
      LISTEN_DEADLINE_MS,
    );
    this.#fleet = new Fleet(config.workers, {
      spawn: () => this.#spawn(),
      onDied: (worker, { exitCode, signal }, crashed) => {
        this.#telemetry.workerDied(worker, crashed);
        if (crashed) this.#send({ type: 'worker-died', worker: worker.id, exitCode, signal });
      },
      onRespawned: () => this.#telemetry.restarted('crash'),
      onCrashLoop: (worker) =>
        void this.#fail(
          'crash_loop',
          [`worker ${worker.id} and those before it died right after their start`]
            .concat(worker.lastLines)
            .join('\n'),
        ),
      onRejected: (error) => {
        this.#deps.log(`the database rejects a worker: ${error.message}`);
        if (!this.#saidReady && error.code !== 'not_ready') {
          void this.#fail(error.code, `${this.#database}: ${error.message}`);
        }
      },
    });
  }

  receive(message: ParentMessage): void {
    switch (message.type) {
      case 'stop':
        void this.stop(this.#deps.config.graceMs);
        break;
      case 'rolling-restart':
        void this.#rollingRestart(message.surge);
        break;
      case 'server-side':
        this.#telemetry.serverSide(message.sample);
    }
  }

  async stop(graceMs: number): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    await this.#fleet?.stop(graceMs);
    await this.#close();
    this.#send({ type: 'stopped' });
    this.#finish(0);
  }

  async #fail(code: FailureCode, message: string): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    this.#send({ type: 'failed', code, message });
    await this.#fleet?.kill();
    await this.#close();
    this.#finish(1);
  }

  async #close(): Promise<void> {
    clearTimeout(this.#listenDeadline);
    await this.#admin?.close();
  }

  #spawn(): WorkerProcess {
    const worker: WorkerProcess = new WorkerProcess({
      port: () => this.#shared.port,
      onListenFailed: (failure) => void this.#listenFailed(worker, failure),
      onChange: () => this.#lookAtFleet(),
      log: this.#deps.log,
    });
    return worker;
  }

  #lookAtFleet(): void {
    const fleet = this.#fleet;
    if (fleet === null || this.#saidReady || this.#ending) return;
    const workers = fleet.places.map(({ current }) => current);
    if (workers.every(({ listening }) => listening)) clearTimeout(this.#listenDeadline);
    const urls = { url: this.#url, adminUrl: this.#admin?.url ?? '' };
    if (fleet.ready) {
      this.#saidReady = true;
      this.#send({
        type: 'ready',
        ...urls,
        workers: workers.map(({ id, pid }) => ({ worker: id, pid })),
      });
      return;
    }
    const reason = workers.find(({ databaseMessage }) => databaseMessage !== null);
    if (this.#saidWaiting || reason === undefined) return;
    if (!workers.every(({ listening }) => listening)) return;
    this.#saidWaiting = true;
    this.#send({
      type: 'waiting',
      ...urls,
      message: `${this.#database}: ${reason.databaseMessage}`,
    });
  }

  async #listenFailed(worker: WorkerProcess, failure: ListenFailure): Promise<void> {
    const settled = this.#fleet?.alive.some(({ listening }) => listening) ?? false;
    const port =
      failure.code === 'EADDRINUSE'
        ? await this.#shared.after({ taken: failure.port, settled })
        : null;
    if (port === null) await this.#fail('port_in_use', failure.message);
    else worker.listen(port);
  }

  async #rollingRestart(surge: number): Promise<void> {
    const fleet = this.#fleet;
    if (fleet === null || !this.#saidReady || this.#rolling || this.#ending) {
      const state = this.#rolling ? 'already restarting' : 'not serving';
      this.#send({ type: 'rolling-restart-failed', message: `the server is ${state}` });
      return;
    }
    this.#rolling = true;
    try {
      const result = await rollingRestart({
        fleet,
        surge,
        graceMs: this.#deps.config.graceMs,
        onReplaced: () => this.#telemetry.restarted('rolling_restart'),
      });
      this.#send({ type: 'rolling-restart-done', ...result });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#send({ type: 'rolling-restart-failed', message });
    } finally {
      this.#rolling = false;
    }
  }

  get #url(): string {
    return `http://${reachable(this.#deps.config.host)}:${this.#shared.port}`;
  }

  /** Host and port only: this goes into messages. */
  get #database(): string {
    const { host, port } = this.#deps.config.database;
    return `PostgreSQL at ${host}:${port}`;
  }

  #send(message: ServerMessage): void {
    this.#deps.send(message);
  }
}

/** Field by field: what is added to the configuration later, a secret perhaps, is not told by itself. */
function description({
  workers,
  instrumentation,
  seed,
  preparedStatements,
  pool,
}: ServerConfig): ServerDescription {
  return { product: 'pool-lab', workers, instrumentation, seed, preparedStatements, pool };
}
