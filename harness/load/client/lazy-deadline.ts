import { type ClockUs, US_PER_MS } from '../monotonic-clock.ts';

/**
 * A deadline that moves with every request, on a timer that does not: it is armed again when it
 * fires, not whenever the deadline moves. Setting a timer costs about as much as recording a request.
 */
export class LazyDeadline {
  readonly #now: ClockUs;
  readonly #onOver: () => void;
  #deadlineUs: number | null = null;
  #timer: NodeJS.Timeout | undefined;
  #lastChance: NodeJS.Immediate | undefined;
  #firesAtUs = Number.POSITIVE_INFINITY;

  constructor({ now, onOver }: { readonly now: ClockUs; readonly onOver: () => void }) {
    this.#now = now;
    this.#onOver = onOver;
  }

  set(deadlineUs: number): void {
    this.#deadlineUs = deadlineUs;
    if (deadlineUs < this.#firesAtUs) this.#arm(deadlineUs);
  }

  /** Nothing to wait for until it is set again. */
  lift(): void {
    this.#deadlineUs = null;
  }

  stop(): void {
    this.#deadlineUs = null;
    this.#firesAtUs = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
    clearImmediate(this.#lastChance);
  }

  #arm(deadlineUs: number): void {
    clearTimeout(this.#timer);
    this.#firesAtUs = deadlineUs;
    const leftMs = Math.ceil((deadlineUs - this.#now()) / US_PER_MS);
    this.#timer = setTimeout(() => this.#onTimer(), Math.max(0, leftMs));
  }

  #onTimer(): void {
    this.#firesAtUs = Number.POSITIVE_INFINITY;
    const deadlineUs = this.#deadlineUs;
    if (deadlineUs === null) return;
    // Timers may ring a little early, and the deadline may have moved on.
    if (this.#now() < deadlineUs) this.#arm(deadlineUs);
    else this.#lastChance = setImmediate(() => this.#end(deadlineUs));
  }

  /**
   * Node runs due timers before it reads sockets: after a stall of this process, what was waited for
   * may have arrived in time and not been read. It is read before this.
   */
  #end(deadlineUs: number): void {
    if (this.#deadlineUs === null) return;
    if (this.#deadlineUs > deadlineUs) {
      this.set(this.#deadlineUs);
      return;
    }
    this.#deadlineUs = null;
    this.#onOver();
  }
}
