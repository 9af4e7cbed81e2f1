import { POOL_DEFAULTS, type PoolShape } from '../../server/contract.ts';
import { NO_DISTANCE } from '../plan/distance.ts';
import { type Gates, gatesSchema } from '../plan/gates.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { PostgresSettings } from '../postgres/provider.ts';

/**
 * The exhaustion that people meet: four workers with SQLAlchemy's default pool on a small server,
 * then a shape that fits until a rolling deploy, then one that survives the deploy.
 */
export const EXHAUSTION = {
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
export const CONTRAST = {
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

export function exhaustionPlan(
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

export function contrastPlan(
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
 * be told from. The demo claims neither: it counts refusals, of which there are many or none, and it
 * compares interleaved pairs, whose ratios have intervals of their own.
 */
const DEMO_GATES: Gates = gatesSchema.parse({
  steadySecondsMin: 0,
  samplesBeyondP99Min: 0,
  intervalHalfWidth: 1_000,
  // Clients, API and PostgreSQL fill whatever machine they share, by design. A client that asks late
  // has thought a little longer than its 150 ms, on both sides of a pair: it draws a ratio towards 1.
  // Its lateness is judged by that pause, then, and not by the median of a quick answer.
  cpuPressureShare: 1,
  dispatchLagMsP99: { degraded: 75, invalid: 150 },
  dispatchLagShareOfP50: { degraded: 10, invalid: 100 },
  // Both sides of a pair stand still alike; in a window of a second a tenth of one is no exception.
  generatorStalledShare: { degraded: 0.2, invalid: 0.5 },
  // A worker that refuses is quicker than one that answers, and a hot row is no fair queue.
  workerImbalance: 10,
});

function planDefaults(maxConnections: number, seed: number) {
  return {
    drainMs: 3_000,
    postgres: postgresSettings(maxConnections),
    distance: NO_DISTANCE,
    faults: [],
    pooler: null,
    preparedStatements: 'auto' as const,
    service: null,
    requests: null,
    sql: null,
    gates: DEMO_GATES,
    thresholds: [],
    abortOnFail: false,
    seed,
  };
}

/** PostgreSQL's own reserve, so that people find their numbers again. */
export function postgresSettings(maxConnections: number): PostgresSettings {
  return {
    maxConnections,
    superuserReservedConnections: 3,
    reservedConnections: 0,
    transport: 'tcp',
    extra: {},
  };
}
