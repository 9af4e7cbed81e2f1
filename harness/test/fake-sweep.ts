import type { MeasuredTrial, WatchedTrial } from '../analysis/trial-result.ts';
import { Histogram } from '../load/account/histogram.ts';
import type { PlannedTrial } from '../plan/sweep/trial-order.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { percentiles, sampleTrial } from '../report/test/sample-trial.ts';
import type { SweepMeasurer } from '../runner/sweep.ts';
import { seededRandom } from '../seeded-random.ts';
import { computeBudget } from '../sizing/budget.ts';
import { shapeOfPool } from '../sizing/process-claim.ts';

const OTHERS = 1;
const UNBOUNDED = 1_000;
const HISTOGRAM_SAMPLES = 2_000;
/** Knuth's multiplicative hash: 2³² over the golden ratio. */
const SEED_SPREAD = 2_654_435_761;

/**
 * A load model that takes no time: what a trial of this plan could have given, with some noise that its
 * cell and its round decide. `hot` is slower with every connection, `hold` is faster up to its clients,
 * everything else does not care; what is beyond the budget is refused.
 */
export function fakeTrial({
  cell,
  round,
  plan,
}: Pick<PlannedTrial, 'cell' | 'round' | 'plan'>): WatchedTrial {
  // Neighbouring seeds begin alike, so they are spread over all of them.
  const random = seededRandom(
    Math.imul(Number(cell.id.slice(1)) * 1_000 + round, SEED_SPREAD) >>> 0,
  );
  const noise = 1 + 0.02 * (random() - 0.5);
  const predicted = computeBudget({
    workers: plan.workers,
    shape: shapeOfPool(plan.pool),
    rolloutSurge: plan.rolloutSurge,
    maxConnections: plan.postgres.maxConnections,
    superuserReserved: plan.postgres.superuserReservedConnections,
    reserved: plan.postgres.reservedConnections,
    others: OTHERS,
  });
  const asked = predicted.ceiling ?? UNBOUNDED;
  const connections = Math.max(1, Math.min(asked, predicted.usable));
  const refused = asked > predicted.usable ? asked * 10 : 0;
  const throughput = throughputOf(plan, connections) * noise;
  const seconds = Math.max(1, Math.round(plan.durationMs / 1_000));
  const ok = Math.round(throughput * seconds);
  const meanMs = (64 / throughput) * 1_000;
  const histogram = new Histogram();
  for (let sample = 0; sample < HISTOGRAM_SAMPLES; sample += 1) {
    histogram.record(meanMs * 1_000 * (0.5 - Math.log(1 - random()) / 2));
  }
  const at = (q: number): number => histogram.quantileUs(q) / 1_000;
  const endings = {
    ok,
    httpErrors: refused === 0 ? {} : { too_many_connections: refused },
    connectionErrors: {},
    timeouts: 0,
    lost: 0,
    unanswered: 0,
  };
  const base = sampleTrial();
  return {
    ...base,
    plan,
    startedAt: new Date(Date.UTC(2026, 0, 2, 3, round)).toISOString(),
    throughputPerSecond: throughput,
    throughputInterval: { low: throughput * 0.97, high: throughput * 1.03 },
    goodputPerSecond: throughput * 0.99,
    goodputInterval: { low: throughput * 0.96, high: throughput * 1.02 },
    wholeRun: { ...base.wholeRun, throughputPerSecond: throughput, goodputPerSecond: throughput },
    requests: { scheduled: ok + refused, dropped: 0, ...endings },
    attempts: { started: ok + refused, ...endings },
    refusals: { total: refused, byReason: refused === 0 ? {} : { superuser_reserved: refused } },
    latencyMs: {
      ...base.latencyMs,
      ok: percentiles({
        samples: HISTOGRAM_SAMPLES,
        mean: meanMs,
        max: at(1),
        p50: at(0.5),
        p90: at(0.9),
        p95: at(0.95),
        p99: at(0.99),
      }),
      okHistogram: histogram.encode(),
    },
    budget: {
      others: OTHERS,
      predicted,
      reachable: predicted.ceiling,
      predictedRefusals: !predicted.fits,
      observedRefusals: refused > 0,
      agrees: predicted.fits === (refused === 0),
      reached: 'postgres',
      shapeKnown: true,
      refusalsVisible: true,
      clients: null,
    },
    connections: {
      ...base.connections,
      maxConnections: plan.postgres.maxConnections,
      superuserReserved: plan.postgres.superuserReservedConnections,
      reserved: plan.postgres.reservedConnections,
      peakWorkers: connections,
      peakAll: connections + OTHERS,
    },
    bottleneck: {
      kind: refused > 0 ? 'exhaustion' : 'pool',
      evidence: 'a load model without any time says so',
    },
    seconds: Array.from({ length: seconds }, (_, second) => ({
      second,
      started: Math.round(throughput),
      dropped: 0,
      ok: Math.round(throughput),
      good: Math.round(throughput * 0.99),
      error: Math.round(refused / seconds),
      censored: 0,
      inFlightMean: 64,
      connectionsPeak: connections,
      latencyMsP50: at(0.5),
      latencyMsP99: at(0.99),
    })),
  };
}

/** Measures in no time, on no PostgreSQL. */
export function createFakeMeasurer(
  measure: (trial: PlannedTrial) => MeasuredTrial | Promise<MeasuredTrial> = fakeTrial,
): SweepMeasurer {
  return {
    withPostgres: (_settings, use) => use(async (trial) => await measure(trial)),
  };
}

function throughputOf({ workload, workloadParams }: TrialPlan, connections: number): number {
  if (workload === 'hot') return 2_000 / (1 + connections / 20);
  if (workload === 'hold') {
    return Math.min(connections, 64) * (1_000 / Number(workloadParams['ms'] ?? 20));
  }
  return 3_000;
}
