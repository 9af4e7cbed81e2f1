import { summarizeCell } from '../analysis/sweep/summarize-cell.ts';
import { summarizeSweep } from '../analysis/sweep/summarize-sweep.ts';
import type { SweepResult } from '../analysis/sweep/sweep-result.ts';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { mergeHistograms } from '../load/account/histogram.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { expandCells } from '../plan/sweep/cells.ts';
import type { Axes, SweepPlan } from '../plan/sweep/sweep-plan.ts';
import type { StoredTrial } from '../store/stored-run.ts';
import { fakeTrial } from './fake-sweep.ts';

export interface SampleSweepOptions {
  readonly axes?: Partial<Axes>;
  readonly rounds?: number;
  readonly durationMs?: number;
  readonly settings?: SweepPlan['settings'];
  readonly damage?: readonly string[];
  /** What is stored of a trial, given what the load model says; `null`: nothing. */
  readonly stored?: (trial: StoredTrial, cellId: string) => StoredTrial | null;
}

/** Shapes in which the load model finds the best, the useless and the refused. */
export const SAMPLE_AXES = {
  workload: ['hot', 'hold'],
  workers: [1, 2, 4],
  poolSize: [1, 2, 4, 8, 16, 32],
  maxOverflow: [0, 5],
  maxConnections: [60],
} satisfies Partial<Axes>;

/** A sweep without any time, analysed as a measured one is. */
export function sampleSweep(options: SampleSweepOptions = {}): SweepResult {
  const { rounds = 3, durationMs = 30_000, stored = (trial) => trial } = options;
  const base = parseTrialPlan({ flags: { maxConnections: '60' }, env: {} }).plan;
  const plan: SweepPlan = {
    schemaVersion: 1,
    axes: {
      workload: [base.workload],
      load: [base.load.model],
      dbRttMs: [0],
      maxConnections: [base.postgres.maxConnections],
      poolKind: ['queue'],
      maxOverflow: [0],
      workers: [base.workers],
      poolSize: [base.pool.poolSize],
      ...(options.axes ?? SAMPLE_AXES),
    },
    base: { ...base, durationMs },
    rounds,
    predictedSurge: 1,
    settings: options.settings ?? { 'pool-size': ['1..32:x2'], workers: ['1,2,4'] },
  };
  const cells = expandCells(plan).map((cell) => {
    const trials = Array.from({ length: rounds }, (_, index): StoredTrial => {
      const round = index + 1;
      const result = uneven(fakeTrial({ cell, round, plan: cell.plan }), round);
      return { state: 'measured', round, result };
    }).flatMap((trial) => stored(trial, cell.id) ?? []);
    return summarizeCell({ cell, trials }, { plan, decode: mergeHistograms });
  });
  const { environment } = fakeTrial({ cell: firstCell(plan), round: 1, plan: plan.base });
  return summarizeSweep(cells, {
    plan,
    planHash: '3f1c'.repeat(16),
    createdAt: '2026-01-02T03:00:00.000Z',
    lastTrialAt: '2026-01-02T04:12:00.000Z',
    damage: options.damage ?? [],
    environment,
    unseen: [],
  });
}

/**
 * Cells of everything: in each a caveat, a missed and a met threshold, a round that failed, and in some
 * refused connections; one trial is missing and a file is damaged.
 */
export function troubledSweep(axes: Partial<Axes> = SAMPLE_AXES): SweepResult {
  return sampleSweep({
    axes,
    damage: ['trials/c002-r2.json: ends in the middle'],
    stored(trial, cellId) {
      if (trial.state === 'failed' || (cellId === 'c002' && trial.round === 2)) return null;
      if (trial.round === 3) return { state: 'failed', round: 3, error: SERVER_NOT_READY };
      return { ...trial, result: { ...trial.result, ...TROUBLE } };
    },
  });
}

const SERVER_NOT_READY = {
  code: 'SERVER_NOT_READY',
  message: 'The API of 4 workers was not ready within 30 s.',
  hint: 'Look at its last lines above.',
};

const TROUBLE: Partial<WatchedTrial> = {
  verdict: 'DEGRADED',
  caveats: [
    {
      code: 'cpu_pressure',
      grade: 'DEGRADED',
      detail: 'tasks waited for a CPU in 31 % of the window',
      advice: 'Measure on a machine that does nothing else.',
    },
  ],
  thresholds: [
    { expression: 'latency.p99<50ms', met: false, detail: '161 ms, asked for less than 50 ms' },
    { expression: 'errors<1%', met: true, detail: '0 %, asked for less than 1 %' },
  ],
};

/** One situation of so many cells: pool sizes across, 8 workers down. */
export function sweepOfCells(
  cells: number,
  options: Omit<SampleSweepOptions, 'axes'>,
): SweepResult {
  const poolSize = Array.from({ length: cells / 8 }, (_, index) => index + 1);
  const axes = { workload: ['hot' as const], workers: [1, 2, 3, 4, 5, 6, 7, 8], poolSize };
  return sampleSweep({ ...options, axes });
}

function firstCell(plan: SweepPlan) {
  const [cell] = expandCells(plan);
  if (cell === undefined) throw new Error('a plan has a cell');
  return cell;
}

/** Rounds that differ by a few percent, and seconds that do not make a straight line. */
function uneven(trial: WatchedTrial, round: number): WatchedTrial {
  const { workers, pool } = trial.plan;
  const factor = 1 + 0.02 * Math.sin(round * 2.1 + workers * 1.3 + pool.poolSize * 0.7);
  const scaled = (rate: number | null): number | null => (rate === null ? null : rate * factor);
  return {
    ...trial,
    throughputPerSecond: scaled(trial.throughputPerSecond),
    goodputPerSecond: scaled(trial.goodputPerSecond),
    measuredMs: trial.seconds.length * 1_000,
    seconds: trial.seconds.map((second) => {
      const swing = 1 + 0.06 * Math.sin(second.second * 1.7) + 0.03 * Math.cos(second.second * 0.6);
      return {
        ...second,
        started: Math.round(second.started * factor * swing),
        ok: Math.round(second.ok * factor * swing),
        good: Math.round(second.good * factor * swing),
        inFlightMean: second.inFlightMean * swing,
        latencyMsP50: (second.latencyMsP50 ?? 0) * (2 - swing),
        latencyMsP99: (second.latencyMsP99 ?? 0) * (2 - swing) ** 3,
      };
    }),
  };
}
