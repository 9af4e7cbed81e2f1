import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../seeded-random.ts';
import { RunRecorder } from '../account/run-recorder.ts';
import type { AskedRequest } from '../client/asked-request.ts';
import { OriginSwitch } from '../client/origin-switch.ts';
import { requestSource } from '../client/request-source.ts';
import { targetIsDown } from '../client/target-down.ts';
import { type GeneratorMeter, startGeneratorMeter } from '../generator-meter.ts';
import type { ClosedModel, LoadHooks, LoadRequest, LoadResult } from '../load-engine.ts';
import { type ClockUs, monotonicClockUs, systemClockUs, US_PER_MS } from '../monotonic-clock.ts';
import {
  AUTOCANNON_VERSION,
  type AutocannonClient,
  type AutocannonRun,
  type AutocannonTarget,
  startAutocannon,
} from './autocannon-adapter.ts';
import { AutocannonConnection } from './autocannon-connection.ts';
import { ClosedClient } from './closed-client.ts';

/** All first connects together; on loopback they need a few ms, behind a full backlog 1 s each. */
const FIRST_CONNECTS_DEADLINE_MS = 1_000;
/** How often the end of the window, the target's silence and the balance are looked at. */
const TICK_MS = 20;
const BALANCE_EVERY_TICKS = 5;
const PROGRESS_EVERY_TICKS = 50;

interface ClosedRunDeps {
  readonly clock: ClockUs;
  readonly startClients: (
    target: AutocannonTarget,
    setUpClient: (client: AutocannonClient) => void,
  ) => AutocannonRun;
}

const REAL_DEPS: ClosedRunDeps = { clock: monotonicClockUs, startClients: startAutocannon };

/**
 * The closed loop: `connections` callers, each sends its next request when it has its answer and
 * has thought. All connections are opened first, then the clock starts and all callers send.
 */
export async function runClosedLoad(
  request: LoadRequest,
  hooks: LoadHooks,
  deps: ClosedRunDeps = REAL_DEPS,
): Promise<LoadResult> {
  const run = new ClosedRun(request, hooks, deps);
  try {
    return await run.measure();
  } finally {
    await run.close();
  }
}

class ClosedRun {
  readonly #request: LoadRequest;
  readonly #model: ClosedModel;
  readonly #random: () => number;
  readonly #hooks: LoadHooks;
  readonly #recorder: RunRecorder;
  readonly #clients: ClosedClient[] = [];
  readonly #origins: OriginSwitch;
  readonly #nextRequest: () => AskedRequest;
  readonly #autocannon: AutocannonRun;
  readonly #firstConnects = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<LoadResult['ended']>();
  #firstConnectsLeft: number;
  #generator: LoadResult['generator'] | undefined;
  #ticks = 0;
  #started = false;
  #finished = false;

  constructor(request: LoadRequest, hooks: LoadHooks, deps: ClosedRunDeps) {
    if (request.model.kind !== 'closed') throw new Error('not a request for the closed loop');
    this.#request = request;
    this.#model = request.model;
    this.#random = seededRandom(request.seed);
    this.#hooks = hooks;
    this.#recorder = new RunRecorder({ ...request, clock: deps.clock });
    const source = requestSource(request, { thread: 0, threads: 1 });
    this.#nextRequest = () => source.next();
    this.#origins = new OriginSwitch(request.origin, {
      move: (origin) => {
        for (const client of this.#clients) client.moveTo(origin);
      },
      isLeaving: () => this.#clients.some(({ isLeaving }) => isLeaving),
    });
    const { connections } = request.model;
    this.#firstConnectsLeft = connections;
    this.#autocannon = deps.startClients({ ...request, connections }, (client) =>
      this.#addClient(client),
    );
  }

  async measure(): Promise<LoadResult> {
    const { signal } = this.#hooks;
    this.#hooks.onControl?.({ switchOrigin: (origin) => this.#origins.to(origin) });
    await this.#openConnections();
    const startedAtMs = Date.now();
    const meter = startGeneratorMeter();
    this.#recorder.start();
    this.#hooks.onStart?.(systemClockUs());
    this.#started = true;
    const abort = (): void => this.#end.resolve('aborted');
    signal.addEventListener('abort', abort);
    const ticker = setInterval(() => this.#tick(meter), TICK_MS);
    try {
      if (signal.aborted) abort();
      else for (const client of this.#clients) client.start();
      const ended = await this.#end.promise;
      this.#finishClients();
      return {
        engine: 'closed',
        engineVersion: AUTOCANNON_VERSION,
        ended,
        startedAtMs,
        ...this.#recorder.finish(),
        offered: null,
        reconnects: this.#clients.reduce((sum, client) => sum + client.reconnects, 0),
        // Of the window only: a generator that waits for the drain is idle.
        generator: this.#generator ?? meter.stop(),
      };
    } finally {
      clearInterval(ticker);
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    this.#finishClients();
    await this.#autocannon.stop();
  }

  #addClient(client: AutocannonClient): void {
    const { origin, requestTimeoutMs, retry } = this.#request;
    const { connections, thinkTimeMs } = this.#model;
    const index = this.#clients.length;
    const closedClient = new ClosedClient(
      (owner) => new AutocannonConnection(client, owner, origin),
      {
        recorder: this.#recorder,
        thinkTimeMs,
        requestTimeoutMs,
        retry,
        random: this.#random,
        spread: index / connections,
        nextRequest: this.#nextRequest,
        mayBegin: () => this.#started && !this.#finished && !this.#recorder.windowIsOver,
        onFirstConnect: () => {
          this.#firstConnectsLeft -= 1;
          if (this.#firstConnectsLeft === 0) this.#firstConnects.resolve();
        },
        onRest: () => this.#endWhenDrained(),
      },
    );
    this.#clients.push(closedClient);
  }

  /** A connect that fails or hangs here is tried again, and counted, when its request is due. */
  async #openConnections(): Promise<void> {
    const deadline = new AbortController();
    const { signal } = this.#hooks;
    const stop = AbortSignal.any([signal, deadline.signal]);
    const expired = sleep(FIRST_CONNECTS_DEADLINE_MS, undefined, { signal: stop }).catch(
      (error: unknown) => {
        if (!stop.aborted) throw error;
      },
    );
    await Promise.race([this.#firstConnects.promise, expired]);
    deadline.abort();
  }

  #tick(meter: GeneratorMeter): void {
    const recorder = this.#recorder;
    this.#ticks += 1;
    this.#origins.look();
    if (this.#ticks % BALANCE_EVERY_TICKS === 0) recorder.checkBalance(this.#inFlightSeen());
    if (this.#ticks % PROGRESS_EVERY_TICKS === 0) {
      this.#hooks.onProgress(recorder.progress(meter.recentUtilization()));
    }
    const { durationMs, drainMs, targetDownMs } = this.#request;
    if (!recorder.windowIsOver) {
      if (targetIsDown(recorder, targetDownMs)) this.#end.resolve('target_down');
      return;
    }
    this.#generator ??= meter.stop();
    this.#endWhenDrained();
    if (recorder.elapsedUs >= (durationMs + drainMs) * US_PER_MS) this.#end.resolve('completed');
  }

  #inFlightSeen(): number {
    return this.#clients.reduce((sum, client) => sum + (client.inFlight ? 1 : 0), 0);
  }

  #endWhenDrained(): void {
    const { windowIsOver, inFlight } = this.#recorder;
    if (windowIsOver && inFlight === 0) this.#end.resolve('completed');
  }

  #finishClients(): void {
    if (this.#finished) return;
    this.#finished = true;
    for (const client of this.#clients) client.finish();
    this.#origins.end();
  }
}
