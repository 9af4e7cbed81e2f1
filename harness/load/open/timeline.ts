import type { ClockUs } from '../monotonic-clock.ts';

/** What was scheduled and has not come yet; cancelling it later does nothing. */
export interface ScheduledCall {
  cancel(): void;
}

/** One wake-up at a time, set again and again. */
export interface Alarm {
  /**
   * Replaces what was set before, whose wake-up may be on its way and still come. A moment that has passed
   * means: as soon as possible.
   */
  set(us: number): void;
  /** No wake-up comes any more, from the call on. Idempotent. */
  close(): Promise<void>;
}

/**
 * Time as an engine sees it. The real one is made of timers; tests and the self-test's arithmetic run
 * whole trials on a virtual one in a moment.
 */
export interface Timeline {
  readonly nowUs: ClockUs;
  /** Calls back once, at `us` or later by what the platform's timers need (1 to 2 ms). */
  at(us: number, callback: () => void): ScheduledCall;
  /** The same for one moment after another, as precisely as the platform can; ready when it resolves. */
  alarm(onDue: () => void): Promise<Alarm>;
}
