import { POOL_DEFAULTS } from '../../server/contract.ts';
import type { ObservedThroughput } from '../analysis/cost/cost-observation.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { type TrialPlan, trialPlanSchema } from '../plan/trial-plan.ts';
import type { PostgresSettings } from '../postgres/provider.ts';
import type { Lab } from '../runner/lab.ts';
import { runTrial } from '../runner/trial.ts';

/** What is asked of both: reads by key, as fast as the answers come, of a pool that everybody fits in. */
export const THROUGHPUT = {
  workers: 2,
  callers: 8,
  poolSize: 4,
  warmupMs: 500,
  durationMs: 2_000,
} as const;

/** The order in which the two sides of a pair are measured, turned round with each pair: ABBAAB. */
const isPooledFirst = (pair: number): boolean => pair % 2 === 0;

/**
 * The same load with a pool and with a connection for every request, in interleaved pairs, each trial on
 * fresh workers.
 */
export async function measureThroughput(
  lab: Lab,
  options: {
    readonly pairs: number;
    readonly seed: number;
    readonly onTrial: (done: number) => void;
  },
): Promise<ObservedThroughput> {
  const { pairs, seed, onTrial } = options;
  const { settings } = lab.postgres;
  const observed: { pooled: MeasuredTrial; unpooled: MeasuredTrial }[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const trial = (kind: 'queue' | 'null', position: number): Promise<MeasuredTrial> => {
      onTrial(2 * pair + position);
      return runTrial(lab, throughputPlan(kind, settings, seed + pair));
    };
    if (isPooledFirst(pair)) {
      const pooled = await trial('queue', 0);
      observed.push({ pooled, unpooled: await trial('null', 1) });
    } else {
      const unpooled = await trial('null', 0);
      observed.push({ unpooled, pooled: await trial('queue', 1) });
    }
    lab.signal.throwIfAborted();
  }
  return observed;
}

/** What `run` would be asked for. */
export function throughputPlan(
  kind: 'queue' | 'null',
  postgres: PostgresSettings,
  seed: number,
): TrialPlan {
  return trialPlanSchema.parse({
    workers: THROUGHPUT.workers,
    pool: { ...POOL_DEFAULTS, kind, poolSize: THROUGHPUT.poolSize, maxOverflow: 0 },
    workload: 'point',
    workloadParams: {},
    load: {
      model: { kind: 'closed', connections: THROUGHPUT.callers, thinkTimeMs: 0 },
      requestTimeoutMs: null,
      retry: null,
      goodputDeadlineMs: 1_000,
    },
    warmupMs: THROUGHPUT.warmupMs,
    durationMs: THROUGHPUT.durationMs,
    drainMs: 3_000,
    rolloutSurge: 0,
    postgres,
    // Windows of two seconds are no matter for a test of steady state, nor is a p99 told from them: what is
    // compared is pairs. Callers, API and PostgreSQL fill the machine, on both sides.
    gates: {
      steadySecondsMin: 0,
      samplesBeyondP99Min: 0,
      intervalHalfWidth: 1_000,
      cpuPressureShare: 1,
      dispatchLagMsP99: { degraded: 25, invalid: 100 },
      dispatchLagShareOfP50: { degraded: 10, invalid: 100 },
      generatorStalledShare: { degraded: 0.2, invalid: 0.5 },
      generatorUtilization: { degraded: 0.9, invalid: 0.98 },
      workerImbalance: 10,
    },
    thresholds: [],
    abortOnFail: false,
    seed,
  });
}
