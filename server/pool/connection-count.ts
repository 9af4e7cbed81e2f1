import type { CloseReason } from '../contract.ts';
import { classifyConnectError } from './classify-error.ts';
import type { PoolRecorder } from './pool.ts';
import type { ClientObserver, PoolClient } from './pool-client.ts';

/** How many connections were opened and closed since the start and why, and how long opening took. */
export class ConnectionCount implements ClientObserver {
  readonly #recorder: PoolRecorder;
  readonly #open = new WeakSet<PoolClient>();
  readonly #beyondSize = new WeakSet<PoolClient>();
  readonly #closeReasons = new WeakMap<PoolClient, CloseReason>();
  /** Of connections that nobody announced to close. */
  #unannounced: CloseReason = 'error';
  #opened = 0;
  #openFailed = 0;
  #closed = 0;

  constructor(recorder: PoolRecorder) {
    this.#recorder = recorder;
  }

  get totals(): { readonly opened: number; readonly openFailed: number; readonly closed: number } {
    return { opened: this.#opened, openFailed: this.#openFailed, closed: this.#closed };
  }

  connecting(): void {
    // Counted when it is known how it went.
  }

  /** Says that a client being opened is one more than the pool keeps. */
  beyondSize(client: PoolClient): void {
    this.#beyondSize.add(client);
  }

  /** Says why a client is about to be closed; the first reason holds. */
  closing(client: PoolClient, reason: CloseReason): void {
    if (!this.#closeReasons.has(client)) this.#closeReasons.set(client, reason);
  }

  /** From now on the pool itself closes what it has. */
  shuttingDown(): void {
    this.#unannounced = 'shutdown';
  }

  connected(client: PoolClient): void {
    this.#opened += 1;
    this.#open.add(client);
    if (this.#beyondSize.has(client)) this.#recorder.overflowOpened();
    this.#recorder.connected(client.connectMs / 1000, 'ok');
  }

  connectFailed(client: PoolClient, error: Error): void {
    this.#openFailed += 1;
    this.#recorder.connected(client.connectMs / 1000, 'error');
    this.#recorder.connectError(classifyConnectError(error));
  }

  closed(client: PoolClient): void {
    if (!this.#open.delete(client)) return;
    this.#closed += 1;
    this.#recorder.closed(this.#closeReasons.get(client) ?? this.#unannounced);
  }
}
