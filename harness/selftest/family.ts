import type { UncorrectedResult } from '../load/closed/autocannon-adapter.ts';
import type { LoadRequest, LoadResult } from '../load/load-engine.ts';
import type { StubPlan, StubTruth } from '../load/stubs/stub-server.ts';
import type { Quantity } from './quantity.ts';

/** One behaviour of a server, and what each engine must make of it. */
export interface Family {
  /** Part of a row's id. */
  readonly name: string;
  /** What the stub does, in a few words. */
  readonly title: string;
  readonly stub: StubPlan;
  /** How plain autocannon is asked, on a fresh stub of the same plan. */
  readonly uncorrected: { readonly connections: number; readonly durationMs: number };
  readonly rows: readonly Row[];
}

/** One engine against one family's stub. */
export interface Row {
  readonly engine: LoadResult['engine'];
  readonly load: (origin: string) => LoadRequest;
  /** Pure: what was seen, against what is true. */
  readonly judge: (seen: Observation) => readonly Quantity[];
}

export interface Observation {
  readonly request: LoadRequest;
  readonly load: LoadResult;
  readonly truth: StubTruth;
  readonly uncorrected: UncorrectedObservation | null;
}

/** What autocannon alone said, and what its own stub knows. */
export interface UncorrectedObservation extends UncorrectedResult {
  readonly truth: StubTruth;
}

export function rowId(family: Pick<Family, 'name'>, row: Pick<Row, 'engine'>): string {
  return `${row.engine}/${family.name}`;
}
