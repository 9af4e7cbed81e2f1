import type { Answer } from '../account/answer.ts';
import type { AskedRequest } from '../client/asked-request.ts';
import { Backoff } from '../client/backoff.ts';
import { US_PER_MS } from '../monotonic-clock.ts';
import type { Wire, WireEvents } from './connection-wire.ts';
import type { ScheduledCall, Timeline } from './timeline.ts';

/** Whoever waits for an answer. */
export interface ConnectionHost<User> {
  readonly timeline: Timeline;
  readonly openWire: (events: WireEvents) => Wire;
  requestOf(user: User): AskedRequest;
  /** It can carry a user now. */
  onIdle(connection: OpenConnection<User>): void;
  /** It was idle and is not open any more. */
  onBroken(connection: OpenConnection<User>): void;
  /** Its first answer told which worker is behind it. */
  onWorkerLearned(worker: string): void;
  /** An attempt to open it is under way, or over. */
  onPhase(connection: OpenConnection<User>): void;
  onSent(user: User): void;
  onAnswer(user: User, answer: Answer): void;
  /** It broke before anything of the request was written. */
  onUnsent(user: User): void;
  /** It broke, and the answer is lost. */
  onLost(user: User): void;
  onNotConnected(user: User, code: string): void;
}

/** `resting`: closed in favour of another origin, and not opened yet. */
type Phase = 'new' | 'connecting' | 'open' | 'pausing' | 'resting' | 'finished';

/**
 * One connection of the generator through all its sockets. It is opened again as soon as it is gone, with
 * back-off where that fails, so that the request which comes next does not pay for the one that was hit.
 */
export class OpenConnection<User> {
  readonly #host: ConnectionHost<User>;
  readonly #backoff: Backoff;
  #phase: Phase = 'new';
  #wire: Wire | null = null;
  #user: User | null = null;
  #sent = false;
  #worker: string | null = null;
  #answersOnSocket = 0;
  #leaving = false;
  /** Attempts to open it, but for those that follow a move. */
  #connects = 0;
  /** The last socket was given up for another origin. */
  #moved = false;
  #failureCode: string | null = null;
  #pause: ScheduledCall | undefined;

  /** @param spread 0 to 1, different for each connection: keeps their back-offs out of step */
  constructor(host: ConnectionHost<User>, spread: number) {
    this.#host = host;
    this.#backoff = new Backoff(spread);
  }

  get phase(): Phase {
    return this.#phase;
  }

  get user(): User | null {
    return this.#user;
  }

  /** Id of the worker behind it; `null` until its first answer. */
  get worker(): string | null {
    return this.#worker;
  }

  /** Attempts to open it after the first one, but for moves. */
  get reconnects(): number {
    return Math.max(0, this.#connects - 1);
  }

  /** It carries a request to an origin that was left. */
  get isLeaving(): boolean {
    return this.#leaving;
  }

  /** Why it was not open the last time; an errno code. */
  get failureCode(): string | null {
    return this.#failureCode;
  }

  open(): void {
    if (!this.#moved) this.#connects += 1;
    this.#moved = false;
    this.#leaving = false;
    this.#answersOnSocket = 0;
    this.#worker = null;
    this.#enter('connecting');
    this.#wire = this.#host.openWire({
      onOpen: () => this.#opened(),
      onSent: () => this.#onSent(),
      onAnswer: (answer) => this.#onAnswer(answer),
      onReusable: () => this.#onReusable(),
      onGone: (code) => this.#onGone(code),
    });
  }

  /** Sends the user's request now, or as soon as the connection is open. */
  carry(user: User): void {
    if (this.#user !== null) throw new Error('one request at a time');
    this.#user = user;
    this.#sent = false;
    if (this.#phase === 'open') this.#send(user);
  }

  /** Gives up what it carries. The answer may still come, so the socket cannot be used any more. */
  abandon(): void {
    this.#user = null;
    if (this.#phase === 'connecting') {
      // Still to be of use to another user.
      this.#host.onPhase(this);
      return;
    }
    void this.#wire?.destroy();
    this.open();
  }

  /**
   * The next socket goes elsewhere, by `openWire`. One that carries a request is closed when that has ended; one that
   * is idle is closed at once, and is to be opened when its turn comes.
   */
  move(): void {
    switch (this.#phase) {
      case 'open':
        if (this.#user === null) this.#rest();
        else this.#leaving = true;
        break;
      case 'connecting':
        this.#leave();
        this.open();
        break;
      case 'pausing':
        // What failed was the other origin.
        this.#pause?.cancel();
        this.#backoff.succeeded();
        this.open();
        break;
      case 'new':
      case 'resting':
      case 'finished':
        break;
    }
  }

  /** Ends it, whatever it carries; resolves when the socket is closed. */
  async finish(): Promise<void> {
    this.#enter('finished');
    this.#pause?.cancel();
    await this.#wire?.destroy();
  }

  #opened(): void {
    this.#enter('open');
    if (this.#user === null) this.#host.onIdle(this);
    else this.#send(this.#user);
  }

  #send(user: User): void {
    this.#wire?.send(this.#host.requestOf(user));
  }

  #onReusable(): void {
    if (!this.#leaving) {
      this.#host.onIdle(this);
      return;
    }
    this.#leave();
    this.open();
  }

  #rest(): void {
    this.#host.onBroken(this);
    this.#leave();
    this.#enter('resting');
  }

  #leave(): void {
    this.#moved = true;
    void this.#wire?.destroy();
  }

  #onSent(): void {
    this.#sent = true;
    if (this.#user !== null) this.#host.onSent(this.#user);
  }

  #onAnswer(answer: Answer): void {
    const user = this.#user;
    if (user === null) throw new Error('an answer without a request');
    this.#user = null;
    this.#answersOnSocket += 1;
    this.#backoff.succeeded();
    if (this.#worker === null) {
      this.#worker = answer.worker;
      this.#host.onWorkerLearned(answer.worker);
    }
    this.#host.onAnswer(user, answer);
  }

  #onGone(code: string): void {
    const wasOpen = this.#phase === 'open';
    const user = this.#user;
    const sent = this.#sent;
    this.#user = null;
    this.#failureCode = code;
    if (wasOpen && user === null) this.#host.onBroken(this);
    // One that was closed before its first answer is no better than one that was refused.
    if (!wasOpen || this.#answersOnSocket === 0) this.#backoff.failed();
    this.#reopen();
    if (user === null) return;
    if (!wasOpen) this.#host.onNotConnected(user, code);
    else if (sent) this.#host.onLost(user);
    else this.#host.onUnsent(user);
  }

  #reopen(): void {
    const { pauseMs } = this.#backoff;
    if (pauseMs === 0) {
      this.open();
      return;
    }
    this.#enter('pausing');
    const { timeline } = this.#host;
    this.#pause = timeline.at(timeline.nowUs() + pauseMs * US_PER_MS, () => this.open());
  }

  #enter(phase: Exclude<Phase, 'new'>): void {
    this.#phase = phase;
    this.#host.onPhase(this);
  }
}
