import { COMPONENTS, type Component, type LoadResult, type TimedAnswers } from '../load-engine.ts';
import { answerParts, type LatencyPartsUs } from './answer-parts.ts';
import { Breakdown } from './breakdown.ts';
import { Histogram } from './histogram.ts';
import type { ServerTimingMs } from './server-timing.ts';
import { TimedCounts } from './timed-counts.ts';

/** Where the time of right answers went, over the whole run. */
export class RightAnswers {
  readonly #components: Readonly<Record<Component, Histogram>> = {
    lag: new Histogram(),
    wait: new Histogram(),
    connect: new Histogram(),
    db: new Histogram(),
    loop: new Histogram(),
    rest: new Histogram(),
  };
  readonly #service = new Histogram();
  readonly #breakdown = new Breakdown();
  readonly #timed = new TimedCounts();
  #latencySumUs = 0;

  /**
   * @param lagUs from the intended start to the sending of the attempt that was answered
   * @returns the parts, which add up to the latency
   */
  record(latencyUs: number, lagUs: number, timing: ServerTimingMs): LatencyPartsUs {
    const partsUs = answerParts(latencyUs, lagUs, timing);
    for (const component of COMPONENTS) {
      const us = partsUs[component];
      if (us !== null) this.#components[component].record(us);
    }
    this.#timed.add(timing);
    this.#service.record(latencyUs - lagUs);
    this.#breakdown.record(latencyUs, partsUs);
    this.#latencySumUs += latencyUs;
    return partsUs;
  }

  /** In each histogram. */
  get samples(): Readonly<Record<Component | 'service', number>> {
    const { lag, wait, connect, db, loop, rest } = this.#components;
    return {
      lag: lag.samples,
      wait: wait.samples,
      connect: connect.samples,
      db: db.samples,
      loop: loop.samples,
      rest: rest.samples,
      service: this.#service.samples,
    };
  }

  get timed(): TimedAnswers {
    return this.#timed.snapshot();
  }

  /** Of all latencies. */
  get latencySumUs(): number {
    return this.#latencySumUs;
  }

  finish(): Pick<LoadResult, 'serviceUs' | 'componentsUs' | 'breakdown' | 'timed'> {
    const { lag, wait, connect, db, loop, rest } = this.#components;
    return {
      serviceUs: this.#service.encode(),
      componentsUs: {
        lag: lag.encode(),
        wait: wait.encode(),
        connect: connect.encode(),
        db: db.encode(),
        loop: loop.encode(),
        rest: rest.encode(),
      },
      breakdown: this.#breakdown.buckets(),
      timed: this.timed,
    };
  }
}
