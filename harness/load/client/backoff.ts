const FIRST_MS = 10;
/** A target that comes back is noticed within this time. */
const MAX_MS = 1_000;

/**
 * Pauses between failed attempts of one client: doubled with each further failure, none after a
 * success. autocannon alone reconnects at once, hundreds of times a second per client.
 */
export class Backoff {
  readonly #share: number;
  #failures = 0;

  /** @param spread 0 to 1, different for each client, so that they do not all try at once */
  constructor(spread: number) {
    this.#share = 0.5 + spread / 2;
  }

  get pauseMs(): number {
    if (this.#failures === 0) return 0;
    return Math.min(FIRST_MS * 2 ** (this.#failures - 1), MAX_MS) * this.#share;
  }

  failed(): void {
    this.#failures += 1;
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
