import { POOL_DEFAULTS, type WorkerStats } from '../../../server/contract.ts';
import type { BreakdownBucket, LoadResult, LoadSecond } from '../../load/load-engine.ts';
import { NO_DISTANCE } from '../../plan/distance.ts';
import { GATE_DEFAULTS } from '../../plan/gates.ts';
import { POOLER_DEFAULTS } from '../../plan/pooler.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import { DIRECT_API } from '../trial-machine.ts';
import type { WatchedObservations } from '../trial-observations.ts';

/** Length of the trial that everything here is of. */
export const SECONDS = 12;

/**
 * A trial in which everything is right: 16 callers, 2 workers, 12 s with 1,000 requests in each, of
 * which 960 are answered right and 40 are pool timeouts.
 */
export function soundObservations(): WatchedObservations {
  return {
    plan: planOf(),
    startedAt: '2026-01-01T00:00:00.000Z',
    environment: {
      poolLabVersion: '0.0.0',
      nodeVersion: 'v24.0.0',
      platform: 'linux',
      arch: 'x64',
      osRelease: '6',
      cpuModel: 'test',
      cores: 2,
      memoryBytes: 1,
      postgres: {
        provider: 'embedded',
        version: '18.4',
        durability: { fsync: 'on' },
        sharedBuffersBytes: 1,
        databaseBytes: 1,
        fileSystem: null,
        seesOthers: true,
      },
      loadEngine: 'autocannon 9.0.0',
    },
    load: closedLoad(),
    stoppedByThreshold: null,
    account: {
      before: { workers: [worker(1, 0), worker(2, 0)], crashes: 0, primaryCpuMs: 10 },
      after: { workers: [worker(1, 6_000), worker(2, 6_000)], crashes: 0, primaryCpuMs: 20 },
    },
    deaths: [],
    limits: { maxConnections: 30, superuserReserved: 3, reserved: 0 },
    others: 1,
    server: {
      peakWorkers: 8,
      peakAll: 9,
      peakByWorker: { '1': 4, '2': 4 },
      samples: 120,
      longestGapMs: 110,
      activeMean: 3,
      waitEventShares: { 'Timeout/PgSleep': 0.9, CPU: 0.1 },
      seconds: [],
      lost: false,
    },
    service: null,
    rollout: null,
    api: DIRECT_API,
    distance: null,
    transport: { encrypted: 0, plain: 8, socket: 0, protocols: [] },
    faults: [],
    pooler: null,
    poolerCpuMs: null,
    leftBehind: 0,
    postgresCpuMs: 1_200,
    host: {
      cpuPressureShare: 0.1,
      throttledPeriods: 0,
      throttledMs: 0,
      cpuStealShare: 0,
    },
    phasesMs: { measure: 12_000 },
  };
}

/** The same, with arrivals at 1,000/s of which nothing is left over. */
export function soundOpenObservations(): WatchedObservations {
  const sound = soundObservations();
  const model = {
    kind: 'open',
    stages: [{ fromPerSecond: 1_000, toPerSecond: 1_000, durationMs: SECONDS * 1_000 }],
    arrivals: 'poisson',
    maxInFlight: 256,
    atCap: 'drop',
    threads: 1,
  } as const;
  return {
    ...sound,
    plan: {
      ...sound.plan,
      load: { ...sound.plan.load, model: { ...model, stages: [...model.stages] } },
    },
    load: {
      ...sound.load,
      engine: 'open',
      offered: { expected: 12_000, due: 12_000, issued: 12_000 },
    },
  };
}

export function planOf(): TrialPlan {
  return {
    workers: 2,
    pool: { ...POOL_DEFAULTS, poolSize: 2, maxOverflow: 2 },
    workload: 'hold',
    workloadParams: {},
    load: {
      model: { kind: 'closed', connections: 16, thinkTimeMs: 0 },
      requestTimeoutMs: null,
      retry: null,
      goodputDeadlineMs: 20,
    },
    warmupMs: 2_000,
    durationMs: SECONDS * 1_000,
    drainMs: 500,
    rolloutSurge: 0,
    postgres: {
      maxConnections: 30,
      superuserReservedConnections: 3,
      reservedConnections: 0,
      transport: 'tcp',
      extra: {},
    },
    distance: NO_DISTANCE,
    faults: [],
    pooler: null,
    preparedStatements: 'auto',
    service: null,
    requests: null,
    sql: null,
    gates: GATE_DEFAULTS,
    thresholds: [],
    abortOnFail: false,
    seed: 1,
  };
}

/** 960 right answers with a median of 14 ms and a p99 of 30 ms. */
const LATENCIES = '14x500 16x440 30x20';

/** A second of the sound trial. */
export function soundSecond(second: number): LoadSecond {
  return {
    second,
    started: 1_000,
    dropped: 0,
    good: 940,
    inFlightSeconds: 16,
    outcomes: { ok: 960, error: 40, censored: 0 },
    latencyUs: { ok: LATENCIES, error: '50x40', censored: null },
    componentsUs: {
      lag: '0x960',
      wait: '8x500 10x440 22x20',
      connect: '0x940 2x20',
      db: '4x960',
      loop: '0.5x960',
      rest: '1.5x960',
    },
  };
}

const times = (text: string): string =>
  text
    .split(' ')
    .map((entry) => entry.split('x'))
    .map(([ms, count]) => `${ms}x${Number(count) * SECONDS}`)
    .join(' ');

function closedLoad(): LoadResult {
  const seconds = Array.from({ length: SECONDS }, (_, second) => soundSecond(second));
  const endings = {
    ok: 960 * SECONDS,
    httpErrors: { pool_timeout: 40 * SECONDS },
    refusalReasons: {},
    connectionErrors: {},
    timeouts: 0,
    lost: 0,
    unanswered: 0,
  };
  return {
    engine: 'closed',
    engineVersion: 'autocannon 9.0.0',
    ended: 'completed',
    startedAtMs: 0,
    durationMs: SECONDS * 1_000,
    drainMs: 0,
    ledger: {
      scheduled: 12_000,
      dropped: 0,
      ...endings,
      attempts: { started: 12_000, ...endings },
    },
    brokenLaws: [],
    offered: null,
    good: 940 * SECONDS,
    inFlightSeconds: 16 * SECONDS,
    residenceSeconds: 16 * SECONDS,
    seconds,
    latencyUs: { ok: times(LATENCIES), error: times('50x40'), censored: '' },
    lagUs: '0.1x12000',
    serviceUs: times(LATENCIES),
    componentsUs: {
      lag: times('0x960'),
      wait: times('8x500 10x440 22x20'),
      connect: times('0x940 2x20'),
      db: times('4x960'),
      loop: times('0.5x960'),
      rest: times('1.5x960'),
    },
    breakdown: [
      bucket(14, 500 * SECONDS, { wait: 8, db: 4, loop: 0.5, rest: 1.5 }),
      bucket(16, 440 * SECONDS, { wait: 10, db: 4, loop: 0.5, rest: 1.5 }),
      bucket(30, 20 * SECONDS, { wait: 22, connect: 2, db: 4, loop: 0.5, rest: 1.5 }),
    ],
    answersByWorker: { '1': 6_000, '2': 6_000 },
    timed: {
      answers: 960 * SECONDS,
      wait: 960 * SECONDS,
      connect: 960 * SECONDS,
      db: 960 * SECONDS,
      loop: 960 * SECONDS,
      total: 960 * SECONDS,
    },
    byRequest: [],
    firstRightMs: [],
    reconnects: 0,
    generator: {
      threads: 1,
      cpuMs: 1_800,
      eventLoopUtilization: 0.3,
      eventLoopDelayMsP99: 2,
      stalledMs: 0,
    },
  };
}

/** Requests of one latency, and what one of them was made of in ms. */
export function bucket(
  latencyMs: number,
  count: number,
  partsMs: Partial<BreakdownBucket['sumUs']>,
): BreakdownBucket {
  const sum = (ms: number | undefined): number => (ms ?? 0) * 1_000 * count;
  return {
    fromUs: latencyMs * 1_000,
    count,
    sumUs: {
      lag: sum(partsMs.lag),
      wait: sum(partsMs.wait),
      connect: sum(partsMs.connect),
      db: sum(partsMs.db),
      loop: sum(partsMs.loop),
      rest: sum(partsMs.rest),
    },
  };
}

/** The worker's account after `finished` requests, 4 % of them pool timeouts, 500 a second. */
export function worker(id: number, finished: number): WorkerStats {
  const failed = finished * 0.04;
  return {
    worker: id,
    pid: 100 + id,
    alive: true,
    ready: true,
    ageMs: 1,
    pool: {
      acquireStarted: finished + 1,
      acquireOk: finished - failed + 1,
      acquireTimeout: failed,
      acquireError: 0,
      waiting: 0,
      held: 0,
      idle: 2,
      connecting: 0,
      closing: 0,
      opened: 4,
      openFailed: 0,
      closed: 2,
      heldPeak: 4,
      waitingPeak: 4,
      waitingSeconds: finished / 100,
      saturatedSeconds: finished / 1_000,
      holdSeconds: finished * 0.004,
    },
    http: {
      started: finished,
      finished,
      aborted: 0,
      inFlight: 0,
      errors: failed > 0 ? { pool_timeout: failed } : {},
    },
    cpuMs: finished * 0.4,
    eventLoopDelayMsP99: 1,
    eventLoopStalls: 1,
    eventLoopActiveMs: 50 + finished * 0.5,
    eventLoopIdleMs: 9_000 + finished * 1.5,
  };
}

/** A PgBouncer without a configuration of its own but the mode, and what it did in a trial. */
export const POOLER = { ...POOLER_DEFAULTS, mode: 'transaction' } satisfies TrialPlan['pooler'];
export const POOLER_READING: NonNullable<WatchedObservations['pooler']> = {
  version: '1.18.0',
  samples: 48,
  clientsActivePeak: 8,
  clientsWaitingPeak: 0,
  clientsWaitingMean: 0,
  maxWaitMs: 0,
  serversPeak: 8,
  transactions: 12_000,
  queries: 12_000,
  waitMs: 120,
  transactionMs: 36_000,
};
