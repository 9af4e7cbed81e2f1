/**
 * The only importer of pg-pool. pg-pool 3.14.0 keeps the list of clients, opens them, and watches the
 * idle ones; who gets a client, and when a slot is free again, is decided by the pools of this folder.
 *
 * What is changed, all of it private to pg-pool and watched by `pg-pool-adapter.test.ts`:
 * `_remove` frees a slot before the socket is closed; `_isFull` does not see sockets being closed;
 * `_pulseQueue` serves a queue that is not used here; `_idle` is a stack only.
 */

import type { ClientConfig } from 'pg';
import PgPool from 'pg-pool';
import type { IdleOrder } from '../contract.ts';
import type { PoolClient, PoolClientClass, PoolClientDeps } from './pool-client.ts';

interface IdleItem {
  readonly client: PoolClient;
  readonly idleListener: (error: Error) => void;
}

type OnClient = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (destroy?: boolean) => void,
) => void;

interface PendingItem {
  readonly callback: OnClient;
}

/** A client out of the list, until `release`; `destroy` closes it instead of keeping it idle. */
export interface Lease {
  readonly client: PoolClient;
  readonly release: (destroy?: boolean) => void;
}

export interface ClientListOptions {
  /** `Infinity` for no limit. */
  readonly connectionsMax: number;
  readonly client: ClientConfig;
  readonly Client: PoolClientClass;
  readonly clock: PoolClientDeps['clock'];
  /** Tells how a client fared, after the list has taken note. */
  readonly observer: PoolClientDeps['observer'];
  /** Something was released, closed or failed: there may be room or an idle client now. */
  readonly onChange: () => void;
}

/** A list of clients whose slots are free only when their sockets are closed. */
export class ClientList extends PgPool<PoolClient> {
  declare private _clients: PoolClient[];
  declare private readonly _idle: IdleItem[];
  declare private readonly newClient: (item: PendingItem) => void;
  declare private readonly _acquireClient: (
    client: PoolClient,
    item: PendingItem,
    idleListener: (error: Error) => void,
    isNew: boolean,
  ) => void;

  readonly #connecting: Set<PoolClient>;
  readonly #closing: Map<PoolClient, (() => void) | undefined>;
  readonly #connectionsMax: number;
  readonly #onChange: () => void;

  constructor(options: ClientListOptions) {
    const { Client, clock, observer } = options;
    const connecting = new Set<PoolClient>();
    const closing = new Map<PoolClient, (() => void) | undefined>();
    let freeSlot: ((client: PoolClient) => void) | undefined;
    const deps: PoolClientDeps = {
      clock,
      observer: {
        connecting: (client) => {
          connecting.add(client);
          observer.connecting(client);
        },
        connected: (client) => {
          connecting.delete(client);
          observer.connected(client);
        },
        connectFailed: (client, error) => {
          connecting.delete(client);
          // pg-pool forgets the client in this very tick, while its socket is still there.
          closing.set(client, undefined);
          client.abort();
          observer.connectFailed(client, error);
        },
        closed: (client) => {
          observer.closed(client);
          freeSlot?.(client);
        },
      },
    };
    super({
      ...options.client,
      Client: bindClient(Client, deps),
      // The limit, deadlines and lifetimes are the pools' own; pg-pool's are all off.
      max: Number.POSITIVE_INFINITY,
      min: 0,
      idleTimeoutMillis: 0,
      connectionTimeoutMillis: 0,
      maxUses: Number.POSITIVE_INFINITY,
      maxLifetimeSeconds: 0,
      allowExitOnIdle: false,
    });
    this.#connecting = connecting;
    this.#closing = closing;
    freeSlot = (client) => this.#freeSlot(client);
    this.#connectionsMax = options.connectionsMax;
    this.#onChange = options.onChange;
    // An idle client died; it has been removed already.
    this.on('error', () => undefined);
  }

  get idle(): number {
    return this._idle.length;
  }

  get connecting(): number {
    return this.#connecting.size;
  }

  get closing(): number {
    return this.#closing.size;
  }

  /** In somebody's hands: a holder's, or the pool's while it checks or resets the connection. */
  get held(): number {
    return this._clients.length - this._idle.length - this.#connecting.size;
  }

  /** Slots taken, sockets being closed included. */
  get occupied(): number {
    return this._clients.length + this.#closing.size;
  }

  get isFull(): boolean {
    return this._isFull();
  }

  /** Takes an idle client; there must be one. */
  take(order: IdleOrder): Lease {
    const item = order === 'lifo' ? this._idle.pop() : this._idle.shift();
    if (item === undefined) throw new Error('take() needs an idle client');
    const leases: Lease[] = [];
    this._acquireClient(item.client, leaseTo(leases), item.idleListener, false);
    const [lease] = leases;
    if (lease === undefined) throw new Error('pg-pool handed out nothing');
    return lease;
  }

  /** Opens a client in a slot of its own and answers once; `abort()` it to give up. */
  open(onLease: (lease: Lease) => void, onError: (error: Error) => void): PoolClient {
    this.newClient({
      callback: (error, client, release) => {
        if (client !== undefined) onLease({ client, release });
        else onError(error ?? new Error('pg-pool answered with neither client nor error'));
      },
    });
    const client = this._clients.at(-1);
    if (client === undefined) throw new Error('pg-pool opened nothing');
    return client;
  }

  /** Closes a leased client; `then` runs when its slot is free, before anybody else may take it. */
  replace(lease: Lease, then: () => void): void {
    this._remove(lease.client, then);
  }

  /** Closes every client there is, holders' included. */
  closeAll(): void {
    for (const client of [...this._clients]) this._remove(client);
  }

  /** Breaks off what is still closing. */
  abortClosing(): void {
    for (const client of this.#closing.keys()) client.abort();
  }

  // -- overrides of pg-pool's private methods -------------------------------------------------

  _isFull(): boolean {
    return this.occupied >= this.#connectionsMax;
  }

  /** Called by pg-pool after every release, removal and failed connect. */
  _pulseQueue(): void {
    this.#onChange();
  }

  _remove(client: PoolClient, callback?: () => void): void {
    if (!this._clients.includes(client)) return;
    const idleIndex = this._idle.findIndex((item) => item.client === client);
    if (idleIndex !== -1) this._idle.splice(idleIndex, 1);
    this._clients = this._clients.filter((other) => other !== client);
    this.#closing.set(client, callback);
    client.close();
    // The server may have closed it long ago, in its holder's hands.
    if (client.socketClosed) this.#freeSlot(client);
  }

  #freeSlot(client: PoolClient): void {
    if (!this.#closing.has(client)) return;
    const callback = this.#closing.get(client);
    this.#closing.delete(client);
    this.emit('remove', client);
    callback?.();
    this.#onChange();
  }
}

export interface PlainClientPoolOptions {
  readonly connectionsMax: number;
  /** pg-pool's own: once for the queue, and once more for the connect that may follow. */
  readonly connectionTimeoutMs: number;
  readonly client: ClientConfig;
  readonly Client: PoolClientClass;
  readonly deps: PoolClientDeps;
}

/** pg-pool with nothing changed; its defaults are spelled out. */
export class PlainClientPool extends PgPool<PoolClient> {
  declare private readonly _clients: readonly PoolClient[];

  constructor(options: PlainClientPoolOptions) {
    super({
      ...options.client,
      Client: bindClient(options.Client, options.deps),
      max: options.connectionsMax,
      min: 0,
      idleTimeoutMillis: 10_000,
      connectionTimeoutMillis: options.connectionTimeoutMs,
      maxUses: Number.POSITIVE_INFINITY,
      maxLifetimeSeconds: 0,
      allowExitOnIdle: false,
    });
    this.on('error', () => undefined);
  }

  /** Whether the client has a slot; pg-pool frees it before the socket is closed. */
  has(client: PoolClient): boolean {
    return this._clients.includes(client);
  }
}

function bindClient(Client: PoolClientClass, deps: PoolClientDeps) {
  return class extends Client {
    constructor(config?: string | ClientConfig) {
      super(typeof config === 'object' ? config : {}, deps);
    }
  };
}

function leaseTo(leases: Lease[]): PendingItem {
  return {
    callback: (_error, client, release) => {
      if (client !== undefined) leases.push({ client, release });
    },
  };
}
