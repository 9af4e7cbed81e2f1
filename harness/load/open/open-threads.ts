import { Worker } from 'node:worker_threads';
import { entryPoint } from '../../entry-point.ts';
import { mergeLoadProgress } from '../account/merge-load-progress.ts';
import { mergeLoadResults } from '../account/merge-load-results.ts';
import type {
  LoadHooks,
  LoadProgress,
  LoadRequest,
  LoadResult,
  OpenModel,
} from '../load-engine.ts';
import { systemClockUs, US_PER_MS } from '../monotonic-clock.ts';
import {
  type OpenThreadCommand,
  type OpenThreadData,
  openThreadReportSchema,
} from './open-thread-message.ts';

/** From the last thread's being ready to the common start: for the message to reach all of them. */
const START_AFTER_MS = 20;

/**
 * The open loop on several threads, for a rate that one event loop does not make. They share rate and
 * connections evenly, start at the same moment and end together.
 */
export async function runOpenThreads(request: LoadRequest, hooks: LoadHooks): Promise<LoadResult> {
  if (request.model.kind !== 'open') throw new Error('not a request for the open loop');
  const threads = shares(request, request.model).map((share) => new OpenThread(share));
  const stop = (): void => {
    for (const thread of threads) thread.send({ type: 'stop' });
  };
  hooks.signal.addEventListener('abort', stop);
  if (hooks.signal.aborted) stop();
  reportTogether(threads, hooks.onProgress);
  hooks.onControl?.({
    switchOrigin: async (origin) => {
      await Promise.all(threads.map((thread) => thread.switchOrigin(origin)));
    },
  });
  try {
    await Promise.all(threads.map(({ ready }) => ready));
    const atUs = systemClockUs() + START_AFTER_MS * US_PER_MS;
    for (const thread of threads) thread.send({ type: 'start', atUs });
    if (!hooks.signal.aborted) hooks.onStart?.(atUs);
    const results = threads.map(async ({ result }) => {
      const own = await result;
      if (own.ended === 'target_down') stop();
      return own;
    });
    return mergeLoadResults(await Promise.all(results));
  } finally {
    hooks.signal.removeEventListener('abort', stop);
    await Promise.all(threads.map((thread) => thread.end()));
  }
}

/** More threads than connections would leave one of them without any. */
function shares(request: LoadRequest, model: OpenModel): readonly OpenThreadData[] {
  const threads = Math.min(model.threads, model.maxInFlight);
  return Array.from({ length: threads }, (_, thread) => {
    const more = thread < model.maxInFlight % threads ? 1 : 0;
    const maxInFlight = Math.floor(model.maxInFlight / threads) + more;
    return { request: { ...request, model: { ...model, maxInFlight } }, thread, threads };
  });
}

/** Each thread reports once a second; the whole is told when the last one has. */
function reportTogether(
  threads: readonly OpenThread[],
  onProgress: (progress: LoadProgress) => void,
): void {
  const reports = new Map<OpenThread, LoadProgress>();
  for (const thread of threads) {
    thread.onProgress = (progress) => {
      reports.set(thread, progress);
      if (reports.size < threads.length) return;
      onProgress(mergeLoadProgress([...reports.values()]));
      reports.clear();
    };
  }
}

class OpenThread {
  readonly ready: Promise<void>;
  readonly result: Promise<LoadResult>;
  onProgress: (progress: LoadProgress) => void = () => undefined;
  readonly #worker: Worker;
  readonly #switches = new Map<number, () => void>();
  #switchId = 0;
  #isOver = false;

  constructor(data: OpenThreadData) {
    const worker = new Worker(entryPoint(import.meta.url, './open-thread'), {
      workerData: data,
      env: {},
      execArgv: [],
    });
    this.#worker = worker;
    const ready = Promise.withResolvers<void>();
    const result = Promise.withResolvers<LoadResult>();
    this.ready = ready.promise;
    this.result = result.promise;
    const fail = (error: Error): void => {
      this.#endSwitches();
      ready.reject(error);
      result.reject(error);
    };
    // A failure is seen by whoever awaits either of them first, and the other one is of no interest.
    ready.promise.catch(() => undefined);
    result.promise.catch(() => undefined);
    worker.on('error', fail);
    worker.on('exit', () => fail(new Error('a generator thread ended without its result')));
    worker.on('message', (raw) => {
      const report = openThreadReportSchema.parse(raw);
      switch (report.type) {
        case 'ready':
          ready.resolve();
          break;
        case 'progress':
          this.onProgress(report.progress);
          break;
        case 'switched':
          this.#switches.get(report.switchId)?.();
          this.#switches.delete(report.switchId);
          break;
        case 'result':
          this.#endSwitches();
          result.resolve(report.result);
          break;
      }
    });
  }

  send(command: OpenThreadCommand): void {
    this.#worker.postMessage(command);
  }

  /** Resolves when it has switched, or its run is over. */
  async switchOrigin(origin: string): Promise<void> {
    if (this.#isOver) return;
    const switched = Promise.withResolvers<void>();
    this.#switchId += 1;
    this.#switches.set(this.#switchId, switched.resolve);
    this.send({ type: 'switch', switchId: this.#switchId, origin });
    await switched.promise;
  }

  #endSwitches(): void {
    this.#isOver = true;
    for (const resolve of this.#switches.values()) resolve();
    this.#switches.clear();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
