import { mergeHistograms } from '../../../load/account/histogram.ts';
import { parseTrialPlan } from '../../../plan/parse-trial-plan.ts';
import { type Cell, expandCells } from '../../../plan/sweep/cells.ts';
import { type Axes, type SweepPlan, sweepPlanSchema } from '../../../plan/sweep/sweep-plan.ts';
import { fakeTrial } from '../../../test/fake-sweep.ts';
import { watchedTrial } from '../../trial-result.ts';
import { type CellTrial, type CellTrials, refusedAttempts } from '../cell-rounds.ts';
import { summarizeCell } from '../summarize-cell.ts';
import { summarizeSweep } from '../summarize-sweep.ts';
import type { SweepResult } from '../sweep-result.ts';
import { troubledTrial } from './troubled-trials.ts';

/** What is different about the sample; by default nothing failed and nothing is missing. */
export interface SampleSweepOptions {
  /** @default hot and hold, 64 clients, 100 slots, overflow 0 and 5, 1, 2 and 4 workers × 1, 4, 16 and 32 */
  readonly axes?: Partial<Axes>;
  /** @default 3 */
  readonly rounds?: number;
  /** Thresholds of the plan. @default none */
  readonly thresholds?: readonly string[];
  /** Extra workers of a rolling restart in each trial. @default 0 */
  readonly rolloutSurge?: number;
  /**
   * How a trial ended; `null`: it was not measured yet.
   * @default `fakeTrial`, always measured
   */
  readonly trial?: (cell: Cell, round: number) => CellTrial | null;
  /** Goes into every text that a user, or a machine, decides. @default none */
  readonly hostile?: string;
  readonly damage?: readonly string[];
}

const AXES: Axes = {
  workload: ['hot', 'hold'],
  load: [{ kind: 'closed', connections: 64, thinkTimeMs: 0 }],
  dbRttMs: [0],
  maxConnections: [100],
  poolKind: ['queue'],
  maxOverflow: [0, 5],
  workers: [1, 2, 4],
  poolSize: [1, 4, 16, 32],
};

/**
 * The result of a sweep that took no time. As it comes it has two situations of 24 cells, in each a
 * region that PostgreSQL refuses; on `hot` the smallest pool is the fastest, on `hold` the largest.
 */
export function sampleSweepResult(options: SampleSweepOptions = {}): SweepResult {
  const plan = sampleSweepPlan(options);
  const cells = sampleCells(plan, options);
  const measured = cells
    .flatMap(({ trials }) => trials)
    .filter((it) => it.state === 'measured')
    .map(({ result }) => result);
  const [first] = measured;
  return summarizeSweep(
    cells.map((cell) => summarizeCell(cell, { plan, decode: mergeHistograms })),
    {
      plan,
      planHash: 'a3f5'.repeat(16),
      createdAt: '2026-01-02T03:00:00.000Z',
      damage: (options.damage ?? []).map((text) => withHostile(text, options.hostile)),
      environment: first === undefined ? null : (watchedTrial(first)?.environment ?? null),
      unseen: [],
      lastTrialAt: measured.at(-1)?.startedAt ?? null,
    },
  );
}

export function sampleSweepPlan(options: SampleSweepOptions = {}): SweepPlan {
  const { axes, rounds = 3, thresholds = [], rolloutSurge = 0, hostile } = options;
  const { plan: base } = parseTrialPlan({ flags: { workload: 'hold', param: ['ms=20'] }, env: {} });
  return sweepPlanSchema.parse({
    schemaVersion: 1,
    axes: { ...AXES, ...axes },
    base: {
      ...base,
      rolloutSurge,
      thresholds: thresholds.map((text) => withHostile(text, hostile)),
      workloadParams:
        hostile === undefined
          ? base.workloadParams
          : { ...base.workloadParams, [hostile]: hostile },
      postgres: {
        ...base.postgres,
        extra: hostile === undefined ? {} : { [hostile]: hostile },
      },
    },
    rounds,
    predictedSurge: 1,
    settings: {
      workers: ['1,2,4'],
      ...(hostile === undefined ? {} : { [hostile]: [hostile] }),
    },
  });
}

/** The trials behind the sample: what a run directory would give back. */
export function sampleCells(
  plan: SweepPlan,
  { trial = measuredFake, hostile }: SampleSweepOptions = {},
): readonly CellTrials[] {
  return expandCells(plan).map((cell) => ({
    cell,
    trials: Array.from({ length: plan.rounds }, (_, index) => trial(cell, index + 1))
      .filter((it) => it !== null)
      .map((it) => (hostile === undefined ? it : hostileTrial(it, hostile))),
  }));
}

export function measuredFake(cell: Cell, round: number): CellTrial {
  return { state: 'measured', round, result: fakeTrial({ cell, round, plan: cell.plan }) };
}

/**
 * Everything that can go wrong in one sweep: the first cell was never measured, the second failed in
 * every round, the third in one, the fourth misses its last round, the fifth may not be believed in one
 * round, the sixth in none, the seventh is overloaded, the eighth starves, the ninth misses a threshold.
 */
export function troubledSweepResult(options: SampleSweepOptions = {}): SweepResult {
  const thresholds = ['latency.p99<50ms', 'goodput>=100/s'];
  return sampleSweepResult({
    thresholds,
    damage: ['trials/c048-r2.json is cut short; the trial counts as not measured'],
    ...options,
    trial: troubledTrial,
  });
}

function hostileTrial(trial: CellTrial, hostile: string): CellTrial {
  if (trial.state === 'failed') {
    const { code, message, hint } = trial.error;
    return {
      ...trial,
      error: {
        code,
        message: withHostile(message, hostile),
        hint: withHostile(hint, hostile),
      },
    };
  }
  const { result } = trial;
  const { environment, requests, attempts } = result;
  const { postgres } = environment;
  // Where nothing failed nothing is added: the cell shall stay usable.
  const failure = refusedAttempts(result) > 0 ? { [hostile]: 3 } : {};
  return {
    ...trial,
    result: {
      ...result,
      caveats: result.caveats.map((it) => ({ ...it, detail: withHostile(it.detail, hostile) })),
      thresholds: result.thresholds.map((it) => ({
        ...it,
        expression: withHostile(it.expression, hostile),
        detail: withHostile(it.detail, hostile),
      })),
      bottleneck: {
        ...result.bottleneck,
        evidence: withHostile(result.bottleneck.evidence, hostile),
      },
      requests: { ...requests, httpErrors: { ...requests.httpErrors, ...failure } },
      attempts: { ...attempts, httpErrors: { ...attempts.httpErrors, ...failure } },
      waitEventShares: { ...result.waitEventShares, [hostile]: 0 },
      environment: {
        ...environment,
        cpuModel: hostile,
        osRelease: hostile,
        loadEngine: hostile,
        postgres:
          postgres === null
            ? null
            : {
                ...postgres,
                version: hostile,
                fileSystem: hostile,
                seesOthers: true,
                durability: { ...postgres.durability, [hostile]: hostile },
              },
      },
    },
  };
}

function withHostile(text: string, hostile: string | undefined): string {
  return hostile === undefined ? text : `${text} ${hostile}`;
}
