import type { ClientConfig } from 'pg';
import { classifyConnectError } from './classify-error.ts';
import { ConnectionCount } from './connection-count.ts';
import { HeldConnection } from './held-connection.ts';
import type { Checkout, Pool, PoolRecorder, PoolSnapshot } from './pool.ts';
import { PoolAccount } from './pool-account.ts';
import type { PoolClient, PoolClientClass } from './pool-client.ts';
import type { PoolClock } from './pool-clock.ts';
import { ABORT_AFTER_GRACE_MS, connectTimedOut, poolClosing } from './pool-timeout.ts';

export interface NullPoolOptions {
  /** One deadline over TCP and authentication, in ms. 0 waits for ever. */
  readonly poolTimeoutMs: number;
  readonly client: ClientConfig;
  readonly Client: PoolClientClass;
  readonly recorder: PoolRecorder;
  readonly clock: PoolClock;
}

/** SQLAlchemy's NullPool: a connection per checkout, closed on return, as many as are asked for. */
export class NullPool implements Pool {
  readonly kind = 'null';
  readonly #options: NullPoolOptions;
  readonly #account: PoolAccount;
  readonly #count: ConnectionCount;
  readonly #connecting = new Map<PoolClient, (error: Error) => void>();
  readonly #held = new Set<PoolClient>();
  readonly #closing = new Set<PoolClient>();
  readonly #emptied = Promise.withResolvers<void>();
  #ending = false;

  constructor(options: NullPoolOptions) {
    this.#options = options;
    this.#account = new PoolAccount(options.clock, options.recorder);
    this.#count = new ConnectionCount(options.recorder);
  }

  checkout(): Promise<Checkout> {
    this.#account.started();
    if (this.#ending) {
      this.#account.timeout(0);
      return Promise.reject(poolClosing());
    }
    const { client: config, Client, clock, poolTimeoutMs } = this.#options;
    const client = new Client(config, { clock, observer: this.#observer });
    const { promise, resolve, reject } = Promise.withResolvers<Checkout>();
    let stopTimer: (() => void) | undefined;
    const refuse = (error: Error): void => {
      if (!this.#connecting.delete(client)) return;
      stopTimer?.();
      this.#closing.add(client);
      client.abort();
      const classified = classifyConnectError(error);
      if (classified.errorClass === 'pool_timeout') this.#account.timeout(0);
      else this.#account.failed(0);
      reject(classified);
    };
    this.#connecting.set(client, refuse);
    client.connect((error) => {
      if (error !== null) {
        refuse(error);
      } else if (this.#connecting.delete(client)) {
        stopTimer?.();
        this.#held.add(client);
        this.#account.ok(0);
        resolve(this.#hold(client));
      }
    });
    if (poolTimeoutMs > 0) {
      stopTimer = clock.after(poolTimeoutMs, () => refuse(connectTimedOut(poolTimeoutMs)));
    }
    return promise;
  }

  snapshot(): PoolSnapshot {
    return this.#account.snapshot({
      held: this.#held.size,
      idle: 0,
      connecting: this.#connecting.size,
      closing: this.#closing.size,
      // Without a size there is nothing to be over.
      overflow: 0,
      ...this.#count.totals,
    });
  }

  end(graceMs: number): Promise<void> {
    if (!this.#ending) this.#shutDown(graceMs);
    return this.#emptied.promise;
  }

  #hold(client: PoolClient): Checkout {
    const { clock } = this.#options;
    const heldSinceMs = clock.nowMs();
    return new HeldConnection({
      client,
      waitMs: 0,
      connectMs: client.connectMs,
      onRelease: () => {
        this.#account.holdEnded(clock.nowMs() - heldSinceMs);
        this.#close(client);
      },
    });
  }

  #close(client: PoolClient): void {
    if (!this.#held.delete(client)) return;
    if (!client.socketClosed) this.#closing.add(client);
    this.#count.closing(client, this.#ending ? 'shutdown' : 'overflow');
    client.close();
    this.#tellWhenEmpty();
  }

  get #observer() {
    const count = this.#count;
    return {
      connecting: () => count.connecting(),
      connected: (client: PoolClient) => count.connected(client),
      connectFailed: (client: PoolClient, error: Error) => count.connectFailed(client, error),
      closed: (client: PoolClient) => {
        count.closed(client);
        this.#closing.delete(client);
        this.#tellWhenEmpty();
      },
    };
  }

  #tellWhenEmpty(): void {
    const live = this.#connecting.size + this.#held.size + this.#closing.size;
    if (this.#ending && live === 0) this.#emptied.resolve();
  }

  #shutDown(graceMs: number): void {
    const { clock } = this.#options;
    this.#ending = true;
    this.#count.shuttingDown();
    for (const refuse of [...this.#connecting.values()]) refuse(poolClosing());
    const stopGrace = clock.after(graceMs, () => {
      for (const client of [...this.#held]) this.#close(client);
    });
    const stopAbort = clock.after(graceMs + ABORT_AFTER_GRACE_MS, () => {
      for (const client of this.#closing) client.abort();
    });
    this.#emptied.promise.then(() => {
      stopGrace();
      stopAbort();
    });
    this.#tellWhenEmpty();
  }
}
