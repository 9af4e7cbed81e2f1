import { US_PER_SECOND } from './monotonic-clock.ts';

/**
 * Requests in flight, integrated over the measured window: Little's L × T. It knows counts and
 * moments only; the sum of residence times, made from single requests, must come out the same.
 */
export class InFlightIntegral {
  readonly #windowUs: number;
  #inFlight = 0;
  #sinceUs = 0;
  #requestUs = 0;

  constructor(windowUs: number) {
    this.#windowUs = windowUs;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  change(elapsedUs: number, by: 1 | -1): void {
    this.#advance(elapsedUs);
    this.#inFlight += by;
  }

  /** Request-seconds from the start to the given moment, at most to the window's end. */
  seconds(elapsedUs: number): number {
    this.#advance(elapsedUs);
    return this.#requestUs / US_PER_SECOND;
  }

  #advance(elapsedUs: number): void {
    const untilUs = Math.min(elapsedUs, this.#windowUs);
    if (untilUs <= this.#sinceUs) return;
    this.#requestUs += this.#inFlight * (untilUs - this.#sinceUs);
    this.#sinceUs = untilUs;
  }
}
