import type { Answer } from '../account/answer.ts';
import type { AskedRequest } from '../client/asked-request.ts';
import { US_PER_MS } from '../monotonic-clock.ts';
import { ConnectionRotation } from './connection-rotation.ts';
import type { Wire, WireEvents } from './connection-wire.ts';
import { OpenConnection } from './open-connection.ts';
import type { Timeline } from './timeline.ts';

/** A server's backlog of connections is often 511; beyond it, a connect waits for a second. */
const OPENING_AT_ONCE_MAX = 128;
/** All first connects together; on loopback they need some ms, behind a full backlog a second each. */
const OPENING_DEADLINE_MS = 3_000;

/** What becomes of the users whose requests the connections carry. */
export interface Travel<User> {
  requestOf(user: User): AskedRequest;
  onSent(user: User): void;
  onAnswer(user: User, answer: Answer): void;
  /** Its connection broke before anything was written: it needs another one. */
  onUnsent(user: User): void;
  onLost(user: User): void;
  onNotConnected(user: User, code: string): void;
  /** A connection is free: who waits longest takes it. `false` where nobody waits. */
  carryWaiting(connection: OpenConnection<User>): boolean;
  /** Not one connection is open: who waits is refused, like who comes now. */
  refuseWaiting(code: string): void;
}

/** Where a user finds a place. */
export type Place<User> =
  | { readonly kind: 'connection'; readonly connection: OpenConnection<User> }
  /** All carry somebody else. */
  | { readonly kind: 'full' }
  /** What is left is refused by the target, and just now not tried again. */
  | { readonly kind: 'refused'; readonly code: string };

export interface OpenConnectionsOptions<User> {
  readonly count: number;
  readonly timeline: Timeline;
  readonly openWire: (events: WireEvents) => Wire;
  readonly travel: Travel<User>;
}

/** All connections of one generator thread, each with at most one request on the wire. */
export class OpenConnections<User> {
  readonly #options: OpenConnectionsOptions<User>;
  readonly #connections: readonly OpenConnection<User>[];
  readonly #idle = new ConnectionRotation<OpenConnection<User>>();
  /** Being opened, and promised to nobody yet. */
  readonly #opening = new Set<OpenConnection<User>>();
  readonly #pausing = new Set<OpenConnection<User>>();
  /** Closed for another origin, and not opened yet. */
  readonly #resting = new Set<OpenConnection<User>>();
  readonly #opened = Promise.withResolvers<void>();
  /** Their first attempt is not over. */
  readonly #unopened: Set<OpenConnection<User>>;
  #begun = 0;

  constructor(options: OpenConnectionsOptions<User>) {
    this.#options = options;
    const { count, timeline, openWire, travel } = options;
    const host = {
      timeline,
      openWire,
      requestOf: (user: User) => travel.requestOf(user),
      onIdle: (connection: OpenConnection<User>) => this.#onIdle(connection),
      onBroken: (connection: OpenConnection<User>) => this.#idle.remove(connection),
      onWorkerLearned: (worker: string) => this.#idle.learned(worker),
      onPhase: (connection: OpenConnection<User>) => this.#onPhase(connection),
      onSent: (user: User) => travel.onSent(user),
      onAnswer: (user: User, answer: Answer) => travel.onAnswer(user, answer),
      onUnsent: (user: User) => travel.onUnsent(user),
      onLost: (user: User) => travel.onLost(user),
      onNotConnected: (user: User, code: string) => travel.onNotConnected(user, code),
    };
    this.#connections = Array.from(
      { length: count },
      (_, index) => new OpenConnection<User>(host, index / count),
    );
    this.#unopened = new Set(this.#connections);
  }

  /** Opens all of them; resolves when each was opened or failed, or the deadline is over. */
  async open(): Promise<void> {
    const { timeline } = this.#options;
    const deadlineUs = timeline.nowUs() + OPENING_DEADLINE_MS * US_PER_MS;
    const late = timeline.at(deadlineUs, () => this.#opened.resolve());
    for (let at = 0; at < OPENING_AT_ONCE_MAX; at += 1) this.#openNext();
    await this.#opened.promise;
    late.cancel();
  }

  get reconnects(): number {
    return this.#connections.reduce((sum, { reconnects }) => sum + reconnects, 0);
  }

  /** Users that a connection carries, or is to carry as soon as it is open. */
  get users(): readonly User[] {
    return this.#connections.flatMap(({ user }) => (user === null ? [] : [user]));
  }

  /** Whom to give the next user to; it must be given to it at once. */
  take(): Place<User> {
    const idle = this.#idle.take();
    if (idle !== undefined) return { kind: 'connection', connection: idle };
    for (const connection of this.#opening) {
      this.#opening.delete(connection);
      return { kind: 'connection', connection };
    }
    for (const connection of this.#resting) {
      connection.open();
      this.#opening.delete(connection);
      return { kind: 'connection', connection };
    }
    for (const { failureCode } of this.#pausing) {
      return { kind: 'refused', code: failureCode ?? 'UNKNOWN' };
    }
    return { kind: 'full' };
  }

  /** From now on `openWire` leads elsewhere. */
  move(): void {
    for (const connection of this.#connections) connection.move();
    for (let at = 0; at < OPENING_AT_ONCE_MAX; at += 1) this.#openResting();
  }

  /** Some request is still in flight to an origin that was left. */
  get isLeaving(): boolean {
    return this.#connections.some(({ isLeaving }) => isLeaving);
  }

  async finish(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.finish()));
  }

  #openNext(): void {
    const connection = this.#connections[this.#begun];
    if (connection === undefined) return;
    this.#begun += 1;
    connection.open();
  }

  #openResting(): void {
    for (const connection of this.#resting) {
      connection.open();
      return;
    }
  }

  #onIdle(connection: OpenConnection<User>): void {
    if (!this.#options.travel.carryWaiting(connection)) this.#idle.add(connection);
  }

  #onPhase(connection: OpenConnection<User>): void {
    const { phase, user } = connection;
    this.#opening.delete(connection);
    this.#pausing.delete(connection);
    this.#resting.delete(connection);
    if (phase === 'connecting' && user === null) this.#opening.add(connection);
    if (phase === 'pausing') this.#pausing.add(connection);
    if (phase === 'resting') this.#resting.add(connection);
    if (phase !== 'pausing' && phase !== 'open') return;
    this.#openResting();
    if (this.#unopened.delete(connection)) {
      this.#openNext();
      if (this.#unopened.size === 0) this.#opened.resolve();
    }
    if (this.#pausing.size < this.#connections.length) return;
    this.#options.travel.refuseWaiting(connection.failureCode ?? 'UNKNOWN');
  }
}
