import type { ClientBase } from 'pg';
import { classify } from './pool/classify-error.ts';
import type { DatabaseError } from './pool/database-error.ts';
import type { Checkout, Pool } from './pool/pool.ts';

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
  readonly connectMs: number;
  readonly dbMs: number;
  readonly totalMs: number;
}

/**
 * What one request did with the pool, and whether its caller is still there. Workloads reach the
 * pool only through it, so that every request is timed and every connection given back alike.
 */
export class RequestScope {
  readonly random: () => number;
  readonly #pool: Pool;
  readonly #startedAt = performance.now();
  #waitMs = 0;
  #connectMs = 0;
  #dbMs = 0;
  // Sum of the start times of the holds that are open: their time so far is n·now − sum.
  #openHolds = 0;
  #openHoldsStartedAtSum = 0;
  #aborted = false;
  #onAbort: (() => void) | null = null;

  constructor(pool: Pool, random: () => number) {
    this.#pool = pool;
    this.random = random;
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

  /** Sums so far; holds still open count up to now. `total` since the request was taken up. */
  times(): RequestTimes {
    const now = performance.now();
    return {
      waitMs: this.#waitMs,
      connectMs: this.#connectMs,
      dbMs: this.#dbMs + this.#openHolds * now - this.#openHoldsStartedAtSum,
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
    this.#openHolds += 1;
    this.#openHoldsStartedAtSum += heldSince;
    const release = (error?: unknown): void => {
      this.#openHolds -= 1;
      this.#openHoldsStartedAtSum -= heldSince;
      this.#dbMs += performance.now() - heldSince;
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
      return checkout;
    } catch (error) {
      // A failed checkout does not say how its time was split; the caller spent it waiting.
      this.#waitMs += performance.now() - askedAt;
      throw classify(error);
    }
  }
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
