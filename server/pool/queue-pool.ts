import type { ClientConfig } from 'pg';
import type { CloseReason, PoolConfig } from '../contract.ts';
import { classify, classifyConnectError } from './classify-error.ts';
import { ConnectionCount } from './connection-count.ts';
import type { DatabaseError } from './database-error.ts';
import { HeldConnection } from './held-connection.ts';
import { ClientList, type Lease } from './pg-pool-adapter.ts';
import type { Checkout, Pool, PoolRecorder, PoolSnapshot } from './pool.ts';
import { PoolAccount } from './pool-account.ts';
import type { PoolClient, PoolClientClass } from './pool-client.ts';
import type { PoolClock } from './pool-clock.ts';
import { connectionsMax } from './pool-limit.ts';
import {
  ABORT_AFTER_GRACE_MS,
  connectTimedOut,
  deadlinePassed,
  poolClosing,
  queueFull,
} from './pool-timeout.ts';
import { returnConnection } from './return-connection.ts';

export interface QueuePoolOptions {
  readonly config: PoolConfig;
  readonly client: ClientConfig;
  readonly Client: PoolClientClass;
  readonly recorder: PoolRecorder;
  readonly clock: PoolClock;
}

/** One caller between its checkout and its answer. */
interface Request {
  readonly startedMs: number;
  readonly resolve: (checkout: Checkout) => void;
  readonly reject: (error: DatabaseError) => void;
  state: 'queued' | 'served' | 'settled';
  /** Time in the queue, known when it left it. */
  waitMs: number;
  /** What is being opened, probed or closed on its behalf. */
  client: PoolClient | undefined;
  stopTimer: (() => void) | undefined;
}

/**
 * SQLAlchemy's QueuePool: up to `poolSize` connections are kept, `maxOverflow` more are opened while
 * needed and closed on return, and who finds neither waits in line.
 *
 * Different from the original on purpose: a slot is free only when the socket that had it is closed, a
 * failed connect wakes the next in line, and a broken connection leaves no dead record in the queue.
 */
export class QueuePool implements Pool {
  readonly kind = 'queue';
  readonly #config: PoolConfig;
  readonly #clock: PoolClock;
  readonly #account: PoolAccount;
  readonly #count: ConnectionCount;
  readonly #list: ClientList;
  /** In order of arrival. */
  readonly #queue = new Set<Request>();
  /** Out of the queue, their connection being opened or checked. */
  readonly #served = new Set<Request>();
  readonly #held = new Set<Lease>();
  readonly #emptied = Promise.withResolvers<void>();
  #ending = false;

  constructor(options: QueuePoolOptions) {
    this.#config = options.config;
    this.#clock = options.clock;
    this.#account = new PoolAccount(options.clock, options.recorder);
    this.#count = new ConnectionCount(options.recorder);
    this.#list = new ClientList({
      connectionsMax: connectionsMax(options.config),
      client: options.client,
      Client: options.Client,
      clock: options.clock,
      observer: this.#count,
      onChange: () => this.#serve(),
    });
  }

  checkout(): Promise<Checkout> {
    const { promise, resolve, reject } = Promise.withResolvers<Checkout>();
    const request: Request = {
      startedMs: this.#clock.nowMs(),
      resolve,
      reject,
      state: 'queued',
      waitMs: 0,
      client: undefined,
      stopTimer: undefined,
    };
    this.#account.started();
    const { maxWaiting, poolTimeoutMs } = this.#config;
    if (this.#ending) {
      this.#refuse(request, poolClosing());
    } else if (this.#mustQueue && maxWaiting !== null && this.#queue.size >= maxWaiting) {
      this.#refuse(request, queueFull(maxWaiting));
    } else {
      this.#queue.add(request);
      this.#serve();
      if (request.state === 'queued') this.#account.queued(this.#queue.size);
      if (request.state !== 'settled' && poolTimeoutMs > 0) {
        request.stopTimer = this.#clock.after(poolTimeoutMs, () => this.#deadline(request));
      }
    }
    return promise;
  }

  snapshot(): PoolSnapshot {
    const { held, idle, connecting, closing } = this.#list;
    const overflow = this.#overflow;
    return this.#account.snapshot({
      ...{ held, idle, connecting, closing, overflow },
      ...this.#count.totals,
    });
  }

  end(graceMs: number): Promise<void> {
    if (!this.#ending) this.#shutDown(graceMs);
    return this.#emptied.promise;
  }

  /** Callers in line for a slot, without those whose connection is being opened. */
  get queued(): number {
    return this.#queue.size;
  }

  get #mustQueue(): boolean {
    return this.#list.idle === 0 && this.#list.isFull;
  }

  get #overflow(): number {
    // Without a size there is nothing to be over; the original answers 0 too.
    return this.#config.poolSize === 0 ? 0 : this.#list.occupied - this.#config.poolSize;
  }

  /** Serves the line, first come first served, as far as there are idle connections or free slots. */
  #serve(): void {
    if (this.#ending) {
      if (this.#list.occupied === 0) this.#emptied.resolve();
      return;
    }
    const lengthBefore = this.#queue.size;
    for (const request of this.#queue) {
      if (this.#mustQueue) break;
      this.#queue.delete(request);
      request.state = 'served';
      request.waitMs = this.#clock.nowMs() - request.startedMs;
      this.#served.add(request);
      if (this.#list.idle > 0) this.#handOut(request, this.#list.take(this.#config.order));
      else this.#open(request);
    }
    if (this.#queue.size !== lengthBefore) this.#account.queued(this.#queue.size);
  }

  #open(request: Request): void {
    request.client = this.#list.open(
      (lease) => {
        if (request.state === 'settled') this.#putBack(lease);
        else this.#settle(request, lease, lease.client.connectMs);
      },
      (error) => this.#refuse(request, classifyConnectError(error)),
    );
    if (this.#overflow > 0) this.#count.beyondSize(request.client);
  }

  /** Gives an idle connection to a caller, or another in its place when it is too old or dead. */
  #handOut(request: Request, lease: Lease): void {
    const { recycleMs, prePing } = this.#config;
    const ageMs = this.#clock.nowMs() - lease.client.connectedMs;
    if (recycleMs !== null && ageMs > recycleMs) {
      this.#replace(request, lease, 'lifetime');
    } else if (prePing) {
      request.client = lease.client;
      lease.client.query('SELECT 1').then(
        () => {
          if (request.state === 'settled') this.#putBack(lease);
          else this.#settle(request, lease, 0);
        },
        () => this.#replace(request, lease, 'error'),
      );
    } else {
      this.#settle(request, lease, 0);
    }
  }

  /** The caller keeps the slot while the old connection closes, and opens a new one in it. */
  #replace(request: Request, lease: Lease, reason: CloseReason): void {
    request.client = undefined;
    this.#count.closing(lease.client, reason);
    this.#list.replace(lease, () => {
      if (request.state !== 'settled') this.#open(request);
    });
  }

  #settle(request: Request, lease: Lease, connectMs: number): void {
    this.#leave(request);
    this.#account.ok(request.waitMs);
    this.#held.add(lease);
    const heldSinceMs = this.#clock.nowMs();
    request.resolve(
      new HeldConnection({
        client: lease.client,
        waitMs: request.waitMs,
        connectMs,
        onRelease: (error) => {
          this.#account.holdEnded(this.#clock.nowMs() - heldSinceMs);
          this.#takeBack(lease, error);
        },
      }),
    );
  }

  #refuse(request: Request, error: DatabaseError): void {
    if (request.state === 'settled') return;
    if (request.state === 'queued') request.waitMs = this.#clock.nowMs() - request.startedMs;
    this.#leave(request);
    if (error.errorClass === 'pool_timeout') this.#account.timeout(request.waitMs);
    else this.#account.failed(request.waitMs);
    request.reject(error);
  }

  #leave(request: Request): void {
    request.state = 'settled';
    request.stopTimer?.();
    this.#served.delete(request);
    if (this.#queue.delete(request)) this.#account.queued(this.#queue.size);
  }

  #deadline(request: Request): void {
    const { poolSize, poolTimeoutMs } = this.#config;
    if (request.state === 'queued') {
      const overflow = this.#overflow;
      this.#refuse(request, deadlinePassed({ poolSize, overflow, poolTimeoutMs }));
    } else {
      this.#refuse(request, connectTimedOut(poolTimeoutMs));
      request.client?.abort();
    }
  }

  #takeBack(lease: Lease, error: unknown): void {
    // After the grace of `end` the connection is no longer the holder's to give.
    if (!this.#held.delete(lease)) return;
    const destroyed = error !== undefined && error !== null && !classify(error).connectionUsable;
    returnConnection(lease.client, {
      clock: this.#clock,
      reset: this.#config.resetOnReturn,
      trusted: !destroyed,
      onClean: () => this.#putBack(lease),
      onDirty: () => {
        this.#count.closing(lease.client, 'error');
        lease.release(true);
      },
    });
  }

  /** Kept while there is room among the idle, which includes every moment somebody waits. */
  #putBack(lease: Lease): void {
    const { poolSize } = this.#config;
    const kept = poolSize === 0 || this.#list.idle < poolSize;
    if (!kept && !this.#ending) this.#count.closing(lease.client, 'overflow');
    lease.release(!kept || this.#ending);
  }

  #shutDown(graceMs: number): void {
    this.#ending = true;
    this.#count.shuttingDown();
    for (const request of [...this.#queue, ...this.#served]) {
      this.#refuse(request, poolClosing());
      request.client?.abort();
    }
    while (this.#list.idle > 0) this.#list.take('fifo').release(true);
    const stopGrace = this.#clock.after(graceMs, () => {
      this.#held.clear();
      this.#list.closeAll();
    });
    const stopAbort = this.#clock.after(graceMs + ABORT_AFTER_GRACE_MS, () => {
      this.#list.abortClosing();
    });
    this.#emptied.promise.then(() => {
      stopGrace();
      stopAbort();
    });
    this.#serve();
  }
}
