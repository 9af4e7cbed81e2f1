import { systemClockUs, US_PER_MS } from '../monotonic-clock.ts';

/** Where in the buffer the moment stands; the count before it takes 8 bytes for its alignment. */
const MOMENT_AT_BYTE = 8;

/** What an alarm and its thread share: the moment, and how often it was set. */
export class AlarmMemory {
  readonly buffer: SharedArrayBuffer;
  readonly #count: Int32Array<SharedArrayBuffer>;
  readonly #moment: Float64Array<SharedArrayBuffer>;
  #seen = 0;

  constructor(buffer = new SharedArrayBuffer(MOMENT_AT_BYTE + Float64Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#count = new Int32Array(buffer, 0, 1);
    this.#moment = new Float64Array(buffer, MOMENT_AT_BYTE, 1);
  }

  /** @param us by `systemClockUs` */
  set(us: number): void {
    this.#moment[0] = us;
    // The count is what orders the two threads: who sees it changed sees the moment too.
    Atomics.add(this.#count, 0, 1);
    Atomics.notify(this.#count, 0);
  }

  /** For the thread: blocks until the moment that was set last has come; then until it is set again. */
  waitUntilDue(): void {
    Atomics.wait(this.#count, 0, this.#seen);
    for (;;) {
      this.#seen = Atomics.load(this.#count, 0);
      const leftMs = ((this.#moment[0] ?? 0) - systemClockUs()) / US_PER_MS;
      if (leftMs <= 0 || Atomics.wait(this.#count, 0, this.#seen, leftMs) === 'timed-out') return;
    }
  }
}
