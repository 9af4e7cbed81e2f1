import type { ClientBase } from 'pg';
import type { CloseReason, PoolKind } from '../contract.ts';
import type { DatabaseError } from './database-error.ts';

/**
 * One worker's pool, whatever its kind. Everything the rest of the server knows of connections goes
 * through this interface, so that kinds can be compared under the same load.
 */
export interface Pool {
  readonly kind: PoolKind;
  /**
   * Waits for a connection, or opens one. Settles exactly once, by the pool's deadline.
   * Rejects with a `DatabaseError` that carries the error class.
   */
  checkout(): Promise<Checkout>;
  snapshot(): PoolSnapshot;
  /**
   * Refuses newcomers and waiters at once, gives holders `graceMs`, then destroys what is left.
   * Resolves when no socket of the pool is open. Idempotent.
   */
  end(graceMs: number): Promise<void>;
}

/** A connection in its holder's hands, until `release`. Releasing twice is a bug and throws. */
export interface Checkout extends AsyncDisposable {
  readonly client: ClientBase;
  /** Time in the queue for a slot, in ms; without the time it took to connect. */
  readonly waitMs: number;
  /** Time to open the connection, in ms; 0 when an idle one was handed out. */
  readonly connectMs: number;
  /**
   * How late this process's own event loop took up what PostgreSQL sent, in ms: while the connection was
   * opened, as a part of `connectMs`, and since it is held, up to now or its release. 0 where the pool was
   * given no turns of the loop.
   */
  readonly connectLoopMs: number;
  readonly holdLoopMs: number;
  /**
   * Gives the connection back. It is destroyed instead of kept when `error` says it cannot be
   * trusted (`connectionUsable` false once classified, as for any error of the holder's own), when a
   * query is still running (it is canceled), or when a transaction is open; with `resetOnReturn` the
   * transaction is rolled back instead, and the connection kept.
   */
  release(error?: unknown): void;
}

/**
 * Counts at this moment, then totals since the start. Invariants:
 * `held + idle + connecting + closing ≤ poolSize + maxOverflow`, and
 * `acquireStarted = acquireOk + acquireTimeout + acquireError + waiting`.
 */
export interface PoolSnapshot {
  readonly held: number;
  readonly idle: number;
  readonly connecting: number;
  readonly closing: number;
  /** Callers without an answer yet: queued for a slot, or whose connection is being opened. */
  readonly waiting: number;
  /** Those of them that are queued for a slot. */
  readonly queued: number;
  /** SQLAlchemy's counter: −poolSize at the start, 0 when the size is reached, up to maxOverflow. */
  readonly overflow: number;
  readonly acquireStarted: number;
  readonly acquireOk: number;
  readonly acquireTimeout: number;
  readonly acquireError: number;
  readonly opened: number;
  readonly openFailed: number;
  readonly closed: number;
  readonly heldPeak: number;
  /** Most callers queued for a slot at once; those whose connection is being opened do not count. */
  readonly waitingPeak: number;
  /** Integral of the number of callers queued for a slot; its rate is the exact mean queue. */
  readonly waitingSeconds: number;
  /** Time with at least one caller queued for a slot. */
  readonly saturatedSeconds: number;
  /** Sum of all finished holds. */
  readonly holdSeconds: number;
}

/** Told of what happens in a pool as it happens. The no-op recorder ignores all of it. */
export interface PoolRecorder {
  waited(seconds: number, result: 'ok' | 'timeout' | 'error'): void;
  held(seconds: number): void;
  connected(seconds: number, result: 'ok' | 'error'): void;
  /** How many callers queue for a slot from now on. */
  queueChanged(callers: number): void;
  /** How many connections are in their holders' hands from now on. */
  heldChanged(connections: number): void;
  /** Why a connect failed; told besides `connected`. */
  connectError(error: DatabaseError): void;
  /** A connection beyond the pool size was opened; told besides `connected`. */
  overflowOpened(): void;
  /** An opened connection is closed. */
  closed(reason: CloseReason): void;
}

export const NO_POOL_RECORDER: PoolRecorder = {
  waited: () => undefined,
  held: () => undefined,
  connected: () => undefined,
  queueChanged: () => undefined,
  heldChanged: () => undefined,
  connectError: () => undefined,
  overflowOpened: () => undefined,
  closed: () => undefined,
};
