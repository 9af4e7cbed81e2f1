import type { ClientConfig } from 'pg';
import type { PoolConfig } from '../contract.ts';
import { classify, classifyConnectError } from './classify-error.ts';
import { ConnectionCount } from './connection-count.ts';
import type { DatabaseError } from './database-error.ts';
import { HeldConnection } from './held-connection.ts';
import { PlainClientPool } from './pg-pool-adapter.ts';
import type { Checkout, Pool, PoolRecorder, PoolSnapshot } from './pool.ts';
import { PoolAccount } from './pool-account.ts';
import type { ClientObserver, PoolClient, PoolClientClass } from './pool-client.ts';
import type { PoolClock } from './pool-clock.ts';
import { connectionsMax } from './pool-limit.ts';
import { ABORT_AFTER_GRACE_MS, poolClosing } from './pool-timeout.ts';

export interface PlainPoolOptions {
  readonly config: PoolConfig;
  readonly client: ClientConfig;
  readonly Client: PoolClientClass;
  readonly recorder: PoolRecorder;
  readonly clock: PoolClock;
}

interface Request {
  readonly startedMs: number;
  readonly refuse: (error: DatabaseError) => void;
}

/**
 * pg-pool as it comes, with `max` = poolSize + maxOverflow: for comparison. It keeps up to `max`
 * connections for ten idle seconds, may hold more sockets than `max` while some are closing, keeps
 * connections released inside a transaction, and knows nothing of the further options of `queue`.
 */
export class PlainPool implements Pool {
  readonly kind = 'plain';
  readonly #config: PoolConfig;
  readonly #clock: PoolClock;
  readonly #account: PoolAccount;
  readonly #count: ConnectionCount;
  readonly #pool: PlainClientPool;
  readonly #requests = new Set<Request>();
  readonly #connecting = new Set<PoolClient>();
  readonly #live = new Set<PoolClient>();
  /** Opened, and not yet handed out for the first time. */
  readonly #fresh = new WeakSet<PoolClient>();
  readonly #held = new Map<PoolClient, (destroy?: boolean) => void>();
  readonly #emptied = Promise.withResolvers<void>();
  #ending = false;

  constructor(options: PlainPoolOptions) {
    this.#config = options.config;
    this.#clock = options.clock;
    this.#account = new PoolAccount(options.clock, options.recorder);
    this.#count = new ConnectionCount(options.recorder);
    this.#pool = new PlainClientPool({
      connectionsMax: connectionsMax(options.config),
      connectionTimeoutMs: options.config.poolTimeoutMs,
      client: options.client,
      Client: options.Client,
      deps: { clock: options.clock, observer: this.#observer() },
    });
    this.#pool.on('error', (_error, client) => this.#count.closing(client, 'error'));
    this.#pool.on('acquire', () => this.#account.queued(this.#pool.waitingCount));
  }

  checkout(): Promise<Checkout> {
    const { promise, resolve, reject } = Promise.withResolvers<Checkout>();
    const startedMs = this.#clock.nowMs();
    const request: Request = {
      startedMs,
      refuse: (error) => {
        if (!this.#requests.delete(request)) return;
        const waitMs = this.#clock.nowMs() - startedMs;
        if (error.errorClass === 'pool_timeout') this.#account.timeout(waitMs);
        else this.#account.failed(waitMs);
        reject(error);
      },
    };
    this.#account.started();
    this.#requests.add(request);
    if (this.#ending) {
      request.refuse(poolClosing());
      return promise;
    }
    this.#pool.connect((error, client, release) => {
      if (client === undefined || release === undefined) {
        this.#account.queued(this.#pool.waitingCount);
        request.refuse(classifyConnectError(error));
      } else if (this.#requests.delete(request)) {
        resolve(this.#hold(client, release, startedMs));
      } else {
        release(true);
      }
    });
    // With an idle client at hand the queue is a detour of one tick.
    if (this.#pool.idleCount === 0) this.#account.queued(this.#pool.waitingCount);
    return promise;
  }

  snapshot(): PoolSnapshot {
    const { totalCount, idleCount } = this.#pool;
    const { poolSize } = this.#config;
    return this.#account.snapshot({
      held: totalCount - idleCount - this.#connecting.size,
      idle: idleCount,
      connecting: this.#connecting.size,
      closing: [...this.#live].filter((client) => !this.#pool.has(client)).length,
      overflow: poolSize === 0 ? 0 : totalCount - poolSize,
      ...this.#count.totals,
    });
  }

  end(graceMs: number): Promise<void> {
    if (!this.#ending) this.#shutDown(graceMs);
    return this.#emptied.promise;
  }

  #hold(client: PoolClient, release: (destroy?: boolean) => void, startedMs: number): Checkout {
    const heldSinceMs = this.#clock.nowMs();
    const connectMs = this.#fresh.delete(client) ? client.connectMs : 0;
    const waitMs = Math.max(0, heldSinceMs - startedMs - connectMs);
    this.#account.ok(waitMs);
    this.#held.set(client, release);
    return new HeldConnection({
      client,
      waitMs,
      connectMs,
      onRelease: (error) => {
        this.#account.holdEnded(this.#clock.nowMs() - heldSinceMs);
        if (!this.#held.delete(client)) return;
        const destroyed =
          error !== undefined && error !== null && !classify(error).connectionUsable;
        if (destroyed || client.condition === 'lost') this.#count.closing(client, 'error');
        release(destroyed);
      },
    });
  }

  #observer(): ClientObserver {
    return {
      connecting: (client) => {
        this.#connecting.add(client);
        this.#live.add(client);
        const { poolSize } = this.#config;
        if (poolSize > 0 && this.#pool.totalCount > poolSize) this.#count.beyondSize(client);
        this.#account.queued(this.#pool.waitingCount);
      },
      connected: (client) => {
        this.#connecting.delete(client);
        this.#fresh.add(client);
        this.#count.connected(client);
      },
      connectFailed: (client, error) => {
        this.#connecting.delete(client);
        this.#count.connectFailed(client, error);
      },
      closed: (client) => {
        this.#live.delete(client);
        // Neither broken nor in anybody's hands: it was idle for too long.
        if (!this.#ending && !this.#held.has(client)) this.#count.closing(client, 'lifetime');
        this.#count.closed(client);
        this.#tellWhenEmpty();
      },
    };
  }

  #tellWhenEmpty(): void {
    if (this.#ending && this.#live.size === 0) this.#emptied.resolve();
  }

  #shutDown(graceMs: number): void {
    this.#ending = true;
    this.#count.shuttingDown();
    for (const request of [...this.#requests]) request.refuse(poolClosing());
    for (const client of this.#connecting) client.abort();
    // Its answer is not waited for: it may come with sockets open, and never while somebody holds one.
    this.#pool.end(() => undefined);
    const stopGrace = this.#clock.after(graceMs, () => {
      for (const [client, release] of [...this.#held]) {
        this.#held.delete(client);
        release(true);
      }
    });
    const stopAbort = this.#clock.after(graceMs + ABORT_AFTER_GRACE_MS, () => {
      for (const client of this.#live) client.abort();
    });
    this.#emptied.promise.then(() => {
      stopGrace();
      stopAbort();
    });
    this.#tellWhenEmpty();
  }
}
