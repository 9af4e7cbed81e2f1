import { RunRecorder } from '../account/run-recorder.ts';
import { OriginSwitch } from '../client/origin-switch.ts';
import { requestSource } from '../client/request-source.ts';
import { targetIsDown } from '../client/target-down.ts';
import { type GeneratorMeter, startGeneratorMeter } from '../generator-meter.ts';
import type { LoadHooks, LoadRequest, LoadResult } from '../load-engine.ts';
import { systemClockUs, US_PER_MS } from '../monotonic-clock.ts';
import { arrivalSchedule } from './arrival-schedule.ts';
import type { OpenWire } from './connection-wire.ts';
import { OpenArrivals } from './open-arrivals.ts';
import { OpenUsers } from './open-users.ts';
import { realTimeline } from './real-timeline.ts';
import type { ScheduledCall, Timeline } from './timeline.ts';
import { openUndiciWire, UNDICI_VERSION } from './undici-adapter.ts';

/** How often the end of the window, the target's silence and the balance are looked at. */
const TICK_MS = 20;
const BALANCE_EVERY_TICKS = 5;
const PROGRESS_EVERY_TICKS = 50;

/** Which part of the load this generator makes; the request's connections are its own part already. */
export interface OpenShare {
  readonly thread: number;
  readonly threads: number;
  /** Called when all connections are open; the run starts when it resolves. */
  readonly start: () => Promise<void>;
}

export interface OpenRunDeps {
  readonly timeline: Timeline;
  readonly openWire: OpenWire;
  readonly startMeter: () => GeneratorMeter;
}

const WHOLE_LOAD: OpenShare = { thread: 0, threads: 1, start: () => Promise.resolve() };
const REAL_DEPS: OpenRunDeps = {
  timeline: realTimeline,
  openWire: openUndiciWire,
  startMeter: startGeneratorMeter,
};

/**
 * The open loop: users arrive by a schedule that was fixed before the start, whatever the target does,
 * and their latency counts from the moment they were due. All connections are opened before the start.
 * With every connection busy an arrival is dropped, or waits for one, as the model says.
 */
export async function runOpenLoad(
  request: LoadRequest,
  hooks: LoadHooks,
  share: OpenShare = WHOLE_LOAD,
  deps: OpenRunDeps = REAL_DEPS,
): Promise<LoadResult> {
  const run = new OpenRun(request, hooks, share, deps);
  try {
    return await run.measure();
  } finally {
    await run.close();
  }
}

class OpenRun {
  readonly #request: LoadRequest;
  readonly #hooks: LoadHooks;
  readonly #deps: OpenRunDeps;
  readonly #share: OpenShare;
  readonly #recorder: RunRecorder;
  readonly #users: OpenUsers;
  readonly #arrivals: OpenArrivals;
  readonly #origins: OriginSwitch;
  readonly #end = Promise.withResolvers<LoadResult['ended']>();
  #originUs = 0;
  #ticks = 0;
  #finished = false;
  #ticker: ScheduledCall | undefined;
  #generator: LoadResult['generator'] | undefined;

  constructor(request: LoadRequest, hooks: LoadHooks, share: OpenShare, deps: OpenRunDeps) {
    const { model, seed } = request;
    if (model.kind !== 'open') throw new Error('not a request for the open loop');
    this.#request = request;
    this.#hooks = hooks;
    this.#deps = deps;
    this.#share = share;
    const { timeline, openWire } = deps;
    const { thread, threads } = share;
    const recorder = new RunRecorder({ ...request, clock: timeline.nowUs });
    this.#recorder = recorder;
    this.#users = new OpenUsers({
      ...{ request, model, thread, recorder, timeline, openWire },
      source: requestSource(request, { thread, threads }),
      onEnd: () => this.#endWhenDrained(),
    });
    this.#origins = new OriginSwitch(request.origin, {
      move: (origin) => this.#users.moveTo(origin),
      isLeaving: () => this.#users.isLeaving,
    });
    this.#arrivals = new OpenArrivals({
      schedule: arrivalSchedule({ ...model, seed, thread, threads }),
      timeline,
      arrive: (dueUs) => this.#users.arrive(dueUs),
      isOver: () => this.#finished || recorder.windowIsOver,
    });
  }

  async measure(): Promise<LoadResult> {
    const { signal } = this.#hooks;
    const abort = (): void => this.#end.resolve('aborted');
    signal.addEventListener('abort', abort);
    this.#hooks.onControl?.({ switchOrigin: (origin) => this.#origins.to(origin) });
    if (signal.aborted) abort();
    try {
      await this.#arrivals.prepare();
      // A target that swallows connects must not hold up an abort.
      await Promise.race([this.#users.openConnections(), this.#end.promise]);
      await this.#share.start();
      const startedAtMs = Date.now();
      const meter = this.#deps.startMeter();
      this.#start(meter);
      const ended = await this.#end.promise;
      this.#finish();
      const record = this.#recorder.finish();
      return {
        engine: 'open',
        engineVersion: UNDICI_VERSION,
        ended,
        startedAtMs,
        ...record,
        offered: this.#arrivals.offeredUntil(record.durationMs * US_PER_MS),
        reconnects: this.#users.reconnects,
        // Of the window only: a generator that waits for the drain is idle.
        generator: this.#generator ?? meter.stop(),
      };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    this.#finish();
    await Promise.all([this.#users.closeConnections(), this.#arrivals.close()]);
  }

  #start(meter: GeneratorMeter): void {
    this.#originUs = this.#deps.timeline.nowUs();
    this.#recorder.start();
    this.#hooks.onStart?.(systemClockUs());
    if (this.#hooks.signal.aborted) return;
    this.#users.start(this.#originUs);
    this.#arrivals.start(this.#originUs);
    this.#scheduleTick(meter);
  }

  #scheduleTick(meter: GeneratorMeter): void {
    this.#ticks += 1;
    const us = this.#originUs + this.#ticks * TICK_MS * US_PER_MS;
    this.#ticker = this.#deps.timeline.at(us, () => this.#tick(meter));
  }

  #tick(meter: GeneratorMeter): void {
    const recorder = this.#recorder;
    this.#origins.look();
    if (this.#ticks % BALANCE_EVERY_TICKS === 0) recorder.checkBalance(this.#users.inFlightSeen);
    if (this.#ticks % PROGRESS_EVERY_TICKS === 0) {
      this.#hooks.onProgress(recorder.progress(meter.recentUtilization()));
    }
    const { durationMs, drainMs, targetDownMs } = this.#request;
    if (recorder.windowIsOver) {
      this.#generator ??= meter.stop();
      this.#endWhenDrained();
      if (recorder.elapsedUs >= (durationMs + drainMs) * US_PER_MS) this.#end.resolve('completed');
    } else if (targetIsDown(recorder, targetDownMs)) {
      this.#end.resolve('target_down');
    }
    this.#scheduleTick(meter);
  }

  #endWhenDrained(): void {
    const { windowIsOver, inFlight } = this.#recorder;
    if (windowIsOver && inFlight === 0) this.#end.resolve('completed');
  }

  /** Ends the load at once. */
  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#ticker?.cancel();
    this.#users.finish();
    this.#origins.end();
  }
}
