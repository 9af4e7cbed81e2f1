/** How often an event loop is to show that it lives. */
export const STALL_BEAT_MS = 20;
/** Shorter pauses are garbage collections and busy moments; what they do is seen as utilization. */
const STALL_MS_MIN = 100;

/**
 * Adds up the time in which an event loop stood still, from beats that should come every
 * `STALL_BEAT_MS`: stopped, without CPU, or in one long piece of work. Its utilization does not tell:
 * a process that is stopped while it waits for events passes for idle.
 */
export class StallClock {
  #lastMs: number;
  #stalledMs = 0;

  /** @param nowMs by a monotonic clock, as in all that follows */
  constructor(nowMs: number) {
    this.#lastMs = nowMs;
  }

  beat(nowMs: number): void {
    const lateMs = nowMs - this.#lastMs - STALL_BEAT_MS;
    if (lateMs >= STALL_MS_MIN) this.#stalledMs += lateMs;
    this.#lastMs = nowMs;
  }

  get stalledMs(): number {
    return this.#stalledMs;
  }
}
