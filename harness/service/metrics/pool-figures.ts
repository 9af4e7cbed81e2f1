import type { ExpositionSample } from './exposition-samples.ts';
import { NAMINGS, type Naming, type TimesNames } from './pool-namings.ts';

/** What one exposition says of the pools, summed over its series; `null`: nothing. Counters since the process began. */
export interface PoolFigures {
  readonly source: Naming['source'];
  readonly max: number | null;
  readonly used: number | null;
  readonly waiting: number | null;
  readonly timeouts: number | null;
  readonly wait: Times | null;
  readonly connect: Times | null;
}

/** How long something took, in all, and how often it was done. */
export interface Times {
  readonly sumMs: number;
  readonly count: number;
}

/** Series by name. */
export type SeriesByName = ReadonlyMap<string, readonly ExpositionSample[]>;

/** The lab's own API takes OpenTelemetry's names, and has others beside them. */
const OWN_MARK = 'pool_lab_pending_request_seconds_total';

const NAMES: ReadonlySet<string> = new Set(
  NAMINGS.flatMap(({ max, used, total = [], idle = [], waiting, timeouts, wait, connect }) => [
    ...[max, used, total, idle, waiting, timeouts].flat(),
    ...[...wait, ...connect].flatMap((times) => [times.sum, times.count]),
  ]),
);

/** Whether a metric says anything of a pool. */
export function isOfPool(name: string): boolean {
  return name === OWN_MARK || NAMES.has(name);
}

/** `null`: no name is one that is known. */
export function poolFigures(series: SeriesByName): PoolFigures | null {
  const ofPostgres = new Map(
    [...series].map(([name, samples]) => [name, samples.filter(mayBePostgres)]),
  );
  for (const naming of NAMINGS) {
    const figures = figuresBy(naming, ofPostgres);
    const { source, ...numbers } = figures;
    if (Object.values(numbers).every((number) => number === null)) continue;
    return source === 'opentelemetry' && series.has(OWN_MARK)
      ? { ...figures, source: 'pool-lab' }
      : figures;
  }
  return null;
}

function figuresBy(naming: Naming, series: SeriesByName): PoolFigures {
  const used = naming.usedByState
    ? firstSum(series, naming.used, isUsed)
    : firstSum(series, naming.used);
  const total = firstSum(series, naming.total ?? []);
  const idle = firstSum(series, naming.idle ?? []);
  return {
    source: naming.source,
    max: positive(firstSum(series, naming.max)),
    used: used ?? (total === null || idle === null ? null : Math.max(0, total - idle)),
    waiting: firstSum(series, naming.waiting),
    timeouts: firstSum(series, naming.timeouts),
    wait: firstTimes(series, naming.wait, naming),
    connect: firstTimes(series, naming.connect, naming),
  };
}

/** Pools without a limit say 0 or less. */
function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

function firstSum(
  series: SeriesByName,
  names: readonly string[],
  counts: (sample: ExpositionSample) => boolean = () => true,
): number | null {
  for (const name of names) {
    const samples = series.get(name)?.filter(counts) ?? [];
    if (samples.length > 0) return samples.reduce((sum, { value }) => sum + value, 0);
  }
  return null;
}

function firstTimes(
  series: SeriesByName,
  ways: readonly TimesNames[],
  { countersComeLate }: Naming,
): Times | null {
  for (const names of ways) {
    const count = firstSum(series, [names.count]);
    const sum = firstSum(series, [names.sum]) ?? (countersComeLate === true ? 0 : null);
    if (sum !== null && count !== null) return { sumMs: sum * names.msPerUnit, count };
  }
  return null;
}

function isUsed({ labels }: ExpositionSample): boolean {
  return (labels.get('db_client_connection_state') ?? labels.get('state')) === 'used';
}

/** OpenTelemetry's names are for the pools of every database. */
function mayBePostgres({ labels }: ExpositionSample): boolean {
  const system = labels.get('db_system_name') ?? labels.get('db_system');
  if (system !== undefined) return /postgres|other_sql/i.test(system);
  const pool = labels.get('db_client_connection_pool_name') ?? labels.get('pool_name') ?? '';
  return !/^(mongodb|rediss?|mysql|amqps?)\b/i.test(pool);
}
