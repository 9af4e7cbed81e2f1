import {
  LOAD_PHASES,
  LOAD_RESULTS,
  type LoadPhase,
  type LoadResultLabel,
  type MetricPercentile,
} from '../../server/contract.ts';
import type { Endings, LoadProgress, LoadResult, RecentQuantiles } from '../load/load-engine.ts';
import { US_PER_SECOND } from '../load/monotonic-clock.ts';
import type { LoadObserver } from '../runner/lab-observer.ts';
import type { MetricFamily, MetricSample } from './exposition.ts';
import { HARNESS_FAMILIES } from './harness-families.ts';

/** The account of a run's users, which only grows. */
type Account = Pick<LoadProgress, 'ledger' | 'good'>;
type CounterName = 'offered' | 'dropped' | 'good' | LoadResultLabel;
type Counts = Map<CounterName, number>;

interface Run {
  readonly phase: Exclude<LoadPhase, 'idle'>;
  /** What the totals have of it already. */
  counted: Counts;
  last: LoadProgress | null;
}

/**
 * The load as its clients saw it, over all runs: each run counts from nothing, these go on. The last
 * second of a run comes with its result; one that fails is counted as far as it had reported.
 */
export class LoadMetrics {
  readonly #totals: Counts = new Map();
  #run: Run | null = null;

  begin(phase: Run['phase']): LoadObserver {
    const run: Run = { phase, counted: new Map(), last: null };
    this.#run = run;
    return {
      progress: (progress) => {
        run.last = progress;
        this.#count(run, progress);
      },
      ended: (result: LoadResult | null) => {
        if (result !== null) this.#count(run, result);
        if (this.#run === run) this.#run = null;
      },
    };
  }

  families(): readonly MetricFamily[] {
    const phaseNow: LoadPhase = this.#run?.phase ?? 'idle';
    const last = this.#run?.last ?? null;
    const recent = last?.recent ?? null;
    const total = (name: CounterName): number => this.#totals.get(name) ?? 0;
    return [
      { ...HARNESS_FAMILIES.offeredTotal, samples: single(total('offered')) },
      { ...HARNESS_FAMILIES.droppedTotal, samples: single(total('dropped')) },
      {
        ...HARNESS_FAMILIES.endedTotal,
        samples: LOAD_RESULTS.map((result) => ({ labels: { result }, value: total(result) })),
      },
      { ...HARNESS_FAMILIES.goodTotal, samples: single(total('good')) },
      { ...HARNESS_FAMILIES.inFlight, samples: single(last?.inFlight ?? 0) },
      { ...HARNESS_FAMILIES.latencySeconds, samples: percentiles(recent?.latencyUs ?? null) },
      { ...HARNESS_FAMILIES.dispatchLagSeconds, samples: percentiles(recent?.lagUs ?? null) },
      {
        ...HARNESS_FAMILIES.utilizationRatio,
        samples: recent === null ? [] : single(recent.eventLoopUtilization),
      },
      {
        ...HARNESS_FAMILIES.phase,
        samples: LOAD_PHASES.map((phase) => ({
          labels: { phase },
          value: phase === phaseNow ? 1 : 0,
        })),
      },
    ];
  }

  #count(run: Run, account: Account): void {
    const counts = countsOf(account);
    for (const [name, count] of counts) {
      const more = count - (run.counted.get(name) ?? 0);
      this.#totals.set(name, (this.#totals.get(name) ?? 0) + more);
    }
    run.counted = counts;
  }
}

function countsOf({ ledger, good }: Account): Counts {
  const counts: Counts = new Map([
    ['offered', ledger.scheduled],
    ['dropped', ledger.dropped],
    ['good', good],
  ]);
  for (const [result, count] of endings(ledger)) {
    counts.set(result, (counts.get(result) ?? 0) + count);
  }
  return counts;
}

function endings(ended: Endings): readonly (readonly [LoadResultLabel, number])[] {
  return [
    ['ok', ended.ok],
    ...Object.entries(ended.httpErrors).map(
      ([name, count]) =>
        [LOAD_RESULTS.find((result) => result === name) ?? 'other', count] as const,
    ),
    ...Object.values(ended.connectionErrors).map((count) => ['connection_error', count] as const),
    ['timeout', ended.timeouts],
    ['lost', ended.lost],
    ['unanswered', ended.unanswered],
  ];
}

function percentiles(us: RecentQuantiles | null): readonly MetricSample[] {
  if (us === null) return [];
  const at = (percentile: MetricPercentile, value: number): MetricSample => ({
    labels: { percentile },
    value: value / US_PER_SECOND,
  });
  return [at('0.5', us.p50), at('0.99', us.p99), at('1', us.max)];
}

function single(value: number): readonly MetricSample[] {
  return [{ labels: {}, value }];
}
