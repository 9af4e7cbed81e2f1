import { exactSeconds } from './exact-seconds.ts';

/** A metric whose values are read elsewhere and written here whenever numbers are asked for. */
export class Readings<Name extends string> {
  readonly #definition: ReadingsDefinition<Name>;
  readonly #values = new Map<string, Reading<Name>>();

  constructor(definition: ReadingsDefinition<Name>) {
    this.#definition = definition;
  }

  /** Replaces the value of the series with these labels. */
  set(labels: Readonly<Record<Name, string>>, value: number): void {
    const { name, type, labelNames } = this.#definition;
    if (!Number.isFinite(value)) throw new TypeError(`${name} cannot be ${value}`);
    const key = labelNames.map((label) => labels[label]).join('\n');
    // Of several workers, a counter's values are added up.
    this.#values.set(key, { labels, value: type === 'counter' ? exactSeconds(value) : value });
  }

  /** From now on it has no series at all, which is something else than zeros. */
  clear(): void {
    this.#values.clear();
  }

  /** prom-client's own JSON form of it. */
  json(): ReadingsJson<Name> {
    const { name, help, type } = this.#definition;
    return { name, help, type, aggregator: 'sum', values: [...this.#values.values()] };
  }
}

export interface ReadingsDefinition<Name extends string> {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly labelNames: readonly Name[];
}

interface Reading<Name extends string> {
  readonly labels: Readonly<Record<Name, string>>;
  readonly value: number;
}

/** A metric as prom-client's aggregation takes it from another process. */
export interface ReadingsJson<Name extends string> {
  readonly name: string;
  readonly help: string;
  readonly type: 'gauge' | 'counter';
  readonly aggregator: 'sum';
  readonly values: readonly Reading<Name>[];
}
