import { performance } from 'node:perf_hooks';
import { Histogram } from '../account/histogram.ts';
import { US_PER_MS } from '../monotonic-clock.ts';

/** Short against what is to be noticed, long against what a firing costs (some µs). */
const INTERVAL_MS = 2;

/** How late a process was, over its time: at a share of 1 % of all moments by more than `p99Ms`. */
export interface CanaryReading {
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly maxMs: number;
}

/** A stretch of this process's time, in ms of `performance.now()`. */
export interface Stretch {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Measures how late this process does what is due: a timer fires every other millisecond and notes
 * how late it is. On a quiet host that is about 1 ms, since timers of Node count whole milliseconds.
 * Lateness counts by its time, not by the firing: a pause of 50 ms is one late firing, and a twentieth
 * of a second in which whatever was due came up to 50 ms late.
 */
export class TimerCanary {
  readonly #firings: { readonly atMs: number; readonly lateMs: number }[] = [];
  #dueMs = 0;
  #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = this.#arm();
  }

  /** Ends it, and tells of the given stretch: opening connections before it is nobody's lateness. */
  stop({ fromMs, untilMs }: Stretch): CanaryReading {
    clearTimeout(this.#timer);
    const lateness = new Histogram();
    for (const { atMs, lateMs } of this.#firings) {
      if (atMs >= fromMs && atMs - lateMs <= untilMs) recordOverTime(lateness, lateMs);
    }
    if (lateness.samples === 0) return { p99Ms: 0, p999Ms: 0, maxMs: 0 };
    return {
      p99Ms: lateness.quantileUs(0.99) / US_PER_MS,
      p999Ms: lateness.quantileUs(0.999) / US_PER_MS,
      maxMs: (lateness.maxUs ?? 0) / US_PER_MS,
    };
  }

  #arm(): NodeJS.Timeout {
    this.#dueMs = performance.now() + INTERVAL_MS;
    return setTimeout(() => {
      const atMs = performance.now();
      this.#firings.push({ atMs, lateMs: Math.max(0, atMs - this.#dueMs) });
      this.#timer = this.#arm();
    }, INTERVAL_MS);
  }
}

/** What was due at each interval of a pause, which only its end could tell. */
export function recordOverTime(lateness: Histogram, lateMs: number): void {
  for (let ms = lateMs; ms > 0; ms -= INTERVAL_MS) lateness.record(ms * US_PER_MS);
  if (lateMs === 0) lateness.record(0);
}
