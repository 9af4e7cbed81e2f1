import { exactSeconds } from './exact-seconds.ts';

/** One series of a histogram: a few additions a value, since it is written several times a request. */
export class BucketSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly #upperBounds: readonly number[];
  /** One a bucket, not cumulative, and one more for what lies beyond the last bound. */
  readonly #counts: Float64Array;
  #sum = 0;

  constructor(labels: Readonly<Record<string, string>>, upperBounds: readonly number[]) {
    this.labels = labels;
    this.#upperBounds = upperBounds;
    this.#counts = new Float64Array(upperBounds.length + 1);
  }

  observe(value: number): void {
    if (!Number.isFinite(value)) throw new TypeError(`a histogram cannot hold ${value}`);
    const bounds = this.#upperBounds;
    let index = 0;
    // Short, and most values fall into the first buckets: a search by halves would be no faster.
    while (index < bounds.length && value > (bounds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += value;
  }

  /** Cumulative counts by upper bound, then the total and the sum, as Prometheus wants them. */
  read(): {
    readonly buckets: readonly { readonly le: number; readonly count: number }[];
    readonly count: number;
    readonly sum: number;
  } {
    let count = 0;
    const buckets = this.#upperBounds.map((le, index) => {
      count += this.#counts[index] ?? 0;
      return { le, count };
    });
    const beyond = this.#counts[buckets.length] ?? 0;
    return { buckets, count: count + beyond, sum: exactSeconds(this.#sum) };
  }
}

/** A metric as prom-client's aggregation takes it from another process. */
export interface HistogramJson {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram';
  readonly aggregator: 'sum';
  readonly values: readonly {
    readonly metricName: string;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly value: number;
  }[];
}

/** prom-client's own JSON form of a histogram with these series. */
export function histogramJson(
  { name, help }: { readonly name: string; readonly help: string },
  series: readonly BucketSeries[],
): HistogramJson {
  const values = series.flatMap((one) => {
    const { labels } = one;
    const { buckets, count, sum } = one.read();
    return [
      ...[...buckets, { le: '+Inf', count }].map((bucket) => ({
        metricName: `${name}_bucket`,
        labels: { le: bucket.le, ...labels },
        value: bucket.count,
      })),
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  });
  return { name, help, type: 'histogram', aggregator: 'sum', values };
}
