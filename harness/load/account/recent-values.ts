import type { RecentQuantiles } from '../load-engine.ts';
import { Histogram } from './histogram.ts';

/** Values since they were last asked for, in µs. */
export class RecentValues {
  readonly #histogram = new Histogram();

  record(us: number): void {
    this.#histogram.record(us);
  }

  /** What was recorded since the last time, `null` where nothing was; from here on nothing was. */
  take(): RecentQuantiles | null {
    const { maxUs } = this.#histogram;
    if (maxUs === null) return null;
    const taken = {
      p50: this.#histogram.quantileUs(0.5),
      p99: this.#histogram.quantileUs(0.99),
      max: maxUs,
    };
    this.#histogram.reset();
    return taken;
  }
}
