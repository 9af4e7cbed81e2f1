/** A scrape of the server's own metrics, as a test reads it. */
export class Scraped {
  /** By metric: its type, and its samples by their whole series name as it stands in the text. */
  readonly metrics = new Map<string, ScrapedMetric>();

  constructor(text: string) {
    let current: ScrapedMetric | undefined;
    for (const line of text.split('\n')) {
      const declared = /^# TYPE (\S+) (\S+)$/.exec(line);
      if (declared !== null) {
        const [, name = '', type = ''] = declared;
        current = { type, samples: new Map() };
        this.metrics.set(name, current);
      } else if (line !== '' && !line.startsWith('#')) {
        const end = line.lastIndexOf(' ');
        if (current === undefined) throw new Error(`a sample without a type: ${line}`);
        current.samples.set(line.slice(0, end), Number(line.slice(end + 1)));
      }
    }
  }

  /** Sum of the samples of this name that have all of these labels; 0 without any. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.samples(name, labels).reduce((total, { value }) => total + value, 0);
  }

  /** Samples of this name, which of a histogram ends in `_bucket`, `_sum` or `_count`. */
  samples(name: string, labels: Readonly<Record<string, string>> = {}): Sample[] {
    const metric =
      this.metrics.get(name) ?? this.metrics.get(name.replace(/_(?:bucket|sum|count)$/, ''));
    return [...(metric?.samples ?? [])]
      .map(([series, value]) => ({ ...parseSeries(series), value }))
      .filter(
        (sample) =>
          sample.name === name &&
          Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
      );
  }

  /** Everything that must never fall: counters, and buckets, sums and counts of histograms. */
  get totals(): Map<string, number> {
    return new Map(
      [...this.metrics.values()]
        .filter(({ type }) => type === 'counter' || type === 'histogram')
        .flatMap(({ samples }) => [...samples]),
    );
  }

  /** The same, summed by name and all labels but `worker`. */
  get totalsOverWorkers(): Map<string, number> {
    const totals = new Map<string, number>();
    for (const [series, value] of this.totals) {
      const name = series.replace(/worker="[^"]*",?/, '');
      totals.set(name, (totals.get(name) ?? 0) + value);
    }
    return totals;
  }
}

export interface ScrapedMetric {
  readonly type: string;
  readonly samples: Map<string, number>;
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

function parseSeries(series: string): Omit<Sample, 'value'> {
  const [, name = '', inner = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(series) ?? [];
  const pairs = [...inner.matchAll(/([a-z_]+)="([^"]*)"/g)];
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = '', value = '']) => [label, value])),
  };
}
