import { POOL_DEFAULTS, type PoolShape, type Workload } from '../../server/contract.ts';
import { type PairedRatio, pairedRatio } from '../analysis/paired-ratio.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { type Gates, gatesSchema } from '../plan/gates.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { PostgresSettings } from '../postgres/provider.ts';

/**
 * The exhaustion that people meet: four workers with SQLAlchemy's default pool on a small server,
 * then a shape that fits until a rolling deploy, then one that survives the deploy.
 */
const EXHAUSTION = {
  maxConnections: 30,
  workers: 4,
  surge: 1,
  /** More clients than all pools together can serve at once, so that every pool fills up. */
  connections: 96,
  tooBig: { poolSize: 5, maxOverflow: 10 },
  fits: { poolSize: 4, maxOverflow: 2 },
  safe: { poolSize: 3, maxOverflow: 2 },
  workload: 'hold',
  /** Long enough for old and new connections to meet while a worker is replaced. */
  workloadParams: { ms: '50' },
  warmupMs: 400,
  exhaustedMs: 2_000,
  steadyMs: 1_500,
  /** Four workers are replaced one by one in about two and a half seconds. */
  rolloutMs: 3_200,
} as const;

/**
 * Right-sized against oversized on a server with room for both, and where size makes no difference.
 *
 * The clients think between two requests, so that the read-only control offers less than the API's
 * own CPU can answer: what then differs is the database's doing. Hot rows are beyond what either size
 * can answer, so there the clients queue, in the pool or in the database.
 */
const CONTRAST = {
  maxConnections: 450,
  workers: 2,
  connections: 600,
  thinkTimeMs: 150,
  small: { poolSize: 2, maxOverflow: 0 },
  large: { poolSize: 200, maxOverflow: 0 },
  /**
   * Three pairs, ABBAAB: the least that gives an interval worth printing within a minute. What drifts
   * slowly on a shared machine hits both sides alike; neighbours of one size share their workers.
   */
  order: ['small', 'large', 'large', 'small', 'small', 'large'],
  /** Fresh workers have to open their connections, 400 of them where the pool is large. */
  warmupFreshMs: { small: 600, large: 1_300 },
  warmupMs: 250,
  hotMs: 1_250,
  controlMs: 700,
} as const;

export interface Contrast {
  readonly workload: Workload;
  readonly small: readonly MeasuredTrial[];
  readonly large: readonly MeasuredTrial[];
  /** Small over large, in right answers per second. */
  readonly throughput: PairedRatio | null;
  /** The same of those within the goodput deadline. */
  readonly goodput: PairedRatio | null;
  /** Large over small, in the highest percentile of right answers that every trial could give. */
  readonly tail: { readonly percentile: 'p99' | 'p95'; readonly ratio: PairedRatio | null };
}

export interface ShapeUnderDeploy {
  readonly shape: PoolShape;
  readonly steady: MeasuredTrial;
  readonly rollout: MeasuredTrial;
}

export interface DemoResult {
  readonly reproducedAfterMs: number;
  readonly elapsedMs: number;
  readonly surge: number;
  readonly tooBig: MeasuredTrial;
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
export type RunTrials = (plans: readonly TrialPlan[]) => Promise<readonly MeasuredTrial[]>;

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
  const noTrials = (): { hot: MeasuredTrial[]; control: MeasuredTrial[] } => ({
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
  small: readonly MeasuredTrial[],
  large: readonly MeasuredTrial[],
): Contrast {
  const pairsOf =
    (left: readonly MeasuredTrial[], right: readonly MeasuredTrial[]) =>
    (read: (trial: MeasuredTrial) => number | null) =>
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
}: DemoResult): readonly MeasuredTrial[] {
  return [
    tooBig,
    fits.steady,
    fits.rollout,
    safe.steady,
    safe.rollout,
    ...[hot, control].flatMap(({ small, large }) => [...small, ...large]),
  ];
}

async function one(runTrials: RunTrials, plan: TrialPlan): Promise<MeasuredTrial> {
  const [result] = await runTrials([plan]);
  if (result === undefined) throw new Error('the trial gave no result');
  return result;
}

function exhaustionPlan(
  shape: PoolShape,
  window: 'exhausted' | 'steady' | 'rollout',
  seed: number,
): TrialPlan {
  return {
    ...planDefaults(EXHAUSTION.maxConnections, seed),
    workers: EXHAUSTION.workers,
    pool: { ...POOL_DEFAULTS, ...shape },
    workload: EXHAUSTION.workload,
    workloadParams: EXHAUSTION.workloadParams,
    load: closedLoad(EXHAUSTION.connections, 0),
    warmupMs: EXHAUSTION.warmupMs,
    durationMs: EXHAUSTION[`${window}Ms`],
    rolloutSurge: window === 'rollout' ? EXHAUSTION.surge : 0,
  };
}

function contrastPlan(
  workload: 'hot' | 'point',
  side: 'small' | 'large',
  warmupMs: number,
  seed: number,
): TrialPlan {
  return {
    ...planDefaults(CONTRAST.maxConnections, seed),
    workers: CONTRAST.workers,
    pool: { ...POOL_DEFAULTS, ...CONTRAST[side] },
    workload,
    workloadParams: {},
    load: closedLoad(CONTRAST.connections, CONTRAST.thinkTimeMs),
    warmupMs,
    durationMs: workload === 'hot' ? CONTRAST.hotMs : CONTRAST.controlMs,
    rolloutSurge: 0,
  };
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

function closedLoad(connections: number, thinkTimeMs: number): TrialPlan['load'] {
  return {
    model: { kind: 'closed', connections, thinkTimeMs },
    requestTimeoutMs: null,
    retry: null,
    goodputDeadlineMs: 1_000,
  };
}

/**
 * A minute buys windows of one to three seconds, which no test can call steady and no single p99 can
 * be told from. The demo claims neither: it counts refusals, whose number is beside the point, and it
 * compares interleaved pairs, whose ratios have intervals of their own.
 */
const DEMO_GATES: Gates = gatesSchema.parse({
  steadySecondsMin: 0,
  samplesBeyondP99Min: 10,
  intervalHalfWidth: 1_000,
});

function planDefaults(maxConnections: number, seed: number) {
  return {
    drainMs: 3_000,
    postgres: postgresSettings(maxConnections),
    gates: DEMO_GATES,
    thresholds: [],
    abortOnFail: false,
    seed,
  };
}

/** PostgreSQL's own reserve, so that people find their numbers again. */
function postgresSettings(maxConnections: number) {
  return { maxConnections, superuserReservedConnections: 3, reservedConnections: 0, extra: {} };
}
