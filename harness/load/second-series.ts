import { Histogram } from './histogram.ts';
import {
  COMPONENTS,
  type Component,
  type EncodedHistogram,
  type LoadSecond,
  OUTCOMES,
  type Outcome,
} from './load-engine.ts';
import { US_PER_SECOND } from './monotonic-clock.ts';

/**
 * Values kept as they came before they are made into histograms, 8 bytes each. Encoding takes about
 * half a millisecond a histogram, which requests then in flight would see: it is left for the end as
 * long as the memory allows, which it does for ten minutes at a thousand requests a second.
 */
const RAW_VALUES_MAX = 8_000_000;

type SeriesName = Outcome | Component;
const SERIES: readonly SeriesName[] = [...OUTCOMES, ...COMPONENTS];

interface OpenSecond {
  readonly second: number;
  started: number;
  dropped: number;
  good: number;
  readonly valuesUs: Readonly<Record<SeriesName, number[]>>;
}

type ClosedSecond = Omit<LoadSecond, 'inFlightSeconds'>;

/**
 * The seconds of one run, one after another. Events come in the order of time, so only the current
 * second is open.
 */
export class SecondSeries {
  readonly #encoded: ClosedSecond[] = [];
  readonly #raw: OpenSecond[] = [];
  readonly #scratch = new Histogram();
  #rawValues = 0;
  #current = openSecond(0);

  started(elapsedUs: number): void {
    this.#at(elapsedUs).started += 1;
  }

  dropped(elapsedUs: number): void {
    this.#at(elapsedUs).dropped += 1;
  }

  ended(elapsedUs: number, { outcome, latencyUs, good, partsUs }: EndedRequest): void {
    const second = this.#at(elapsedUs);
    second.valuesUs[outcome].push(latencyUs);
    this.#rawValues += 1;
    if (good) second.good += 1;
    if (partsUs === null) return;
    for (const component of COMPONENTS) second.valuesUs[component].push(partsUs[component]);
    this.#rawValues += COMPONENTS.length;
  }

  /** All seconds up to the given moment, empty ones included. Nothing may be added afterwards. */
  finish(elapsedUs: number, inFlightSeconds: (second: number) => number): readonly LoadSecond[] {
    const last = this.#at(elapsedUs);
    const wholeSecond = elapsedUs === last.second * US_PER_SECOND;
    const empty =
      last.started === 0 &&
      last.dropped === 0 &&
      OUTCOMES.every((name) => last.valuesUs[name].length === 0);
    if (!(wholeSecond && empty)) this.#raw.push(last);
    while (this.#raw.length > 0) this.#encodeOldest();
    return this.#encoded.map((it) => ({ ...it, inFlightSeconds: inFlightSeconds(it.second) }));
  }

  #at(elapsedUs: number): OpenSecond {
    const second = Math.floor(elapsedUs / US_PER_SECOND);
    while (this.#current.second < second) {
      this.#raw.push(this.#current);
      if (this.#rawValues > RAW_VALUES_MAX) this.#encodeOldest();
      this.#current = openSecond(this.#current.second + 1);
    }
    return this.#current;
  }

  #encodeOldest(): void {
    const oldest = this.#raw.shift();
    if (oldest === undefined) return;
    const { second, started, dropped, good, valuesUs } = oldest;
    const taken = (name: SeriesName): EncodedHistogram | null => this.#encode(valuesUs[name]);
    for (const name of SERIES) this.#rawValues -= valuesUs[name].length;
    this.#encoded.push({
      second,
      started,
      dropped,
      good,
      outcomes: {
        ok: valuesUs.ok.length,
        error: valuesUs.error.length,
        censored: valuesUs.censored.length,
      },
      latencyUs: { ok: taken('ok'), error: taken('error'), censored: taken('censored') },
      componentsUs: {
        lag: taken('lag'),
        wait: taken('wait'),
        connect: taken('connect'),
        db: taken('db'),
        loop: taken('loop'),
        rest: taken('rest'),
      },
    });
  }

  #encode(valuesUs: readonly number[]): EncodedHistogram | null {
    if (valuesUs.length === 0) return null;
    for (const us of valuesUs) this.#scratch.record(us);
    const encoded = this.#scratch.encode();
    this.#scratch.reset();
    return encoded;
  }
}

interface EndedRequest {
  readonly outcome: Outcome;
  readonly latencyUs: number;
  readonly good: boolean;
  /** Of right answers. */
  readonly partsUs: Readonly<Record<Component, number>> | null;
}

function openSecond(second: number): OpenSecond {
  return {
    second,
    started: 0,
    dropped: 0,
    good: 0,
    valuesUs: {
      ok: [],
      error: [],
      censored: [],
      lag: [],
      wait: [],
      connect: [],
      db: [],
      loop: [],
      rest: [],
    },
  };
}
