import { seededRandom } from '../../seeded-random.ts';
import type { Answer } from '../account/answer.ts';
import type { Flight } from '../account/flight.ts';
import type { Ending } from '../account/ledger.ts';
import type { RunRecorder } from '../account/run-recorder.ts';
import type { AskedRequest } from '../client/asked-request.ts';
import type { RequestSource } from '../client/request-source.ts';
import { type AttemptFailure, retryPauseMs } from '../client/retry.ts';
import { derivedSeed } from '../derived-seed.ts';
import type { LoadRequest, OpenModel } from '../load-engine.ts';
import { US_PER_MS } from '../monotonic-clock.ts';
import type { OpenWire } from './connection-wire.ts';
import type { OpenConnection } from './open-connection.ts';
import { OpenConnections, type Place } from './open-connections.ts';
import type { ScheduledCall, Timeline } from './timeline.ts';

/** Stream of the retries' jitter: not the arrivals', which must be the same with and without retries. */
const JITTER_STREAM = 0x10000;

export interface OpenUsersOptions {
  readonly request: LoadRequest;
  readonly model: OpenModel;
  readonly thread: number;
  readonly source: RequestSource;
  readonly recorder: RunRecorder;
  readonly timeline: Timeline;
  readonly openWire: OpenWire;
  /** A user's request is over. */
  readonly onEnd: () => void;
}

interface User {
  readonly flight: Flight;
  readonly asked: AskedRequest;
  /** From here the deadline of the present attempt counts. */
  dueUs: number;
  connection: OpenConnection<User> | null;
  /** The present attempt is in the account. */
  attempting: boolean;
  /** Its deadline, or the end of its pause. */
  timer: ScheduledCall | null;
}

/**
 * The users of one run between their arrival and their end: they wait for a connection, are carried by
 * one, give up, or pause before they try again.
 */
export class OpenUsers {
  readonly #options: OpenUsersOptions;
  readonly #connections: OpenConnections<User>;
  readonly #random: () => number;
  #origin: string;
  /** Those who wait for a connection, in the order of their coming. */
  readonly #waiting = new Set<User>();
  /** Those between two attempts. */
  readonly #pausing = new Set<User>();
  #originUs = 0;

  constructor(options: OpenUsersOptions) {
    const { request, model, thread, timeline, openWire } = options;
    this.#options = options;
    this.#origin = request.origin;
    this.#random = seededRandom(derivedSeed(request.seed, JITTER_STREAM + thread));
    this.#connections = new OpenConnections<User>({
      count: model.maxInFlight,
      timeline,
      openWire: (events) => openWire(this.#origin, events),
      travel: {
        requestOf: ({ asked }) => asked,
        onSent: (user) => this.#countAttempt(user),
        onAnswer: (user, answer) => this.#onAnswer(user, answer),
        onUnsent: (user) => this.#onUnsent(user),
        onLost: (user) => this.#settle(user, { kind: 'lost' }, 'lost'),
        onNotConnected: (user, code) => this.#refuse(user, code),
        carryWaiting: (connection) => this.#carryWaiting(connection),
        refuseWaiting: (code) => this.#refuseWaiting(code),
      },
    });
  }

  get reconnects(): number {
    return this.#connections.reconnects;
  }

  /** Users that are in flight, as far as can be seen on the connections and beside them. */
  get inFlightSeen(): number {
    return this.#connections.users.length + this.#waiting.size + this.#pausing.size;
  }

  /** Opens all connections; see `OpenConnections.open`. */
  async openConnections(): Promise<void> {
    await this.#connections.open();
  }

  /** @param originUs start of the run by the timeline; all other moments here count from it */
  start(originUs: number): void {
    this.#originUs = originUs;
  }

  /** A user is due. With all connections busy, the model says what becomes of it. */
  arrive(dueUs: number): void {
    const { model, recorder, source } = this.#options;
    // Drawn for everybody who comes: what the others ask for does not depend on who is dropped.
    const asked = source.next();
    const place = this.#connections.take();
    if (place.kind === 'full' && model.atCap === 'drop') {
      recorder.dropped(dueUs);
      return;
    }
    const flight = recorder.begin(dueUs, asked.content.template);
    const user = { flight, asked, dueUs, connection: null, attempting: false, timer: null };
    this.#armDeadline(user);
    this.#place(user, place);
  }

  /** Everybody who has no answer by now stays in the account as unanswered. */
  finish(): void {
    for (const user of [...this.#connections.users, ...this.#waiting, ...this.#pausing]) {
      if (user.connection !== null) this.#countAttempt(user);
      user.timer?.cancel();
      this.#options.recorder.end(user.flight, { kind: 'unanswered' });
    }
  }

  /** See `RunControl`. */
  moveTo(origin: string): void {
    this.#origin = origin;
    this.#connections.move();
  }

  get isLeaving(): boolean {
    return this.#connections.isLeaving;
  }

  /** Resolves when all sockets are closed. */
  async closeConnections(): Promise<void> {
    await this.#connections.finish();
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

  #onUnsent(user: User): void {
    user.connection = null;
    this.#place(user, this.#connections.take());
  }

  #countAttempt(user: User): void {
    if (user.attempting) return;
    user.attempting = true;
    this.#options.recorder.sent(user.flight);
  }

  #onAnswer(user: User, answer: Answer): void {
    this.#settle(user, { kind: 'answered', answer }, answer.errorClass);
  }

  #refuse(user: User, code: string): void {
    this.#settle(user, { kind: 'not_connected', code }, 'not_connected');
  }

  /** The attempt is over, and with it the request, or there is another attempt after a pause. */
  #settle(user: User, ending: Ending, failure: AttemptFailure | null): void {
    const { request, recorder, timeline, onEnd } = this.#options;
    const { flight } = user;
    // One that failed before it was written is an attempt all the same.
    this.#countAttempt(user);
    user.timer?.cancel();
    user.connection = null;
    user.attempting = false;
    const { attempts } = flight;
    const pauseMs =
      failure === null ? null : retryPauseMs(request.retry, { attempts, failure }, this.#random);
    if (pauseMs === null) {
      recorder.end(flight, ending);
      onEnd();
      return;
    }
    recorder.attemptFailed(flight, ending);
    this.#pausing.add(user);
    user.dueUs = recorder.elapsedUs + pauseMs * US_PER_MS;
    user.timer = timeline.at(this.#originUs + user.dueUs, () => this.#retry(user));
  }

  #retry(user: User): void {
    this.#pausing.delete(user);
    this.#armDeadline(user);
    this.#place(user, this.#connections.take());
  }

  #armDeadline(user: User): void {
    const { request, timeline } = this.#options;
    if (request.requestTimeoutMs === null) return;
    const deadlineUs = this.#originUs + user.dueUs + request.requestTimeoutMs * US_PER_MS;
    user.timer = timeline.at(deadlineUs, () => this.#onDeadline(user));
  }

  #onDeadline(user: User): void {
    const { connection } = user;
    if (connection !== null) {
      connection.abandon();
      this.#settle(user, { kind: 'timed_out' }, 'timed_out');
      return;
    }
    // It gave up in the queue: there was no attempt that could be repeated.
    this.#waiting.delete(user);
    this.#options.recorder.end(user.flight, { kind: 'timed_out' });
    this.#options.onEnd();
  }
}
