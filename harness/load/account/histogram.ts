import {
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  Int32Histogram,
  JsHistogram,
} from 'hdr-histogram-js';
import type { EncodedHistogram } from '../load-engine.ts';

/** One hour, the longest request timeout a plan may ask for; a longer value is kept as this one. */
export const HISTOGRAM_MAX_US = 3_600_000_000;
const SIGNIFICANT_DIGITS = 3;

/**
 * Latencies in µs with three significant digits, from 1 µs to one hour: a value is off by at most
 * 0.1 %. All of them have the same layout, so that merging adds counts and loses nothing.
 */
export class Histogram {
  readonly #hdr: JsHistogram;

  constructor(hdr: JsHistogram = new Int32Histogram(1, HISTOGRAM_MAX_US, SIGNIFICANT_DIGITS)) {
    this.#hdr = hdr;
  }

  get samples(): number {
    return this.#hdr.totalCount;
  }

  /** `null` when it is empty; so are the others. */
  get meanUs(): number | null {
    return this.samples === 0 ? null : this.#hdr.mean;
  }

  get maxUs(): number | null {
    return this.samples === 0 ? null : this.#hdr.maxValue;
  }

  get minUs(): number | null {
    if (this.samples === 0) return null;
    return this.#hdr.getCountAtIndex(0) > 0 ? 0 : this.#hdr.minNonZeroValue;
  }

  record(us: number): void {
    this.#hdr.recordValue(recordableUs(us));
  }

  /** Value at or below which the share `q` (0 to 1) of the samples lies, in µs. Not of an empty one. */
  quantileUs(q: number): number {
    if (this.samples === 0) throw new RangeError('an empty histogram has no quantiles');
    return this.#hdr.getValueAtPercentile(q * 100);
  }

  /** The recorded values, ascending, each as the lower end of its class, with their counts. */
  *values(): Generator<{ readonly us: number; readonly count: number }> {
    for (let index = 0; index < this.#hdr.countsArrayLength; index += 1) {
      const count = this.#hdr.getCountAtIndex(index);
      if (count > 0) yield { us: this.#hdr.valueFromIndex(index), count };
    }
  }

  add(other: Histogram): void {
    // hdr-histogram-js takes the empty one's extremes as values.
    if (other.samples > 0) this.#hdr.add(other.#hdr);
  }

  reset(): void {
    this.#hdr.reset();
  }

  /** HdrHistogram's V2 format, compressed, base64: every HdrHistogram library reads it. */
  encode(): EncodedHistogram {
    return encodeIntoCompressedBase64(this.#hdr);
  }
}

/** What a histogram makes of a value: whole µs, 0 to one hour. */
export function recordableUs(us: number): number {
  return Math.min(Math.max(Math.round(us), 0), HISTOGRAM_MAX_US);
}

export function decodeHistogram(encoded: EncodedHistogram): Histogram {
  const decoded = decodeFromCompressedBase64(encoded);
  if (!(decoded instanceof JsHistogram)) {
    throw new TypeError('hdr-histogram-js decoded into an unexpected class');
  }
  return new Histogram(decoded);
}

/** The histogram of all values of the given ones; `null` stands for an empty one. */
export function mergeHistograms(encoded: readonly (EncodedHistogram | null)[]): Histogram {
  const merged = new Histogram();
  for (const one of encoded) {
    if (one !== null) merged.add(decodeHistogram(one));
  }
  return merged;
}
