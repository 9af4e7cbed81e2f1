import type { PoolShape, Workload } from '../../server/contract.ts';
import { type PairedRatio, pairedRatio } from '../analysis/statistics/paired-ratio.ts';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { PostgresSettings } from '../postgres/provider.ts';
import {
  CONTRAST,
  contrastPlan,
  EXHAUSTION,
  exhaustionPlan,
  postgresSettings,
} from './demo-plans.ts';

export interface Contrast {
  readonly workload: Workload;
  readonly small: readonly WatchedTrial[];
  readonly large: readonly WatchedTrial[];
  /** Small over large, in right answers per second. */
  readonly throughput: PairedRatio | null;
  /** The same of those within the goodput deadline. */
  readonly goodput: PairedRatio | null;
  /** Large over small, in the highest percentile of right answers that every trial could give. */
  readonly tail: { readonly percentile: 'p99' | 'p95'; readonly ratio: PairedRatio | null };
}

export interface ShapeUnderDeploy {
  readonly shape: PoolShape;
  readonly steady: WatchedTrial;
  readonly rollout: WatchedTrial;
}

export interface DemoResult {
  readonly reproducedAfterMs: number;
  readonly elapsedMs: number;
  readonly surge: number;
  readonly tooBig: WatchedTrial;
  readonly fits: ShapeUnderDeploy;
  readonly safe: ShapeUnderDeploy;
  readonly hot: Contrast;
  readonly control: Contrast;
}

export interface DemoDeps {
  /** Runs the trials on one fresh PostgreSQL with this many slots and gives their results in order. */
  readonly onPostgres: <T>(
    postgres: PostgresSettings,
    use: (runTrials: RunTrials) => Promise<T>,
  ) => Promise<T>;
  readonly nowMs: () => number;
  readonly say: (step: string) => void;
}

/** Trials of one server configuration share its fresh workers, each with a warm-up of its own. */
export type RunTrials = (plans: readonly TrialPlan[]) => Promise<readonly WatchedTrial[]>;

export async function runDemo(seed: number, deps: DemoDeps): Promise<DemoResult> {
  const startedMs = deps.nowMs();
  const exhaustion = await deps.onPostgres(
    postgresSettings(EXHAUSTION.maxConnections),
    async (runTrials) => {
      deps.say(`4 workers × (5+10) on max_connections ${EXHAUSTION.maxConnections}`);
      const tooBig = await one(runTrials, exhaustionPlan(EXHAUSTION.tooBig, 'exhausted', seed));
      const reproducedAfterMs = deps.nowMs() - startedMs;
      const fits = await underDeploy(EXHAUSTION.fits, seed, runTrials, deps);
      const safe = await underDeploy(EXHAUSTION.safe, seed, runTrials, deps);
      return { reproducedAfterMs, tooBig, fits, safe };
    },
  );
  const contrast = await deps.onPostgres(postgresSettings(CONTRAST.maxConnections), (runTrials) =>
    measureContrast(seed, runTrials, deps),
  );
  return {
    ...exhaustion,
    ...contrast,
    surge: EXHAUSTION.surge,
    elapsedMs: deps.nowMs() - startedMs,
  };
}

async function underDeploy(
  shape: PoolShape,
  seed: number,
  runTrials: RunTrials,
  deps: DemoDeps,
): Promise<ShapeUnderDeploy> {
  const label = `4 workers × (${shape.poolSize}+${shape.maxOverflow})`;
  deps.say(`${label}, then a rolling deploy under the same load`);
  const [steady, rollout] = await runTrials([
    exhaustionPlan(shape, 'steady', seed),
    exhaustionPlan(shape, 'rollout', seed),
  ]);
  if (steady === undefined || rollout === undefined) throw new Error('a trial gave no result');
  return { shape, steady, rollout };
}

async function measureContrast(
  seed: number,
  runTrials: RunTrials,
  deps: DemoDeps,
): Promise<{ readonly hot: Contrast; readonly control: Contrast }> {
  const noTrials = (): { hot: WatchedTrial[]; control: WatchedTrial[] } => ({
    hot: [],
    control: [],
  });
  const results = { small: noTrials(), large: noTrials() };
  let measured = 0;
  for (const run of runsOf(CONTRAST.order)) {
    const [side] = run;
    if (side === undefined) continue;
    deps.say(
      `${CONTRAST.workers} workers × ${CONTRAST[side].poolSize} connections, ${measured + run.length} of ${CONTRAST.order.length}`,
    );
    measured += run.length;
    const trials = await runTrials(
      run.flatMap((_, index) => [
        contrastPlan(
          'hot',
          side,
          index === 0 ? CONTRAST.warmupFreshMs[side] : CONTRAST.warmupMs,
          seed,
        ),
        contrastPlan('point', side, CONTRAST.warmupMs, seed),
      ]),
    );
    results[side].hot.push(...trials.filter(({ plan }) => plan.workload === 'hot'));
    results[side].control.push(...trials.filter(({ plan }) => plan.workload === 'point'));
  }
  return {
    hot: contrastOf('hot', results.small.hot, results.large.hot),
    control: contrastOf('point', results.small.control, results.large.control),
  };
}

function contrastOf(
  workload: Workload,
  small: readonly WatchedTrial[],
  large: readonly WatchedTrial[],
): Contrast {
  const pairsOf =
    (left: readonly WatchedTrial[], right: readonly WatchedTrial[]) =>
    (read: (trial: WatchedTrial) => number | null) =>
      left.flatMap((trial, index) => {
        const other = right[index];
        return other === undefined
          ? []
          : [{ left: read(trial) ?? Number.NaN, right: read(other) ?? Number.NaN }];
      });
  const percentile = [...small, ...large].every(({ latencyMs }) => latencyMs.ok.p99 !== null)
    ? 'p99'
    : 'p95';
  return {
    workload,
    small,
    large,
    throughput: pairedRatio(pairsOf(small, large)((trial) => trial.throughputPerSecond)),
    goodput: pairedRatio(pairsOf(small, large)((trial) => trial.goodputPerSecond)),
    tail: {
      percentile,
      ratio: pairedRatio(pairsOf(large, small)((trial) => trial.latencyMs.ok[percentile])),
    },
  };
}

/** All trials of a demo, in the order they were made. */
export function trialsOf({
  tooBig,
  fits,
  safe,
  hot,
  control,
}: DemoResult): readonly WatchedTrial[] {
  return [
    tooBig,
    fits.steady,
    fits.rollout,
    safe.steady,
    safe.rollout,
    ...[hot, control].flatMap(({ small, large }) => [...small, ...large]),
  ];
}

async function one(runTrials: RunTrials, plan: TrialPlan): Promise<WatchedTrial> {
  const [result] = await runTrials([plan]);
  if (result === undefined) throw new Error('the trial gave no result');
  return result;
}

/** Neighbours that are equal, together: `ABBA` gives `A`, `BB`, `A`. */
function runsOf<T>(order: readonly T[]): readonly (readonly T[])[] {
  const runs: T[][] = [];
  for (const item of order) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] === item) last.push(item);
    else runs.push([item]);
  }
  return runs;
}
