import { ERROR_CLASSES } from '../../../server/contract.ts';
import type { LoadProgress, ProgressQuantile } from '../../load/load-engine.ts';
import type { Threshold } from '../../plan/thresholds/threshold.ts';
import type { FactName } from '../../plan/thresholds/threshold-facts.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import { failedEndings, sumOf } from '../failed-endings.ts';
import {
  type PercentileName,
  SAMPLES_BEYOND_MIN,
  samplesBeyond,
} from '../statistics/percentiles.ts';
import { atLeast, decide, exactly, partOf, type Range } from './threshold-range.ts';
import { thresholdDetail } from './threshold-results.ts';

/** Rates and percentiles say little in the first seconds: caches fill, pools open connections. */
export const RATES_JUDGED_AFTER_MS = 5_000;

/** Peaks of the server side so far. */
export interface PeaksSoFar {
  readonly workers: number;
  readonly all: number;
  readonly worker: number;
}

/** What is known while the load runs. */
export interface RunSoFar {
  readonly plan: Pick<TrialPlan, 'load'>;
  readonly progress: LoadProgress;
  readonly peaks: PeaksSoFar;
  /** What cannot change while it runs: limits, the budget. */
  readonly constants: Readonly<Partial<Record<FactName, number>>>;
}

/** Both sides where the threshold can no longer be met, in words; `null` as long as it still can. */
export function lostThreshold(threshold: Threshold, soFar: RunSoFar): string | null {
  const { fact, unit, comparison, side } = threshold;
  // The average of a rising load is no forecast; against what was offered so far it can be judged.
  if (side.kind === 'number' && unit === 'per_second' && loadVaries(soFar.plan)) return null;
  const left = rangeSoFar(fact, soFar);
  const whole = side.kind === 'number' ? exactly(side.value) : rangeSoFar(side.fact, soFar);
  if (left === null || whole === null) return null;
  const right = side.kind === 'number' ? whole : partOf(whole, side.factor);
  if (decide(left, comparison, right) !== 'not_met') return null;
  return thresholdDetail(threshold, { ...decisive(left, right), met: false });
}

/**
 * Where the fact will end up, as far as it can be told now; `null`: anywhere. Counts and peaks can only
 * grow. Rates and percentiles are taken as they stand, after a few seconds; for the rates the
 * requests in flight may still end either way.
 */
export function rangeSoFar(fact: FactName, soFar: RunSoFar): Range | null {
  const constant = soFar.constants[fact];
  if (constant !== undefined) return exactly(constant);
  const count = COUNTS.get(fact)?.(soFar);
  if (count !== undefined) return atLeast(count);
  if (soFar.progress.elapsedMs < RATES_JUDGED_AFTER_MS) return null;
  return RATES.get(fact)?.(soFar) ?? null;
}

/** Facts that only grow. */
const COUNTS: ReadonlyMap<FactName, (soFar: RunSoFar) => number> = new Map<
  FactName,
  (soFar: RunSoFar) => number
>([
  ['requests.scheduled', ({ progress }) => progress.ledger.scheduled],
  ['requests.ok', ({ progress }) => progress.ledger.ok],
  ['errors.total', ({ progress }) => failedEndings(progress.ledger)],
  ...ERROR_CLASSES.map((name): [FactName, (soFar: RunSoFar) => number] => [
    `errors.${name}`,
    ({ progress }) => progress.ledger.httpErrors[name] ?? 0,
  ]),
  ['errors.connect', ({ progress }) => sumOf(progress.ledger.connectionErrors)],
  ['refused', ({ progress }) => sumOf(progress.ledger.attempts.refusalReasons)],
  ['timeouts', ({ progress }) => progress.ledger.timeouts],
  ['lost', ({ progress }) => progress.ledger.lost],
  ['unanswered', ({ progress }) => progress.ledger.unanswered],
  ['dropped', ({ progress }) => progress.ledger.dropped],
  ['attempts.started', ({ progress }) => progress.ledger.attempts.started],
  ['attempts.failed', ({ progress }) => failedEndings(progress.ledger.attempts)],
  ...ERROR_CLASSES.map((name): [FactName, (soFar: RunSoFar) => number] => [
    `attempts.errors.${name}`,
    ({ progress }) => progress.ledger.attempts.httpErrors[name] ?? 0,
  ]),
  ['run.latency.max', ({ progress }) => (progress.latencyUs?.max ?? 0) / US_PER_MS],
  ['pg.connections.peak', ({ peaks }) => peaks.workers],
  ['pg.connections.peak.all', ({ peaks }) => peaks.all],
  ['pg.connections.peak.worker', ({ peaks }) => peaks.worker],
]);

const RATES: ReadonlyMap<FactName, (soFar: RunSoFar) => Range | null> = new Map<
  FactName,
  (soFar: RunSoFar) => Range | null
>([
  ...['throughput' as const, 'run.throughput' as const].map(
    (name): [FactName, (soFar: RunSoFar) => Range] => [
      name,
      ({ progress }) => perSecond(progress.ledger.ok, progress),
    ],
  ),
  ...['goodput' as const, 'run.goodput' as const].map(
    (name): [FactName, (soFar: RunSoFar) => Range] => [
      name,
      ({ progress }) => perSecond(progress.good, progress),
    ],
  ),
  [
    'offered',
    ({ plan, progress: { ledger, elapsedMs } }) =>
      plan.load.model.kind === 'open' ? exactly(ledger.scheduled / (elapsedMs / 1_000)) : null,
  ],
  [
    'errors.rate',
    ({ progress: { ledger, inFlight } }) =>
      ledger.scheduled === 0
        ? null
        : {
            low: failedEndings(ledger) / ledger.scheduled,
            high: (failedEndings(ledger) + inFlight) / ledger.scheduled,
          },
  ],
  ...(['latency', 'run.latency'] as const).flatMap((prefix) =>
    (['p50', 'p90', 'p95', 'p99', 'p999'] as const).map(
      (name): [FactName, (soFar: RunSoFar) => Range | null] => [
        `${prefix}.${name}`,
        ({ progress }) => percentile(name, progress),
      ],
    ),
  ),
  [
    'latency.max',
    ({ progress: { latencyUs } }) =>
      latencyUs === null ? null : atLeast(latencyUs.max / US_PER_MS),
  ],
]);

const US_PER_MS = 1_000;

/** What is in flight may yet become one of them. */
function perSecond(count: number, { elapsedMs, inFlight }: LoadProgress): Range {
  const seconds = elapsedMs / 1_000;
  return { low: count / seconds, high: (count + inFlight) / seconds };
}

function percentile(
  name: PercentileName & ProgressQuantile,
  { latencyUs, ledger }: LoadProgress,
): Range | null {
  if (latencyUs === null || samplesBeyond(ledger.ok, name) < SAMPLES_BEYOND_MIN) return null;
  return exactly(latencyUs[name] / US_PER_MS);
}

function loadVaries({ load: { model } }: RunSoFar['plan']): boolean {
  if (model.kind === 'closed') return false;
  const rates = model.stages.flatMap(({ fromPerSecond, toPerSecond }) => [
    fromPerSecond,
    toPerSecond,
  ]);
  return new Set(rates).size > 1;
}

/** The bounds that decided, as the numbers to show. */
function decisive(left: Range, right: Range): { readonly left: Range; readonly right: Range } {
  return left.high <= right.low
    ? { left: exactly(left.high), right: exactly(right.low) }
    : { left: exactly(left.low), right: exactly(right.high) };
}
