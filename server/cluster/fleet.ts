import { CrashLoop } from './crash-loop.ts';
import type { NotReadyError, WorkerExit, WorkerProcess } from './worker-process.ts';

export interface FleetHooks {
  readonly spawn: () => WorkerProcess;
  /** A worker ended; `crashed` when nobody had asked it to. */
  readonly onDied: (worker: WorkerProcess, exit: WorkerExit, crashed: boolean) => void;
  readonly onRespawned: () => void;
  /** Died too often too soon to be started once more. */
  readonly onCrashLoop: (worker: WorkerProcess) => void;
  /** The database will not have this worker, however often it tries. */
  readonly onRejected: (error: NotReadyError) => void;
}

/** One of the N places a server has: the worker in it, and how its predecessors ended. */
export interface Place {
  current: WorkerProcess;
  readonly crashLoop: CrashLoop;
}

/** N places with a live worker in each; a worker that dies unasked is replaced, within limits. */
export class Fleet {
  readonly places: readonly Place[];
  readonly #alive = new Set<WorkerProcess>();
  readonly #hooks: FleetHooks;
  #stopping = false;
  #alivePeak = 0;

  constructor(workers: number, hooks: FleetHooks) {
    this.#hooks = hooks;
    this.places = Array.from({ length: workers }, () => ({
      current: this.spawn(),
      crashLoop: new CrashLoop(),
    }));
  }

  get alive(): readonly WorkerProcess[] {
    return [...this.#alive];
  }

  get ready(): boolean {
    return !this.#stopping && this.places.every(({ current }) => current.isReady);
  }

  get stopping(): boolean {
    return this.#stopping;
  }

  /** Most workers alive at one moment since `resetAlivePeak`. */
  get alivePeak(): number {
    return this.#alivePeak;
  }

  resetAlivePeak(): void {
    this.#alivePeak = this.#alive.size;
  }

  /** Starts a worker that has no place yet. */
  spawn(): WorkerProcess {
    const worker = this.#hooks.spawn();
    this.#alive.add(worker);
    this.#alivePeak = Math.max(this.#alivePeak, this.#alive.size);
    worker.ready.catch((error: NotReadyError) => {
      if (error.code !== 'not_ready') this.#hooks.onRejected(error);
    });
    void worker.exited.then((exit) => this.#exited(worker, exit));
    return worker;
  }

  /** Puts `worker` into `place` and returns the one that was there, which lives on. */
  replace(place: Place, worker: WorkerProcess): WorkerProcess {
    const previous = place.current;
    place.current = worker;
    // Dead between getting ready and getting its place: nobody else would notice.
    if (!worker.alive) this.#respawn(place);
    return previous;
  }

  /** Resolves when no worker lives. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.alive.map((worker) => worker.drain(graceMs)));
  }

  async kill(): Promise<void> {
    this.#stopping = true;
    for (const worker of this.#alive) worker.kill();
    await Promise.all(this.alive.map((worker) => worker.exited));
  }

  #exited(worker: WorkerProcess, exit: WorkerExit): void {
    this.#alive.delete(worker);
    const crashed = !worker.asked;
    this.#hooks.onDied(worker, exit, crashed);
    const place = this.places.find(({ current }) => current === worker);
    if (!crashed || place === undefined || this.#stopping) return;
    const next = place.crashLoop.died(exit.livedMs);
    if (next.action === 'give-up') {
      this.#hooks.onCrashLoop(worker);
      return;
    }
    setTimeout(() => {
      // A rolling restart may have filled the place meanwhile.
      if (place.current === worker && !this.#stopping) this.#respawn(place);
    }, next.delayMs);
  }

  #respawn(place: Place): void {
    place.current = this.spawn();
    this.#hooks.onRespawned();
  }
}
