import type { PoolMetrics } from '../../analysis/service-reading.ts';
import { type ExpositionSample, expositionSamples } from './exposition-samples.ts';
import { isOfPool, type PoolFigures, poolFigures, type Times } from './pool-figures.ts';

/** Gauges count while there is load only, counters from before it until after it. */
export type ReadingPhase = 'before' | 'during' | 'after';

export interface MetricsAccount {
  add(exposition: string, phase: ReadingPhase): void;
  result(): ServiceMetrics;
}

export interface ServiceMetrics {
  readonly metrics: PoolMetrics | null;
  /** Sentences on what is not known of the pools. */
  readonly unseen: readonly string[];
}

interface Reading {
  readonly phase: ReadingPhase;
  readonly figures: PoolFigures;
  readonly processes: ProcessesTold;
}

/**
 * Whom an exposition is of: processes by a label, one that tells its own start, or nobody knows whom, which is how
 * those look that add their processes up.
 */
type ProcessesTold =
  | { readonly kind: 'several' }
  | { readonly kind: 'one'; readonly startedAt: number }
  | { readonly kind: 'untold' };

/** What libraries that add processes up, or tell them apart, call them. */
const PROCESS_LABELS = [
  'worker',
  'worker_id',
  'workerId',
  'pid',
  'process_pid',
  'process_id',
  'process',
  'service_instance_id',
] as const;
const PROCESS_START = 'process_start_time_seconds';

/**
 * @param path as it was asked, for the sentences
 * @param workers of the service, each with a pool of its own; `null`: not known
 * @param poolMost what each of those pools may open; `null`: not known, or no limit
 */
export function createMetricsAccount({
  path,
  workers,
  poolMost = null,
}: {
  readonly path: string;
  readonly workers: number | null;
  readonly poolMost?: number | null;
}): MetricsAccount {
  const readings: Reading[] = [];
  return {
    add: (exposition, phase) => {
      const reading = read(exposition, phase);
      if (reading !== null) readings.push(reading);
    },
    result: () => {
      if (readings.length === 0) {
        return {
          metrics: null,
          unseen: [unknown(`GET ${path} has none of the names that are known`)],
        };
      }
      if (answersForOne(readings, { workers, poolMost })) {
        const unseen = unknown(
          `each process answers GET ${path} for itself, and nobody knows which one did; one answer for all of them would tell (prometheus_client's multiprocess mode, prom-client's AggregatorRegistry)`,
        );
        return { metrics: null, unseen: [unseen] };
      }
      return { metrics: summarize(readings), unseen: doubts({ path, workers }, readings) };
    },
  };
}

function doubts(
  { path, workers }: { readonly path: string; readonly workers: number | null },
  readings: readonly Reading[],
): string[] {
  const sentences: string[] = [];
  if (workers !== null && workers > 1 && readings.some((it) => it.processes.kind === 'untold')) {
    sentences.push(
      `Whether GET ${path} answers for all ${workers} workers is not known: it names none of them; a label for each would tell.`,
    );
  }
  const missed = (['before', 'during', 'after'] as const).filter(
    (phase) => !readings.some((reading) => reading.phase === phase),
  );
  if (missed.length > 0) {
    sentences.push(
      `Some of what GET ${path} tells is missing: it told nothing of the pools ${missed.join(' and ')} the load.`,
    );
  }
  return sentences;
}

/** What is not known without metrics of the pools, and why. */
export function unknown(why: string): string {
  return `How full its pools were, and how many requests waited for them, is not known: ${why}.`;
}

function read(exposition: string, phase: ReadingPhase): Reading | null {
  const series = new Map<string, ExpositionSample[]>();
  const wanted = (name: string): boolean => name === PROCESS_START || isOfPool(name);
  for (const sample of expositionSamples(exposition, wanted)) {
    const known = series.get(sample.name);
    if (known === undefined) series.set(sample.name, [sample]);
    else known.push(sample);
  }
  const figures = poolFigures(series);
  return figures === null ? null : { phase, figures, processes: processesTold(series) };
}

function processesTold(series: ReadonlyMap<string, readonly ExpositionSample[]>): ProcessesTold {
  const ofPools = [...series].filter(([name]) => name !== PROCESS_START).flatMap(([, all]) => all);
  for (const label of PROCESS_LABELS) {
    const values = new Set(ofPools.map(({ labels }) => labels.get(label)));
    values.delete(undefined);
    if (values.size > 1) return { kind: 'several' };
  }
  const starts = series.get(PROCESS_START) ?? [];
  const [start] = starts;
  return start === undefined || starts.length > 1
    ? { kind: 'untold' }
    : { kind: 'one', startedAt: start.value };
}

/** Whether several processes answer in turn, each for itself: then no two readings are of one pool. */
function answersForOne(
  readings: readonly Reading[],
  { workers, poolMost }: { readonly workers: number | null; readonly poolMost: number | null },
): boolean {
  if (readings.every(({ processes }) => processes.kind === 'several')) return false;
  const starts = new Set(
    readings.flatMap(({ processes }) => (processes.kind === 'one' ? [processes.startedAt] : [])),
  );
  if (starts.size > 1 || (starts.size === 1 && workers !== null && workers > 1)) return true;
  // Whoever is idle takes a new connection: all of the readings may be of one that has little to do.
  const isOnePool = ({ processes, figures: { max } }: Reading): boolean =>
    processes.kind === 'untold' && max !== null && poolMost !== null && max <= poolMost;
  if (workers !== null && workers > 1 && readings.some(isOnePool)) return true;
  return readings.some(({ figures }, index) => {
    const before = readings[index - 1]?.figures;
    return before !== undefined && wentBack(before, figures);
  });
}

/** Nothing of one process that goes on counts backwards. */
function wentBack(before: PoolFigures, now: PoolFigures): boolean {
  const fell = (was: number | undefined | null, is: number | undefined | null): boolean =>
    typeof was === 'number' && typeof is === 'number' && is < was;
  return (
    fell(before.timeouts, now.timeouts) ||
    fell(before.wait?.count, now.wait?.count) ||
    fell(before.connect?.count, now.connect?.count)
  );
}

function summarize(readings: readonly Reading[]): PoolMetrics | null {
  const [first] = readings;
  if (first === undefined) return null;
  const during = readings.filter(({ phase }) => phase === 'during').map(({ figures }) => figures);
  const all = readings.map(({ figures }) => figures);
  const figuresAt = (phase: ReadingPhase): PoolFigures | null =>
    readings.find((reading) => reading.phase === phase)?.figures ?? null;
  const before = figuresAt('before');
  const after = figuresAt('after');
  const used = numbers(during.map((it) => it.used));
  const waiting = numbers(during.map((it) => it.waiting));
  const max = numbers(all.map((it) => it.max));
  return {
    source: first.figures.source,
    readings: during.length,
    max: most(max),
    usedPeak: most(used),
    waitingPeak: most(waiting),
    usedMean: mean(used),
    waitingMean: mean(waiting),
    timeouts: before === null ? null : increase(before.timeouts, after?.timeouts ?? null),
    waitMeanMs: before === null ? null : meanBetween(before.wait, after?.wait ?? null),
    connectMeanMs: before === null ? null : meanBetween(before.connect, after?.connect ?? null),
  };
}

/** A counter that was not there before has counted nothing until then. */
function increase(before: number | null, after: number | null): number | null {
  return after === null ? null : Math.max(0, Math.round(after - (before ?? 0)));
}

function meanBetween(before: Times | null, after: Times | null): number | null {
  if (after === null) return null;
  const count = after.count - (before?.count ?? 0);
  return count > 0 ? Math.max(0, (after.sumMs - (before?.sumMs ?? 0)) / count) : null;
}

function numbers(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function most(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.max(0, Math.round(Math.max(...values)));
}

function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  return Math.max(0, values.reduce((sum, value) => sum + value, 0) / values.length);
}
