import {
  COMPONENTS,
  type Component,
  type EncodedHistogram,
  type LoadSecond,
  OUTCOMES,
  type Outcome,
} from '../load-engine.ts';
import { US_PER_SECOND } from '../monotonic-clock.ts';
import type { LatencyPartsUs } from './answer-parts.ts';
import { Histogram, recordableUs } from './histogram.ts';
import { ValueQueue } from './value-queue.ts';

/**
 * Values that wait for their histograms, 4 bytes each. Encoding takes about 0.2 ms a histogram, which
 * requests then in flight would see: it is left for the end as long as 64 MiB hold what there is,
 * which is seven minutes at 5,000 right answers a second, and otherwise done once a second.
 */
const WAITING_VALUES_MAX = 16_000_000;

type SeriesName = Outcome | Component;
const SERIES: readonly SeriesName[] = [...OUTCOMES, ...COMPONENTS];

interface OpenSecond {
  readonly second: number;
  started: number;
  dropped: number;
  good: number;
  /** Values of this second in each queue. */
  readonly values: Record<SeriesName, number>;
}

type ClosedSecond = Omit<LoadSecond, 'inFlightSeconds'>;

/**
 * The seconds of one run, one after another. Events come in the order of time, so only the current
 * second is open.
 */
export class SecondSeries {
  readonly #windowUs: number;
  readonly #waitingMax: number;
  readonly #queues = queues();
  readonly #waiting: OpenSecond[] = [];
  readonly #encoded: ClosedSecond[] = [];
  readonly #scratch = new Histogram();
  #waitingValues = 0;
  #current = openSecond(0);

  constructor({ windowUs, waitingMax = WAITING_VALUES_MAX }: SecondSeriesOptions) {
    this.#windowUs = windowUs;
    this.#waitingMax = waitingMax;
  }

  started(elapsedUs: number): void {
    this.#at(elapsedUs).started += 1;
  }

  dropped(elapsedUs: number): void {
    this.#at(elapsedUs).dropped += 1;
  }

  ended(elapsedUs: number, { outcome, latencyUs, good, partsUs }: EndedRequest): void {
    const second = this.#at(elapsedUs);
    this.#add(second, outcome, latencyUs);
    if (good) second.good += 1;
    if (partsUs === null) return;
    for (const component of COMPONENTS) {
      const us = partsUs[component];
      if (us !== null) this.#add(second, component, us);
    }
  }

  /** All seconds up to the given moment, empty ones included. Nothing may be added afterwards. */
  finish(elapsedUs: number, inFlightSeconds: (second: number) => number): readonly LoadSecond[] {
    const last = this.#at(elapsedUs);
    const wholeSecond = elapsedUs === this.#beginUs(last.second);
    const empty =
      last.started === 0 && last.dropped === 0 && OUTCOMES.every((name) => last.values[name] === 0);
    if (!(wholeSecond && empty)) this.#waiting.push(last);
    while (this.#waiting.length > 0) this.#encodeOldest();
    return this.#encoded.map((it) => ({ ...it, inFlightSeconds: inFlightSeconds(it.second) }));
  }

  #at(elapsedUs: number): OpenSecond {
    const second = this.#secondOf(elapsedUs);
    while (this.#current.second < second) {
      this.#waiting.push(this.#current);
      if (this.#waitingValues > this.#waitingMax) this.#encodeOldest();
      this.#current = openSecond(this.#current.second + 1);
    }
    return this.#current;
  }

  /** The drain begins a second of its own, or what it answers would pass for the window's. */
  #secondOf(elapsedUs: number): number {
    const drainUs = elapsedUs - this.#windowUs;
    return drainUs < 0
      ? Math.floor(elapsedUs / US_PER_SECOND)
      : this.#firstOfDrain + Math.floor(drainUs / US_PER_SECOND);
  }

  #beginUs(second: number): number {
    const ofDrain = second - this.#firstOfDrain;
    return ofDrain < 0 ? second * US_PER_SECOND : this.#windowUs + ofDrain * US_PER_SECOND;
  }

  get #firstOfDrain(): number {
    return Math.ceil(this.#windowUs / US_PER_SECOND);
  }

  #add(second: OpenSecond, name: SeriesName, us: number): void {
    this.#queues[name].add(recordableUs(us));
    second.values[name] += 1;
    this.#waitingValues += 1;
  }

  #encodeOldest(): void {
    const oldest = this.#waiting.shift();
    if (oldest === undefined) return;
    const { second, started, dropped, good, values } = oldest;
    const taken = (name: SeriesName): EncodedHistogram | null => this.#encode(name, values[name]);
    for (const name of SERIES) this.#waitingValues -= values[name];
    this.#encoded.push({
      second,
      started,
      dropped,
      good,
      outcomes: { ok: values.ok, error: values.error, censored: values.censored },
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

  #encode(name: SeriesName, values: number): EncodedHistogram | null {
    if (values === 0) return null;
    this.#queues[name].take(values, (us) => this.#scratch.record(us));
    const encoded = this.#scratch.encode();
    this.#scratch.reset();
    return encoded;
  }
}

interface SecondSeriesOptions {
  /** Length of the measured window; what comes after it is the drain. */
  readonly windowUs: number;
  /** Values that may wait, see above. */
  readonly waitingMax?: number;
}

interface EndedRequest {
  readonly outcome: Outcome;
  readonly latencyUs: number;
  readonly good: boolean;
  /** Of right answers. */
  readonly partsUs: LatencyPartsUs | null;
}

function queues(): Readonly<Record<SeriesName, ValueQueue>> {
  return {
    ok: new ValueQueue(),
    error: new ValueQueue(),
    censored: new ValueQueue(),
    lag: new ValueQueue(),
    wait: new ValueQueue(),
    connect: new ValueQueue(),
    db: new ValueQueue(),
    loop: new ValueQueue(),
    rest: new ValueQueue(),
  };
}

function openSecond(second: number): OpenSecond {
  return {
    second,
    started: 0,
    dropped: 0,
    good: 0,
    values: {
      ok: 0,
      error: 0,
      censored: 0,
      lag: 0,
      wait: 0,
      connect: 0,
      db: 0,
      loop: 0,
      rest: 0,
    },
  };
}
