import { Client, type ClientConfig } from 'pg';
import { type CancelTarget, requestCancel } from './cancel-request.ts';
import { DatabaseSocket } from './database-socket.ts';
import type { PoolClock } from './pool-clock.ts';

/** Told of a client's life in this order; `closed` comes last and exactly once. */
export interface ClientObserver {
  connecting(client: PoolClient): void;
  connected(client: PoolClient): void;
  /** pg leaves the socket to the server, which may never close it: `abort()` closes it. */
  connectFailed(client: PoolClient, error: Error): void;
  /** The socket is closed, whoever closed it. */
  closed(client: PoolClient): void;
}

export interface PoolClientDeps {
  readonly clock: PoolClock;
  readonly observer: ClientObserver;
}

export type PoolClientClass = new (config: ClientConfig, deps: PoolClientDeps) => PoolClient;

/**
 * `ready`: between queries. `settling`: an error was reported, the session's answer that it is ready
 * again is still on its way. `busy`: a query is running or queued. `lost`: never to be used again.
 */
export type ClientCondition = 'ready' | 'settling' | 'busy' | 'lost';

/** How long a canceled query may take to end before its socket is destroyed under it. */
const CANCEL_GRACE_MS = 1_000;
/** A request that overtakes its query is ignored by PostgreSQL, so it is repeated. */
const CANCEL_INTERVAL_MS = 100;
/** How long the server may take to close its side; a half-open connection never does. */
const CLOSE_LIMIT_MS = 5_000;

/**
 * A client of pg that times its connect, tells when its socket is really closed, survives errors nobody
 * listens for, and closes so that the server's side is gone when the socket is.
 */
export class PoolClient extends Client {
  // Fields of pg's Client that its types keep to themselves; the contract test watches them.
  declare private readonly _queryable: boolean;
  declare private _ending: boolean;
  declare private readonly _activeQuery: unknown;
  declare private readonly _queryQueue: readonly unknown[];
  declare private readonly readyForQuery: boolean;
  declare private readonly processID: number | null;
  declare private readonly secretKey: number | null;

  readonly #clock: PoolClock;
  readonly #observer: ClientObserver;
  /** pg reads another stream above it once the connection is encrypted. */
  readonly #socket: DatabaseSocket | null;
  readonly #tls: CancelTarget['tls'];
  #connectStartedMs = 0;
  #connectedMs = 0;
  #connectLoopMs = 0;
  #protocolBroken = false;
  #closing = false;
  #terminated = false;
  #socketClosed = false;
  #stopTimer: (() => void) | undefined;

  constructor(config: ClientConfig, deps: PoolClientDeps) {
    super(config);
    this.#clock = deps.clock;
    this.#observer = deps.observer;
    this.#tls = typeof config.ssl === 'object' ? config.ssl : null;
    const { stream } = this.connection;
    const socket = stream instanceof DatabaseSocket ? stream : null;
    this.#socket = socket;
    this.connection.once('sslconnect', () => socket?.follow(this.connection.stream));
    // Without it an error between two queries of a holder would be unhandled and end the process; the
    // holder learns of it by its next query.
    this.on('error', () => undefined);
    this.connection.on('errorMessage', (message: object) => {
      // PostgreSQL's errors have a severity; what has none was made up by the parser from garbage.
      if (!('severity' in message) || message.severity === undefined) this.#protocolBroken = true;
    });
    this.once('end', () => {
      this.#stopTimer?.();
      this.#socketClosed = true;
      this.#observer.closed(this);
    });
  }

  /** When the connection was ready for its first query, on the pool's clock. */
  get connectedMs(): number {
    return this.#connectedMs;
  }

  /** TCP, authentication and start of the session, in ms. */
  get connectMs(): number {
    return this.#connectedMs - this.#connectStartedMs;
  }

  /** How late the event loop was with what has come over this connection so far, in ms. */
  get loopMs(): number {
    return this.#socket?.loopMs ?? 0;
  }

  /** The same of the connect alone. */
  get connectLoopMs(): number {
    return this.#connectLoopMs;
  }

  get socketClosed(): boolean {
    return this.#socketClosed;
  }

  get condition(): ClientCondition {
    if (!this._queryable || this._ending || this.#protocolBroken) return 'lost';
    // `null` before and `undefined` after the first look into an empty queue.
    const isIdle = this._activeQuery === null || this._activeQuery === undefined;
    if (!isIdle || this._queryQueue.length > 0) return 'busy';
    return this.readyForQuery ? 'ready' : 'settling';
  }

  override connect(): Promise<Client>;
  override connect(callback: (error: Error | null) => void): void;
  override connect(callback?: (error: Error | null) => void): Promise<Client> | undefined {
    if (callback === undefined) {
      return new Promise((resolve, reject) => {
        this.connect((error) => (error === null ? resolve(this) : reject(error)));
      });
    }
    this.#connectStartedMs = this.#clock.nowMs();
    this.#observer.connecting(this);
    super.connect((error: Error | null) => {
      this.#connectedMs = this.#clock.nowMs();
      this.#connectLoopMs = this.loopMs;
      if (error) {
        this.#observer.connectFailed(this, error);
        callback(error);
      } else {
        this.#observer.connected(this);
        callback(null);
      }
    });
    return undefined;
  }

  /**
   * Says goodbye and waits for the server to close, so that its slot is free when `closed` is told. A
   * running query is canceled first: a backend notices a vanished client only when the query ends.
   */
  close(): void {
    if (this.#closing || this.#socketClosed) return;
    this.#closing = true;
    if (this.condition !== 'busy' || this.processID === null || this.secretKey === null) {
      this.#terminate();
      return;
    }
    this._ending = true;
    this.once('drain', () => this.#terminate());
    const { host, port, processID: processId, secretKey } = this;
    this.#cancel({ host, port, tls: this.#tls, processId, secretKey }, 0);
  }

  /** Breaks the connection at once, whatever it is doing. */
  abort(): void {
    this.connection.stream.destroy();
  }

  #cancel(target: CancelTarget, askedForMs: number): void {
    if (askedForMs >= CANCEL_GRACE_MS) {
      this.#terminate();
      return;
    }
    requestCancel(target);
    this.#stopTimer = this.#clock.after(CANCEL_INTERVAL_MS, () => {
      this.#cancel(target, askedForMs + CANCEL_INTERVAL_MS);
    });
  }

  #terminate(): void {
    if (this.#terminated) return;
    this.#terminated = true;
    this.#stopTimer?.();
    this.#stopTimer = this.#clock.after(CLOSE_LIMIT_MS, () => this.abort());
    this.end(() => undefined);
  }
}
