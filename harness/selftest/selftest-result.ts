import type { Interval } from '../analysis/trial-result.ts';
import type { LoadResult } from '../load/load-engine.ts';
import { type Family, type Observation, type Row, rowId } from './family.ts';
import { noiseReasons, type RowNoise } from './noise.ts';
import { holds, type Quantity } from './quantity.ts';

export const SELFTEST_JSON_VERSION = 1;

export const ROW_STATUSES = ['pass', 'fail', 'inconclusive'] as const;
export type RowStatus = (typeof ROW_STATUSES)[number];

export type JudgedQuantity = Quantity & { readonly holds: boolean };

export interface RowResult {
  readonly id: string;
  readonly engine: LoadResult['engine'];
  readonly family: string;
  readonly title: string;
  readonly status: RowStatus;
  readonly quantities: readonly JudgedQuantity[];
  /** The engine's own broken laws, in its words. */
  readonly brokenLaws: readonly string[];
  readonly noise: RowNoise;
  /** Why the host was too noisy to judge times by; empty on a quiet one. */
  readonly noisyBecause: readonly string[];
}

export interface SelftestResult {
  readonly schemaVersion: typeof SELFTEST_JSON_VERSION;
  readonly rows: readonly RowResult[];
  /** Rows that were asked for; more than there are where it was stopped. */
  readonly rowsPlanned: number;
  readonly engineVersions: Readonly<Record<string, string>>;
  readonly durationMs: number;
}

/**
 * A wrong count is a failure on any host. A wrong time is one on a quiet host, and says nothing on a
 * noisy one; it is not a pass either.
 */
export function judgeRow(
  { family, row }: { readonly family: Family; readonly row: Row },
  { seen, noise }: { readonly seen: Observation; readonly noise: RowNoise },
): RowResult {
  const quantities = row.judge(seen).map((quantity) => ({ ...quantity, holds: holds(quantity) }));
  const wrong = quantities.filter((quantity) => !quantity.holds);
  const noisyBecause = noiseReasons(noise);
  const failed = wrong.some(({ basis }) => basis === 'count' || noisyBecause.length === 0);
  return {
    id: rowId(family, row),
    engine: row.engine,
    family: family.name,
    title: family.title,
    status: wrong.length === 0 ? 'pass' : failed ? 'fail' : 'inconclusive',
    quantities,
    brokenLaws: seen.load.brokenLaws,
    noise,
    noisyBecause,
  };
}

/** The interval that a tolerance leaves around the truth; `null` where only one value is right. */
export function allowedRange({ truth, tolerance }: Quantity): Interval | null {
  if (typeof truth === 'string' || tolerance.kind !== 'within') return null;
  const room = Math.max(tolerance.absolute, tolerance.relative * Math.abs(truth));
  return { low: truth - room, high: truth + room };
}
