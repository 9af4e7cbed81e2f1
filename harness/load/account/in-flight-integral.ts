import { US_PER_SECOND } from '../monotonic-clock.ts';

/**
 * Requests in flight, integrated over the measured window: Little's L × T. It knows counts and
 * moments only; the sum of residence times, made from single requests, must come out the same.
 */
export class InFlightIntegral {
  readonly #windowUs: number;
  /** Of each second of the window, in request-µs. */
  readonly #bySecondUs: number[] = [];
  #inFlight = 0;
  #sinceUs = 0;
  #requestUs = 0;

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** @param sinceUs when it happened, which may lie before what was told last: an arrival that was late */
  change(sinceUs: number, by: 1 | -1): void {
    this.#advance(sinceUs);
    // What is told late has been in flight since, up to the moment everything else is known for.
    this.#add(sinceUs, this.#sinceUs, by);
    this.#inFlight += by;
  }

  /** Request-seconds from the start to the given moment, at most to the window's end. */
  seconds(elapsedUs: number): number {
    this.#advance(elapsedUs);
    return this.#requestUs / US_PER_SECOND;
  }

  /** Request-seconds within one second of the window; 0 beyond it. */
  ofSecond(second: number): number {
    return (this.#bySecondUs[second] ?? 0) / US_PER_SECOND;
  }

  #advance(elapsedUs: number): void {
    const untilUs = Math.min(elapsedUs, this.#windowUs);
    if (untilUs <= this.#sinceUs) return;
    this.#add(this.#sinceUs, untilUs, this.#inFlight);
    this.#sinceUs = untilUs;
  }

  #add(fromUs: number, untilUs: number, inFlight: number): void {
    if (inFlight === 0 || untilUs <= fromUs) return;
    this.#requestUs += inFlight * (untilUs - fromUs);
    for (let us = fromUs; us < untilUs; ) {
      const second = Math.floor(us / US_PER_SECOND);
      const endUs = Math.min(untilUs, (second + 1) * US_PER_SECOND);
      this.#bySecondUs[second] = (this.#bySecondUs[second] ?? 0) + inFlight * (endUs - us);
      us = endUs;
    }
  }
}
