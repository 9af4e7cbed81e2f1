import cluster, { type Worker as ClusterWorker } from 'node:cluster';
import { performance } from 'node:perf_hooks';
import type { WorkerStats } from '../contract.ts';
import type { MetricsSnapshot } from '../metrics/registry.ts';
import { OutputTail } from './output-tail.ts';
import { type PrimaryMessage, type WorkerMessage, workerMessageSchema } from './worker-message.ts';

/** A worker that has not exited this long after the end of its grace is killed. */
const KILL_AFTER_GRACE_MS = 600;

export interface WorkerExit {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly livedMs: number;
}

export interface WorkerSnapshot {
  readonly stats: WorkerStats;
  readonly metrics: MetricsSnapshot;
  /** On the monotonic clock of the primary. */
  readonly receivedAtMs: number;
}

/** The end of a start that did not lead to a ready worker. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  readonly code: 'db_auth' | 'db_unavailable' | 'not_ready';
  constructor(code: NotReadyError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** One forked worker, from the primary's side, until its exit and beyond it for its last numbers. */
export class WorkerProcess {
  readonly id: number;
  readonly pid: number;
  /** Resolves when the process has ended; never rejects. */
  readonly exited: Promise<WorkerExit>;
  /** Resolves when it listens and the database has answered it; rejects with `NotReadyError`. */
  readonly ready: Promise<void>;
  readonly #worker: ClusterWorker;
  readonly #output: OutputTail;
  readonly #readiness = Promise.withResolvers<void>();
  readonly #requests = new Map<number, () => void>();
  #alive = true;
  #asked = false;
  #listening = false;
  #databaseAnswered = false;
  #databaseMessage: string | null = null;
  #snapshot: WorkerSnapshot | null = null;
  #nextRequest = 1;
  /** When the first of the requests was sent that it has not answered, `null` when it owes none. */
  #owesSinceMs: number | null = null;

  constructor(hooks: {
    /** Port to listen on; asked again when the first one turned out to be taken. */
    readonly port: () => number;
    readonly onListenFailed: (failure: ListenFailure) => void;
    /** Told when what `state` says may have changed. */
    readonly onChange: () => void;
    readonly log: (line: string) => void;
  }) {
    const worker = cluster.fork();
    this.#worker = worker;
    this.id = worker.id;
    this.pid = worker.process.pid ?? 0;
    this.ready = this.#readiness.promise;
    // Whoever starts a worker decides when to look; until then a failed start is no crash of ours.
    this.ready.catch(() => undefined);
    this.#output = new OutputTail((line) => hooks.log(`worker ${worker.id}: ${line}`));
    for (const stream of [worker.process.stdout, worker.process.stderr]) {
      if (stream !== null) this.#output.read(stream);
    }
    const startedAt = performance.now();
    this.exited = new Promise((resolve) => {
      // `close` and not `exit`: the last lines of its output are in by then.
      worker.process.once('close', (exitCode, signal) => {
        this.#alive = false;
        for (const settle of this.#requests.values()) settle();
        this.#readiness.reject(
          new NotReadyError('not_ready', `worker ${worker.id} ended before it was ready`),
        );
        resolve({ exitCode, signal, livedMs: performance.now() - startedAt });
      });
    });
    worker.on('message', (raw: unknown) => {
      const message = workerMessageSchema.parse(raw);
      if (message.type === 'started') this.#send({ type: 'listen', port: hooks.port() });
      else if (message.type === 'listen-failed') hooks.onListenFailed(message);
      else this.#receive(message);
      if (message.type !== 'snapshot') hooks.onChange();
    });
    // A channel that breaks is followed by the exit, which is what counts.
    worker.on('error', (error) => hooks.log(`worker ${worker.id}: ${error.message}`));
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Whether its end was asked for. */
  get asked(): boolean {
    return this.#asked;
  }

  get listening(): boolean {
    return this.#listening && this.#alive;
  }

  get isReady(): boolean {
    return this.listening && this.#databaseAnswered && !this.#asked;
  }

  /** What kept it from the database so far, `null` when nothing did. */
  get databaseMessage(): string | null {
    return this.#databaseAnswered ? null : this.#databaseMessage;
  }

  get snapshot(): WorkerSnapshot | null {
    return this.#snapshot;
  }

  get lastLines(): readonly string[] {
    return this.#output.lines;
  }

  listen(port: number): void {
    this.#send({ type: 'listen', port });
  }

  /** How long it has owed an answer and said nothing, in ms; 0 when it owes none. */
  get owesForMs(): number {
    return this.#owesSinceMs === null ? 0 : performance.now() - this.#owesSinceMs;
  }

  /** Asks for new numbers; resolves when they are there, or after `deadlineMs` without them. */
  refresh(deadlineMs: number): Promise<void> {
    if (!this.#alive) return Promise.resolve();
    const request = this.#nextRequest++;
    return new Promise((resolve) => {
      const settle = (): void => {
        clearTimeout(timer);
        this.#requests.delete(request);
        resolve();
      };
      const timer = setTimeout(settle, deadlineMs);
      this.#requests.set(request, settle);
      this.#owesSinceMs ??= performance.now();
      this.#send({ type: 'snapshot-request', request });
    });
  }

  /** Lets it finish its requests within `graceMs`; kills it when it does not end then. */
  async drain(graceMs: number): Promise<WorkerExit> {
    this.#asked = true;
    this.#send({ type: 'drain', graceMs });
    const timer = setTimeout(() => this.kill(), graceMs + KILL_AFTER_GRACE_MS);
    const exit = await this.exited;
    clearTimeout(timer);
    return exit;
  }

  kill(): void {
    this.#asked = true;
    this.#worker.process.kill('SIGKILL');
  }

  #send(message: PrimaryMessage): void {
    // A worker that is gone cannot be told anything; its exit is reported by itself.
    if (this.#worker.isConnected()) this.#worker.send(message, () => undefined);
  }

  /** @param request what it answers, `null` for numbers sent unasked */
  #heardFrom(request: number | null): void {
    // It is not blocked now, and what it still owes was sent later: it follows.
    if (this.#owesSinceMs !== null) this.#owesSinceMs = performance.now();
    if (request === null) return;
    if (request === this.#nextRequest - 1) this.#owesSinceMs = null;
    this.#requests.get(request)?.();
  }

  #receive(message: Exclude<WorkerMessage, { type: 'started' | 'listen-failed' }>): void {
    switch (message.type) {
      case 'listening':
        this.#listening = true;
        break;
      case 'database-answered':
        this.#databaseAnswered = true;
        break;
      case 'database-unavailable':
        this.#databaseMessage = message.message;
        break;
      case 'database-rejected':
        this.#databaseMessage = message.message;
        this.#readiness.reject(new NotReadyError(message.code, message.message));
        break;
      case 'snapshot':
        this.#snapshot = {
          stats: message.stats,
          metrics: message.metrics,
          receivedAtMs: performance.now(),
        };
        this.#heardFrom(message.request);
    }
    if (this.isReady) this.#readiness.resolve();
  }
}

export type ListenFailure = Extract<WorkerMessage, { type: 'listen-failed' }>;
