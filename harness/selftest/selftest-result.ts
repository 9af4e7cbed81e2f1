import type { LoadResult } from '../load/load-engine.ts';
import { type Family, type Observation, type Row, rowId } from './family.ts';
import { noiseReasons, type RowNoise } from './noise.ts';
import { holds, mayHold, type Quantity } from './quantity.ts';

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
  /** Why times cannot be judged: a noisy host, or samples too few to tell. Empty where they can. */
  readonly doubts: readonly string[];
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
 * A wrong count is a failure on any host. A wrong time is one on a quiet host, unless it is a percentile
 * that with 99.9 % confidence may lie where it should; it says nothing on a noisy host. What says nothing
 * is not a pass either.
 */
export function judgeRow(
  { family, row }: { readonly family: Family; readonly row: Row },
  { seen, noise }: { readonly seen: Observation; readonly noise: RowNoise },
): RowResult {
  const quantities = row.judge(seen).map((quantity) => ({ ...quantity, holds: holds(quantity) }));
  const wrong = quantities.filter((quantity) => !quantity.holds);
  const noisy = noiseReasons(noise);
  const failed = wrong.some(
    (quantity) => quantity.basis === 'count' || (noisy.length === 0 && !mayHold(quantity)),
  );
  const doubts = [...noisy, ...wrong.filter(mayHold).map(unsureText)];
  return {
    id: rowId(family, row),
    engine: row.engine,
    family: family.name,
    title: family.title,
    status: wrong.length === 0 ? 'pass' : failed ? 'fail' : 'inconclusive',
    quantities,
    brokenLaws: seen.load.brokenLaws,
    noise,
    doubts,
  };
}

function unsureText({ name, known }: Quantity): string {
  const range = known ? `${known.low.toFixed(1)} to ${known.high.toFixed(1)} ms` : 'uncertain';
  return `from so few samples the ${name} is known as ${range} only`;
}
