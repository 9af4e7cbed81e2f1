import type { Answer } from '../account/answer.ts';
import type { Flight } from '../account/flight.ts';
import type { Ending } from '../account/ledger.ts';
import type { RunRecorder } from '../account/run-recorder.ts';
import type { AskedRequest } from '../client/asked-request.ts';
import { Backoff } from '../client/backoff.ts';
import { LazyDeadline } from '../client/lazy-deadline.ts';
import { type AttemptFailure, retryPauseMs } from '../client/retry.ts';
import type { RetryPolicy } from '../load-engine.ts';
import { US_PER_MS } from '../monotonic-clock.ts';
import type { CallerConnection, ConnectionOwner } from './caller-connection.ts';

/**
 * Node's timers ring in whole milliseconds, at times one later. That is the grain of a think time and
 * not a lateness; a generator that is busy wakes its clients up later than this.
 */
const TIMER_GRAIN_MS = 2;

export interface ClosedClientHost {
  readonly recorder: RunRecorder;
  readonly thinkTimeMs: number;
  readonly requestTimeoutMs: number | null;
  readonly retry: RetryPolicy | null;
  /** 0 to 1. */
  readonly random: () => number;
  /** 0 to 1, different for each client: keeps their back-offs out of step. */
  readonly spread: number;
  /** What is asked next, by whichever client. */
  nextRequest(): AskedRequest;
  /** `false` before the start and once nothing new may begin. */
  mayBegin(): boolean;
  /** The first connect succeeded or failed. */
  onFirstConnect(): void;
  /** The client has nothing in flight and may not begin anything. */
  onRest(): void;
}

/**
 * One caller of the closed loop: it sends, waits for the answer, thinks, and sends again.
 *
 * A request starts when it is due. Where its connection has to be opened first, that time is part
 * of its latency, as it is for any caller; only the first connect happens before the start.
 */
export class ClosedClient implements ConnectionOwner {
  readonly #host: ClosedClientHost;
  readonly #connection: CallerConnection;
  readonly #backoff: Backoff;
  readonly #deadline: LazyDeadline;
  #flight: Flight | null = null;
  /** What the flight asks for. */
  #asked: AskedRequest | null = null;
  /** The flight's attempt failed, and another one follows after this pause. */
  #retryPauseMs: number | null = null;
  #pause: NodeJS.Timeout | undefined;

  constructor(connect: (owner: ConnectionOwner) => CallerConnection, host: ClosedClientHost) {
    this.#host = host;
    this.#backoff = new Backoff(host.spread);
    this.#deadline = new LazyDeadline({
      now: () => host.recorder.elapsedUs,
      onOver: () => this.#onDeadline(),
    });
    this.#connection = connect(this);
  }

  get reconnects(): number {
    return this.#connection.reconnects;
  }

  /** See `CallerConnection`. */
  get isLeaving(): boolean {
    return this.#connection.isLeaving;
  }

  moveTo(origin: string): void {
    this.#connection.moveTo(origin);
  }

  get inFlight(): boolean {
    return this.#flight !== null;
  }

  /**
   * Starts the loop. Callers that think do not all ask in the same instant: their first requests are
   * spread over one think time, as they would be after any other.
   */
  start(): void {
    const { spread, thinkTimeMs } = this.#host;
    this.#beginAfter(spread * thinkTimeMs);
  }

  /** Ends the loop at once; what is in flight stays in the account as unanswered. */
  finish(): void {
    clearTimeout(this.#pause);
    this.#deadline.stop();
    if (this.#flight !== null) this.#host.recorder.end(this.#flight, { kind: 'unanswered' });
    this.#flight = null;
    this.#connection.destroy();
  }

  onFirstConnect(): void {
    this.#host.onFirstConnect();
  }

  onAnswer(answer: Answer): void {
    this.#backoff.succeeded();
    this.#settle({ kind: 'answered', answer }, answer.errorClass);
  }

  onFree(): void {
    const flight = this.#flight;
    if (flight !== null && this.#retryPauseMs !== null) {
      const pauseMs = Math.max(this.#retryPauseMs, this.#backoff.pauseMs);
      this.#retryPauseMs = null;
      this.#pause = setTimeout(() => this.#attempt(flight), pauseMs);
    } else if (this.#host.mayBegin()) {
      this.#beginAfter(Math.max(this.#host.thinkTimeMs, this.#backoff.pauseMs));
    } else {
      this.#host.onRest();
    }
  }

  onBroken({ sent, code, useless }: Parameters<ConnectionOwner['onBroken']>[0]): void {
    if (sent) this.#settle({ kind: 'lost' }, 'lost');
    else this.#settle({ kind: 'not_connected', code }, 'not_connected');
    if (useless) this.#backoff.failed();
    this.onFree();
  }

  #onDeadline(): void {
    this.#settle({ kind: 'timed_out' }, 'timed_out');
    this.#connection.drop();
    this.onFree();
  }

  /** A client that is woken up late was due all the same: its latency counts from then. */
  #beginAfter(pauseMs: number): void {
    if (pauseMs === 0) {
      this.#begin(undefined);
      return;
    }
    const dueUs = this.#host.recorder.elapsedUs + (pauseMs + TIMER_GRAIN_MS) * US_PER_MS;
    this.#pause = setTimeout(() => this.#begin(dueUs), pauseMs);
  }

  /** One request after the other, until the host says that nothing new may begin. */
  #begin(dueUs: number | undefined): void {
    if (!this.#host.mayBegin()) {
      this.#host.onRest();
      return;
    }
    const asked = this.#host.nextRequest();
    const flight = this.#host.recorder.begin(dueUs, asked.content.template);
    this.#asked = asked;
    this.#flight = flight;
    this.#attempt(flight);
  }

  #attempt(flight: Flight): void {
    const { recorder, requestTimeoutMs } = this.#host;
    recorder.sent(flight);
    if (requestTimeoutMs !== null) {
      const fromUs = flight.attempts > 1 ? flight.sentUs : null;
      this.#deadline.set((fromUs ?? flight.intendedUs) + requestTimeoutMs * US_PER_MS);
    }
    if (this.#asked !== null) this.#connection.request(this.#asked);
  }

  /** Ends the flight, or notes that another attempt follows. */
  #settle(ending: Ending, failure: AttemptFailure | null): void {
    const flight = this.#flight;
    if (flight === null) throw new Error('an end without a request');
    const { recorder, retry, random } = this.#host;
    const { attempts } = flight;
    this.#deadline.lift();
    this.#retryPauseMs =
      failure === null ? null : retryPauseMs(retry, { attempts, failure }, random);
    if (this.#retryPauseMs === null) {
      this.#flight = null;
      recorder.end(flight, ending);
    } else {
      recorder.attemptFailed(flight, ending);
    }
  }
}
