import type { ClientBase } from 'pg';
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
  readonly connectMs: number;
  readonly dbMs: number;
  readonly totalMs: number;
}

/** Told how many requests wait for a connection and hold one, as it changes. */
export interface CheckoutObserver {
  waiting(delta: 1 | -1): void;
  holding(delta: 1 | -1): void;
}

export const NO_CHECKOUT_OBSERVER: CheckoutObserver = {
  waiting() {
    // Instrumentation is switched off.
  },
  holding() {
    // Instrumentation is switched off.
  },
};

export interface RequestScopeDeps {
  readonly pool: Pool;
  readonly checkouts: CheckoutObserver;
  readonly random: () => number;
}

/**
 * What one request did with the pool, and whether its caller is still there. Workloads reach the
 * pool only through it, so that every request is timed and every connection given back alike.
 */
export class RequestScope {
  readonly random: () => number;
  readonly #pool: Pool;
  readonly #checkouts: CheckoutObserver;
  readonly #startedAt = performance.now();
  #waitMs = 0;
  #connectMs = 0;
  #dbMs = 0;
  // Sum of the start times of the holds that are open: their time so far is n·now − sum.
  #openHolds = 0;
  #openHoldsStartedAtSum = 0;
  #aborted = false;
  #onAbort: (() => void) | null = null;

  constructor({ pool, checkouts, random }: RequestScopeDeps) {
    this.#pool = pool;
    this.#checkouts = checkouts;
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
    this.#checkouts.holding(1);
    this.#openHolds += 1;
    this.#openHoldsStartedAtSum += heldSince;
    const release = (error?: unknown): void => {
      this.#checkouts.holding(-1);
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
    this.#checkouts.waiting(1);
    try {
      const checkout = await this.#pool.checkout();
      this.#waitMs += checkout.waitMs;
      this.#connectMs += checkout.connectMs;
      return checkout;
    } catch (error) {
      // A failed checkout does not say how its time was split; the caller spent it waiting.
      this.#waitMs += performance.now() - askedAt;
      throw classify(error);
    } finally {
      this.#checkouts.waiting(-1);
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
