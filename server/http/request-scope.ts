import type { ClientBase } from 'pg';
import type { LoopTurns } from '../event-loop/loop-turns.ts';
import { classify } from '../pool/classify-error.ts';
import type { DatabaseError } from '../pool/database-error.ts';
import type { Checkout, Pool } from '../pool/pool.ts';

/** The caller hung up before the answer; nothing more is done for it. */
export class ClientAbortedError extends Error {
  override readonly name = 'ClientAbortedError';
  constructor() {
    super('the client closed its connection before the answer');
  }
}

/** A connection in a workload's hands. `release` exactly once, on every path. */
export interface Hold {
  readonly client: ClientBase;
  release(error?: unknown): void;
}

export interface RequestTimes {
  readonly waitMs: number;
  /** Without the event loop's part, as `dbMs`. */
  readonly connectMs: number;
  readonly dbMs: number;
  /** How late the event loop was; `null` where it is not measured, and contained in the others then. */
  readonly loopMs: number | null;
  /** Since the request arrived, as far as that can be told, or since it was taken up. */
  readonly totalMs: number;
}

interface OpenHold {
  readonly checkout: Checkout;
  readonly heldSince: number;
}

export interface RequestScopeDeps {
  readonly pool: Pool;
  readonly random: () => number;
  /** `null`: the event loop's lateness is not measured. */
  readonly loop: LoopTurns | null;
}

/**
 * What one request did with the pool, and whether its caller is still there. Workloads reach the
 * pool only through it, so that every request is timed and every connection given back alike.
 */
export class RequestScope {
  readonly random: () => number;
  readonly #pool: Pool;
  readonly #startedAt: number;
  readonly #arrivalLoopMs: number | null;
  #waitMs = 0;
  #connectMs = 0;
  #dbMs = 0;
  #holdLoopMs = 0;
  #connectLoopMs = 0;
  readonly #open = new Set<OpenHold>();
  #aborted = false;
  #onAbort: (() => void) | null = null;

  constructor({ pool, random, loop }: RequestScopeDeps) {
    this.#pool = pool;
    this.random = random;
    const takenUpAt = loop?.takeUp() ?? performance.now();
    // Arrived somewhere in the span in which the loop did not look: half of it, over many requests.
    this.#arrivalLoopMs =
      loop === null ? null : takenUpAt - (loop.readyFromMs + loop.readyUntilMs) / 2;
    this.#startedAt = takenUpAt - (this.#arrivalLoopMs ?? 0);
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Told by the HTTP layer, once, when the caller hung up. */
  abort(): void {
    this.#aborted = true;
    this.#onAbort?.();
  }

  /** Registers what to cut short when the caller hangs up; one at a time, `null` to unregister. */
  set onAbort(callback: (() => void) | null) {
    this.#onAbort = callback;
  }

  throwIfAborted(): void {
    if (this.#aborted) throw new ClientAbortedError();
  }

  /** Sums so far; holds still open count up to now. */
  times(): RequestTimes {
    const now = performance.now();
    let dbMs = this.#dbMs;
    let holdLoopMs = this.#holdLoopMs;
    for (const { checkout, heldSince } of this.#open) {
      const heldMs = now - heldSince;
      dbMs += heldMs;
      holdLoopMs += loopMsWithin(heldMs, checkout);
    }
    return {
      waitMs: this.#waitMs,
      connectMs: this.#connectMs - this.#connectLoopMs,
      dbMs: dbMs - holdLoopMs,
      loopMs:
        this.#arrivalLoopMs === null
          ? null
          : this.#arrivalLoopMs + this.#connectLoopMs + holdLoopMs,
      totalMs: now - this.#startedAt,
    };
  }

  /** Checks a connection out and gives it back when `use` settles, classified if it failed. */
  async withConnection<Result>(use: (client: ClientBase) => Promise<Result>): Promise<Result> {
    const hold = await this.hold();
    try {
      const result = await use(hold.client);
      hold.release();
      return result;
    } catch (error) {
      throw releaseAfter(error, hold);
    }
  }

  /** For holds that outlive a function, such as a stream's; everything else: `withConnection`. */
  async hold(): Promise<Hold> {
    const checkout = await this.#checkout();
    const heldSince = performance.now();
    const open = { checkout, heldSince };
    this.#open.add(open);
    const release = (error?: unknown): void => {
      this.#open.delete(open);
      const heldMs = performance.now() - heldSince;
      this.#dbMs += heldMs;
      this.#holdLoopMs += loopMsWithin(heldMs, checkout);
      checkout.release(error);
    };
    // The caller may have gone while it waited; its turn passes to the next at once.
    if (this.#aborted) {
      release();
      throw new ClientAbortedError();
    }
    return { client: checkout.client, release };
  }

  async #checkout(): Promise<Checkout> {
    const askedAt = performance.now();
    try {
      const checkout = await this.#pool.checkout();
      this.#waitMs += checkout.waitMs;
      this.#connectMs += checkout.connectMs;
      this.#connectLoopMs += Math.min(checkout.connectMs, checkout.connectLoopMs);
      return checkout;
    } catch (error) {
      // A failed checkout does not say how its time was split; the caller spent it waiting.
      this.#waitMs += performance.now() - askedAt;
      throw classify(error);
    }
  }
}

/** What PostgreSQL sent unasked before the hold, and is taken up in it, is late by more than the hold. */
function loopMsWithin(heldMs: number, { holdLoopMs }: Checkout): number {
  return Math.min(heldMs, holdLoopMs);
}

/** Gives the connection back after a failure and returns what to throw: the classified error. */
export function releaseAfter(error: unknown, hold: Hold): ClientAbortedError | DatabaseError {
  if (error instanceof ClientAbortedError) {
    hold.release();
    return error;
  }
  const classified = classify(error);
  hold.release(classified);
  return classified;
}
