import type { ClientBase } from 'pg';
import type { Checkout } from './pool.ts';

interface HeldConnectionParts {
  readonly client: ClientBase;
  readonly waitMs: number;
  readonly connectMs: number;
  /** Called once, at the first release. */
  readonly onRelease: (error: unknown) => void;
}

/** A checkout of any kind of pool: it can be given back once. */
export class HeldConnection implements Checkout {
  readonly client: ClientBase;
  readonly waitMs: number;
  readonly connectMs: number;
  readonly #onRelease: (error: unknown) => void;
  #released = false;

  constructor(parts: HeldConnectionParts) {
    this.client = parts.client;
    this.waitMs = parts.waitMs;
    this.connectMs = parts.connectMs;
    this.#onRelease = parts.onRelease;
  }

  release(error?: unknown): void {
    if (this.#released) throw new Error('A connection was released twice by the same holder.');
    this.#released = true;
    this.#onRelease(error);
  }

  /** For `await using`: gives the connection back unless its holder did so. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#released) this.release();
  }
}
