/**
 * A service with so many slots and one queue, first come first served, each request holding a slot
 * for the same time. Who arrives knows at once when its turn is and when it is over (Kiefer and
 * Wolfowitz 1955), so there is no queue to keep.
 *
 * The turns are planned from the moments planned before, not from when a timer fired: late timers
 * make single answers late, never the service slower. Its capacity is exactly slots / holdMs.
 */
export class Slots {
  readonly #freeAtMs: number[];
  readonly #holdMs: number;

  constructor(slots: number, holdMs: number) {
    this.#freeAtMs = new Array<number>(slots).fill(Number.NEGATIVE_INFINITY);
    this.#holdMs = holdMs;
  }

  /** Arrivals must be told in their order. */
  take(arrivedMs: number): { readonly startsMs: number; readonly endsMs: number } {
    const freeMs = Math.min(...this.#freeAtMs);
    const startsMs = Math.max(arrivedMs, freeMs);
    const endsMs = startsMs + this.#holdMs;
    this.#freeAtMs[this.#freeAtMs.indexOf(freeMs)] = endsMs;
    return { startsMs, endsMs };
  }
}
