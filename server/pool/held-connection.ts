import type { Checkout } from './pool.ts';
import type { PoolClient } from './pool-client.ts';

interface HeldConnectionParts {
  readonly client: PoolClient;
  readonly waitMs: number;
  readonly connectMs: number;
  /** Called once, at the first release. */
  readonly onRelease: (error: unknown) => void;
}

/** A checkout of any kind of pool: it can be given back once. */
export class HeldConnection implements Checkout {
  readonly client: PoolClient;
  readonly waitMs: number;
  readonly connectMs: number;
  readonly connectLoopMs: number;
  readonly #loopMsBefore: number;
  #loopMsAtRelease: number | null = null;
  readonly #onRelease: (error: unknown) => void;
  #released = false;

  constructor(parts: HeldConnectionParts) {
    this.client = parts.client;
    this.waitMs = parts.waitMs;
    this.connectMs = parts.connectMs;
    // Without a connect this checkout waited for, its lateness is not this checkout's either.
    this.connectLoopMs = parts.connectMs > 0 ? parts.client.connectLoopMs : 0;
    this.#loopMsBefore = parts.client.loopMs;
    this.#onRelease = parts.onRelease;
  }

  get holdLoopMs(): number {
    return (this.#loopMsAtRelease ?? this.client.loopMs) - this.#loopMsBefore;
  }

  release(error?: unknown): void {
    if (this.#released) throw new Error('A connection was released twice by the same holder.');
    this.#released = true;
    this.#loopMsAtRelease = this.client.loopMs;
    this.#onRelease(error);
  }

  /** For `await using`: gives the connection back unless its holder did so. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#released) this.release();
  }
}
