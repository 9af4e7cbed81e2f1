import { expect, test } from 'vitest';
import { type PoolQueue, simulatePoolQueue } from '../test/pool-queue.ts';
import { sortedView } from '../test/sorted-view.ts';
import type { Interval } from '../trial-result.ts';
import { throughputInterval } from './batch-means.ts';
import { orderStatisticInterval } from './order-statistic-interval.ts';
import { percentileIntervals, sectionsOf } from './sectioning.ts';

const RUNS = 300;
/** Not measured: the queue starts empty. */
const SETTLING_S = 1;
const MS_PER_S = 1000;
const QUANTILES = { p50: 0.5, p95: 0.95, p99: 0.99 } as const;
type Quantile = keyof typeof QUANTILES;
const NAMES = ['p50', 'p95', 'p99'] as const satisfies readonly Quantile[];

/** Requests that ended in one measured window: when, and after how long. */
interface Window {
  readonly endedS: readonly number[];
  readonly latencyS: Float64Array;
}

function windowOf(
  queue: Omit<PoolQueue, 'seed' | 'seconds'>,
  seed: number,
  seconds: number,
): Window {
  const ended = simulatePoolQueue({ ...queue, seed, seconds: SETTLING_S + seconds }).filter(
    ({ endedS }) => endedS >= SETTLING_S && endedS < SETTLING_S + seconds,
  );
  return {
    endedS: ended.map(({ endedS }) => endedS - SETTLING_S),
    latencyS: Float64Array.from(ended, ({ arrivedS, endedS }) => endedS - arrivedS),
  };
}

const covers = (interval: Interval | null, value: number): boolean =>
  interval !== null && interval.low <= value && value <= interval.high;

/**
 * How many runs in a hundred have an interval that contains what all 300 runs together say.
 *
 * | nominal 95 % of                  | throughput | p50, p95, p99: sectioning | order statistics |
 * | -------------------------------- | ---------- | ------------------------- | ---------------- |
 * | 500/s at 80 %, 20 s              | 94.0       | 94.7  92.3  92.7          | 43.0  40.7  65.3 |
 * | 500/s at 70 %, 10 s              | 94.7       | 95.3  95.3  95.0          | 64.7  82.7  92.0 |
 * | 500/s at 75 %, even holds, 10 s  | 94.0       | 94.3  91.3  94.7          | 60.7  63.3  81.7 |
 * | 64 closed clients, 10 s          | 95.7       | 95.0  94.0  93.0          | 29.0  48.3  72.0 |
 */
function coverageOf(queue: Omit<PoolQueue, 'seed' | 'seconds'>, seconds: number) {
  const windows = Array.from({ length: RUNS }, (_, run) => windowOf(queue, run + 1, seconds));
  const all = new Float64Array(windows.reduce((sum, { latencyS }) => sum + latencyS.length, 0));
  let filled = 0;
  for (const { latencyS } of windows) {
    all.set(latencyS, filled);
    filled += latencyS.length;
  }
  const truth = sortedView(all.sort());
  const truthPerSecond = all.length / RUNS / seconds;
  const hits = {
    throughput: 0,
    sectioning: { p50: 0, p95: 0, p99: 0 },
    orderStatistics: { p50: 0, p95: 0, p99: 0 },
  };
  for (const { endedS, latencyS } of windows) {
    const counts = Array.from({ length: seconds }, () => 0);
    for (const s of endedS) counts[Math.floor(s)] = (counts[Math.floor(s)] ?? 0) + 1;
    if (covers(throughputInterval(counts), truthPerSecond)) hits.throughput += 1;
    const sections = sectionsOf(seconds).map(([from, to]) =>
      sortedView(
        latencyS.filter((_, i) => (endedS[i] ?? 0) >= from && (endedS[i] ?? 0) < to).sort(),
      ),
    );
    const sorted = latencyS.toSorted();
    const intervals = percentileIntervals(sortedView(sorted), sections);
    for (const name of NAMES) {
      const q = QUANTILES[name];
      const trueMs = truth.quantileUs(q) / MS_PER_S;
      if (covers(intervals[name], trueMs)) hits.sectioning[name] += 1;
      const naive = orderStatisticInterval(sorted, q);
      if (covers(naive, trueMs / MS_PER_S)) hits.orderStatistics[name] += 1;
    }
  }
  const percent = (count: number): number => Math.round((count / RUNS) * 1000) / 10;
  const percents = (counts: Readonly<Record<Quantile, number>>) => ({
    p50: percent(counts.p50),
    p95: percent(counts.p95),
    p99: percent(counts.p99),
  });
  return {
    throughput: percent(hits.throughput),
    sectioning: percents(hits.sectioning),
    orderStatistics: percents(hits.orderStatistics),
  };
}

const slots = 8;
const open = (utilization: number, service: Partial<PoolQueue['service']> = {}) =>
  ({
    slots,
    arrivals: { kind: 'poisson', perSecond: 500 },
    service: { kind: 'exponential', meanS: (slots * utilization) / 500, ...service },
  }) as const;

interface Situation {
  readonly name: string;
  readonly queue: Omit<PoolQueue, 'seed' | 'seconds'>;
  readonly seconds: number;
  /** Order statistics cover at most this much, in %. */
  readonly naiveMost: Readonly<Record<Quantile, number>>;
}

const SITUATIONS: readonly Situation[] = [
  {
    name: '500/s at 80 % for 20 s',
    queue: open(0.8),
    seconds: 20,
    naiveMost: { p50: 50, p95: 50, p99: 75 },
  },
  {
    name: '500/s at 70 % for 10 s',
    queue: open(0.7),
    seconds: 10,
    naiveMost: { p50: 75, p95: 85, p99: 93 },
  },
  {
    name: '500/s at 75 % with even holds for 10 s',
    queue: open(0.75, { kind: 'lognormal', variation: 0.5 }),
    seconds: 10,
    naiveMost: { p50: 70, p95: 70, p99: 88 },
  },
  {
    name: '64 closed clients for 10 s',
    queue: {
      slots,
      arrivals: { kind: 'closed', clients: 64, thinkS: 0.06 },
      service: { kind: 'exponential', meanS: 0.01 },
    },
    seconds: 10,
    naiveMost: { p50: 40, p95: 60, p99: 80 },
  },
];

test.for(SITUATIONS)(
  'nominal 95 % intervals cover 90 to 99 %, order statistics far less: $name',
  { timeout: 60_000 },
  async ({ queue, seconds, naiveMost }, { annotate }) => {
    const coverage = coverageOf(queue, seconds);
    await annotate(JSON.stringify(coverage), 'coverage in %');
    for (const share of [coverage.throughput, ...Object.values(coverage.sectioning)]) {
      expect(share).toBeGreaterThanOrEqual(90);
      expect(share).toBeLessThanOrEqual(99);
    }
    for (const name of NAMES) {
      expect(coverage.orderStatistics[name]).toBeLessThanOrEqual(naiveMost[name]);
    }
  },
);
