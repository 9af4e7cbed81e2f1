import { seededRandom } from '../seeded-random.ts';
import type { Answer } from './answer.ts';
import { type ArrivalSchedule, arrivalSchedule } from './arrival-schedule.ts';
import type { OpenWire } from './connection-wire.ts';
import { derivedSeed } from './derived-seed.ts';
import type { Flight } from './flight.ts';
import { type GeneratorMeter, startGeneratorMeter } from './generator-meter.ts';
import type { Ending } from './ledger.ts';
import type { LoadProgress, LoadRequest, LoadResult, OpenModel } from './load-engine.ts';
import { US_PER_MS } from './monotonic-clock.ts';
import type { OpenConnection } from './open-connection.ts';
import { OpenConnections, type Place } from './open-connections.ts';
import { realTimeline } from './real-timeline.ts';
import { type AttemptFailure, retryPauseMs } from './retry.ts';
import { RunRecorder } from './run-recorder.ts';
import { targetIsDown } from './target-down.ts';
import type { Alarm, ScheduledCall, Timeline } from './timeline.ts';
import { openUndiciWire, UNDICI_VERSION } from './undici-adapter.ts';

/** How often the end of the window, the target's silence and the balance are looked at. */
const TICK_MS = 20;
const BALANCE_EVERY_TICKS = 5;
const PROGRESS_EVERY_TICKS = 50;
/** Stream of the retries' jitter: not the arrivals', which must be the same with and without retries. */
const JITTER_STREAM = 0x10000;

export interface OpenRunHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

/** Which part of the load this generator makes; its connections are its own part already. */
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
  hooks: OpenRunHooks,
  share: OpenShare = WHOLE_LOAD,
  deps: OpenRunDeps = REAL_DEPS,
): Promise<LoadResult> {
  const run = new OpenRun(request, hooks, deps, share);
  try {
    return await run.measure();
  } finally {
    await run.close();
  }
}

interface User {
  readonly flight: Flight;
  /** From here the deadline of its present attempt counts. */
  dueUs: number;
  connection: OpenConnection<User> | null;
  /** The present attempt is in the account. */
  attempting: boolean;
  /** Its deadline, or the end of its pause. */
  timer: ScheduledCall | null;
}

class OpenRun {
  readonly #request: LoadRequest;
  readonly #model: OpenModel;
  readonly #hooks: OpenRunHooks;
  readonly #deps: OpenRunDeps;
  readonly #share: OpenShare;
  readonly #recorder: RunRecorder;
  readonly #connections: OpenConnections<User>;
  readonly #schedule: ArrivalSchedule;
  readonly #random: () => number;
  /** In the order of their coming; those who wait for a connection. */
  readonly #waiting = new Set<User>();
  /** Between two attempts. */
  readonly #pausing = new Set<User>();
  readonly #end = Promise.withResolvers<LoadResult['ended']>();
  #originUs = 0;
  #nextArrivalUs: number | null = null;
  #issued = 0;
  #ticks = 0;
  #finished = false;
  #alarm: Alarm | undefined;
  #ticker: ScheduledCall | undefined;
  #meter: GeneratorMeter | undefined;
  #generator: LoadResult['generator'] | undefined;

  constructor(request: LoadRequest, hooks: OpenRunHooks, deps: OpenRunDeps, share: OpenShare) {
    if (request.model.kind !== 'open') throw new Error('not a request for the open loop');
    const { model, seed } = request;
    this.#request = request;
    this.#model = model;
    this.#hooks = hooks;
    this.#deps = deps;
    this.#share = share;
    this.#recorder = new RunRecorder({ ...request, clock: deps.timeline.nowUs });
    this.#schedule = arrivalSchedule({ ...model, ...share, seed });
    this.#random = seededRandom(derivedSeed(seed, JITTER_STREAM + share.thread));
    this.#connections = new OpenConnections<User>({
      count: model.maxInFlight,
      timeline: deps.timeline,
      openWire: (events) => deps.openWire(request, events),
      travel: {
        onSent: (user) => this.#countAttempt(user),
        onAnswer: (user, answer) => this.#onAnswer(user, answer),
        onUnsent: (user) => {
          user.connection = null;
          this.#place(user, this.#connections.take());
        },
        onLost: (user) => this.#settle(user, { kind: 'lost' }, 'lost'),
        onNotConnected: (user, code) => this.#refuse(user, code),
        carryWaiting: (connection) => this.#carryWaiting(connection),
        refuseWaiting: (code) => this.#refuseWaiting(code),
      },
    });
  }

  async measure(): Promise<LoadResult> {
    const { signal } = this.#hooks;
    const abort = (): void => this.#end.resolve('aborted');
    signal.addEventListener('abort', abort);
    try {
      this.#alarm = await this.#deps.timeline.alarm(() => this.#dispatchDue());
      await this.#connections.open();
      await this.#share.start();
      const startedAtMs = Date.now();
      this.#meter = this.#deps.startMeter();
      this.#originUs = this.#deps.timeline.nowUs();
      this.#recorder.start();
      if (signal.aborted) abort();
      else this.#begin();
      const ended = await this.#end.promise;
      this.#finish();
      const record = this.#recorder.finish();
      const windowUs = record.durationMs * US_PER_MS;
      return {
        engine: 'open',
        engineVersion: UNDICI_VERSION,
        ended,
        startedAtMs,
        ...record,
        offered: {
          expected: this.#schedule.expectedUntil(windowUs),
          due: this.#issued + this.#missedUntil(windowUs),
          issued: this.#issued,
        },
        reconnects: this.#connections.reconnects,
        // Of the window only: a generator that waits for the drain is idle.
        generator: this.#generator ?? this.#meter.stop(),
      };
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    this.#finish();
    await Promise.all([this.#connections.finish(), this.#alarm?.close()]);
  }

  #begin(): void {
    this.#nextArrivalUs = this.#schedule.next();
    this.#dispatchDue();
    this.#scheduleTick();
  }

  /** Everything that is due, however late: a generator that comes late must not send less. */
  #dispatchDue(): void {
    if (this.#finished || this.#recorder.windowIsOver) return;
    const nowUs = this.#deps.timeline.nowUs();
    let atUs = this.#nextArrivalAtUs();
    for (; atUs !== null && atUs <= nowUs; atUs = this.#nextArrivalAtUs()) {
      this.#issued += 1;
      this.#arrive(this.#nextArrivalUs ?? 0);
      this.#nextArrivalUs = this.#schedule.next();
    }
    if (atUs !== null) this.#alarm?.set(atUs);
  }

  /** By the timeline, as the alarm takes it; rounding must not make a moment due and not due. */
  #nextArrivalAtUs(): number | null {
    return this.#nextArrivalUs === null ? null : this.#originUs + this.#nextArrivalUs;
  }

  #arrive(dueUs: number): void {
    const place = this.#connections.take();
    if (place.kind === 'full' && this.#model.atCap === 'drop') {
      this.#recorder.dropped(dueUs);
      return;
    }
    const flight = this.#recorder.begin(dueUs);
    const user = { flight, dueUs, connection: null, attempting: false, timer: null };
    this.#armDeadline(user);
    this.#place(user, place);
  }

  #place(user: User, place: Place<User>): void {
    switch (place.kind) {
      case 'connection':
        this.#carry(user, place.connection);
        break;
      case 'full':
        this.#waiting.add(user);
        break;
      case 'refused':
        this.#refuse(user, place.code);
        break;
    }
  }

  #carry(user: User, connection: OpenConnection<User>): void {
    user.connection = connection;
    connection.carry(user);
  }

  #carryWaiting(connection: OpenConnection<User>): boolean {
    for (const user of this.#waiting) {
      this.#waiting.delete(user);
      this.#carry(user, connection);
      return true;
    }
    return false;
  }

  #refuseWaiting(code: string): void {
    for (const user of this.#waiting) {
      this.#waiting.delete(user);
      this.#refuse(user, code);
    }
  }

  #countAttempt(user: User): void {
    if (user.attempting) return;
    user.attempting = true;
    this.#recorder.sent(user.flight);
  }

  #onAnswer(user: User, answer: Answer): void {
    this.#settle(user, { kind: 'answered', answer }, answer.errorClass);
  }

  /** An attempt that failed before it was written is an attempt all the same. */
  #refuse(user: User, code: string): void {
    this.#settle(user, { kind: 'not_connected', code }, 'not_connected');
  }

  /** The user's attempt is over, and with it the request, or there is another attempt after a pause. */
  #settle(user: User, ending: Ending, failure: AttemptFailure | null): void {
    const { flight } = user;
    this.#countAttempt(user);
    this.#release(user);
    const { attempts } = flight;
    const pauseMs =
      failure === null
        ? null
        : retryPauseMs(this.#request.retry, { attempts, failure }, this.#random);
    if (pauseMs === null) {
      this.#recorder.end(flight, ending);
      this.#endWhenDrained();
      return;
    }
    this.#recorder.attemptFailed(flight, ending);
    this.#pausing.add(user);
    user.dueUs = this.#recorder.elapsedUs + pauseMs * US_PER_MS;
    user.timer = this.#deps.timeline.at(this.#originUs + user.dueUs, () => this.#retry(user));
  }

  #retry(user: User): void {
    this.#pausing.delete(user);
    this.#armDeadline(user);
    this.#place(user, this.#connections.take());
  }

  #release(user: User): void {
    user.timer?.cancel();
    user.timer = null;
    user.connection = null;
    user.attempting = false;
  }

  #armDeadline(user: User): void {
    const { requestTimeoutMs } = this.#request;
    if (requestTimeoutMs === null) return;
    const deadlineUs = this.#originUs + user.dueUs + requestTimeoutMs * US_PER_MS;
    user.timer = this.#deps.timeline.at(deadlineUs, () => this.#onDeadline(user));
  }

  #onDeadline(user: User): void {
    const { connection } = user;
    if (connection !== null) {
      connection.abandon();
      this.#settle(user, { kind: 'timed_out' }, 'timed_out');
      return;
    }
    // It gave up in the queue: there was no attempt to repeat.
    this.#waiting.delete(user);
    this.#recorder.end(user.flight, { kind: 'timed_out' });
    this.#endWhenDrained();
  }

  #scheduleTick(): void {
    this.#ticks += 1;
    const us = this.#originUs + this.#ticks * TICK_MS * US_PER_MS;
    this.#ticker = this.#deps.timeline.at(us, () => this.#tick());
  }

  #tick(): void {
    if (this.#finished) return;
    const recorder = this.#recorder;
    if (this.#ticks % BALANCE_EVERY_TICKS === 0) recorder.checkBalance(this.#inFlightSeen());
    if (this.#ticks % PROGRESS_EVERY_TICKS === 0) this.#hooks.onProgress(recorder.progress());
    const { durationMs, drainMs, targetDownMs } = this.#request;
    if (recorder.windowIsOver) {
      this.#generator ??= this.#meter?.stop();
      this.#endWhenDrained();
      if (recorder.elapsedUs >= (durationMs + drainMs) * US_PER_MS) this.#end.resolve('completed');
    } else if (targetIsDown(recorder, targetDownMs)) {
      this.#end.resolve('target_down');
    }
    this.#scheduleTick();
  }

  #inFlightSeen(): number {
    return this.#connections.users.length + this.#waiting.size + this.#pausing.size;
  }

  #endWhenDrained(): void {
    const { windowIsOver, inFlight } = this.#recorder;
    if (windowIsOver && inFlight === 0) this.#end.resolve('completed');
  }

  /** Ends the load at once; who has no answer by now stays in the account as unanswered. */
  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#ticker?.cancel();
    for (const user of [...this.#connections.users, ...this.#waiting, ...this.#pausing]) {
      if (user.connection !== null) this.#countAttempt(user);
      user.timer?.cancel();
      this.#recorder.end(user.flight, { kind: 'unanswered' });
    }
  }

  /** Arrivals of the window that the generator came too late for. */
  #missedUntil(windowUs: number): number {
    let missed = 0;
    while (this.#nextArrivalUs !== null && this.#nextArrivalUs < windowUs) {
      missed += 1;
      this.#nextArrivalUs = this.#schedule.next();
    }
    return missed;
  }
}
