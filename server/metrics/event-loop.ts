import { monitorEventLoopDelay, performance } from 'node:perf_hooks';

/** Sampling interval; the recorded values contain it, so it is taken off again. */
const RESOLUTION_MS = 10;

/** From this on a delay is no more the scheduler's: requests and metrics of the process stood still. */
const STALL_MS = 500;

/** The first interval after a reset is not recorded, nor the one under way: less is no delay. */
const UNSEEN_MS_MIN = 3 * RESOLUTION_MS;

export interface EventLoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** Tells a busy process from a busy pool: pool waits measured in a busy process include its delay. */
export class EventLoopMeter {
  readonly #total = startedMonitor();
  readonly #window = startedMonitor();
  #lastWindow: EventLoopDelay = { p50Ms: 0, p99Ms: 0, maxMs: 0 };
  #rotatedMs = performance.now();
  #endedStalls = 0;

  /** 99th percentile since the start. */
  get delayMsP99(): number {
    return withoutResolution(this.#total.percentile(99));
  }

  /** Time spent working since the start, and waiting for something to do, in ms. */
  get spent(): { readonly activeMs: number; readonly idleMs: number } {
    const { active, idle } = performance.eventLoopUtilization();
    return { activeMs: active, idleMs: idle };
  }

  /** Windows with a stall since the start, the one that is going on included. */
  get stalls(): number {
    return this.#endedStalls + (withoutResolution(this.#window.max) >= STALL_MS ? 1 : 0);
  }

  /** Delay within the last complete window. */
  get lastWindow(): EventLoopDelay {
    return this.#lastWindow;
  }

  /**
   * Ends the window and starts the next one.
   *
   * A monitor that is reset forgets when it last looked. After a stall this and the monitor are both due,
   * and Node runs all its own timers when the first of them is: where this is the first, the monitor never
   * records the stall. It is then the part of the window that no recorded interval covers.
   */
  rotate(): void {
    const unseenMs = this.#unseenMs();
    const maxMs = Math.max(withoutResolution(this.#window.max), unseenMs);
    if (maxMs >= STALL_MS) this.#endedStalls += 1;
    if (this.#window.count > 0) {
      this.#lastWindow = {
        p50Ms: withoutResolution(this.#window.percentile(50)),
        p99Ms: withoutResolution(this.#window.percentile(99)),
        maxMs,
      };
    } else if (unseenMs > 0) {
      // Not one look in the whole window: it was a single delay.
      this.#lastWindow = { p50Ms: unseenMs, p99Ms: unseenMs, maxMs };
    }
    this.#rotatedMs = performance.now();
    this.#window.reset();
  }

  /** Time of the window that the monitor has not recorded, where it is more than its own intervals. */
  #unseenMs(): number {
    const { count, mean } = this.#window;
    const coveredMs = count === 0 ? 0 : (count * mean) / 1e6;
    const unseenMs = performance.now() - this.#rotatedMs - coveredMs;
    return unseenMs > UNSEEN_MS_MIN ? unseenMs - RESOLUTION_MS : 0;
  }

  stop(): void {
    this.#total.disable();
    this.#window.disable();
  }
}

function startedMonitor() {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  return monitor;
}

function withoutResolution(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS);
}
