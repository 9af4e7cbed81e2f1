import type { PoolRecorder } from './pool.ts';
import type { ClientObserver, PoolClient } from './pool-client.ts';

/** How many connections were opened and closed since the start, and how long opening took. */
export class ConnectionCount implements ClientObserver {
  readonly #recorder: PoolRecorder;
  readonly #open = new WeakSet<PoolClient>();
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

  connected(client: PoolClient): void {
    this.#opened += 1;
    this.#open.add(client);
    this.#recorder.connected(client.connectMs / 1000, 'ok');
  }

  connectFailed(client: PoolClient): void {
    this.#openFailed += 1;
    this.#recorder.connected(client.connectMs / 1000, 'error');
  }

  closed(client: PoolClient): void {
    if (this.#open.delete(client)) this.#closed += 1;
  }
}
