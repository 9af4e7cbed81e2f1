import { Histogram } from './histogram.ts';
import { type LoadSecond, OUTCOMES, type Outcome } from './load-engine.ts';
import { US_PER_SECOND } from './monotonic-clock.ts';

/**
 * The seconds of one run, one after another. Events come in the order of time, so only the current
 * second is kept open; a finished one is kept encoded, which holds an hour in a few megabytes.
 * Encoding takes about half a millisecond, once a second, that requests then in flight will see.
 */
export class SecondSeries {
  readonly #finished: LoadSecond[] = [];
  readonly #latency: Readonly<Record<Outcome, Histogram>> = {
    ok: new Histogram(),
    error: new Histogram(),
    censored: new Histogram(),
  };
  #second = 0;
  #started = 0;
  #good = 0;

  started(elapsedUs: number): void {
    this.#moveTo(elapsedUs);
    this.#started += 1;
  }

  ended(elapsedUs: number, { outcome, latencyUs, good }: EndedRequest): void {
    this.#moveTo(elapsedUs);
    this.#latency[outcome].record(latencyUs);
    if (good) this.#good += 1;
  }

  /** All seconds up to the given moment, empty ones included. Nothing may be added afterwards. */
  finish(elapsedUs: number): readonly LoadSecond[] {
    this.#moveTo(elapsedUs);
    const wholeSecond = elapsedUs === this.#second * US_PER_SECOND;
    const empty =
      this.#started === 0 && OUTCOMES.every((name) => this.#latency[name].samples === 0);
    if (!(wholeSecond && empty)) this.#close();
    return this.#finished;
  }

  #moveTo(elapsedUs: number): void {
    const second = Math.floor(elapsedUs / US_PER_SECOND);
    while (this.#second < second) this.#close();
  }

  #close(): void {
    const { ok, error, censored } = this.#latency;
    this.#finished.push({
      second: this.#second,
      started: this.#started,
      good: this.#good,
      outcomes: { ok: ok.samples, error: error.samples, censored: censored.samples },
      latencyUs: { ok: taken(ok), error: taken(error), censored: taken(censored) },
    });
    this.#second += 1;
    this.#started = 0;
    this.#good = 0;
  }
}

interface EndedRequest {
  readonly outcome: Outcome;
  readonly latencyUs: number;
  readonly good: boolean;
}

function taken(histogram: Histogram): LoadSecond['latencyUs'][Outcome] {
  if (histogram.samples === 0) return null;
  const encoded = histogram.encode();
  histogram.reset();
  return encoded;
}
