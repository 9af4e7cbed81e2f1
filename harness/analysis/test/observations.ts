import { POOL_DEFAULTS, type WorkerStats } from '../../../server/contract.ts';
import type { LoadResult } from '../../load/load-engine.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import type { HistogramView } from '../percentiles.ts';
import type { TrialObservations } from '../summarize.ts';

/** A trial in which everything is right: 2 workers, 2,000 requests, 1,920 ok, 80 pool timeouts. */
export function soundObservations(): TrialObservations {
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
      },
      loadEngine: 'autocannon 9.0.0',
    },
    load: loadOf(),
    before: { workers: [worker(1, 0), worker(2, 0)], crashes: 0, primaryCpuMs: 10 },
    after: { workers: [worker(1, 1_000), worker(2, 1_000)], crashes: 0, primaryCpuMs: 20 },
    deaths: [],
    limits: { maxConnections: 30, superuserReserved: 3, reserved: 0 },
    others: 1,
    server: {
      peakWorkers: 8,
      peakAll: 9,
      peakByWorker: { '1': 4, '2': 4 },
      samples: 20,
      longestGapMs: 110,
      waitEventShares: { 'Lock/transactionid': 0.9, running: 0.1 },
      lost: false,
    },
    rollout: null,
    leftBehind: 0,
    postgresCpuMs: 700,
    phasesMs: { measure: 2000 },
  };
}

export function planOf(): TrialPlan {
  return {
    workers: 2,
    pool: { ...POOL_DEFAULTS, poolSize: 2, maxOverflow: 2 },
    workload: 'hold',
    workloadParams: {},
    load: { connections: 16, thinkTimeMs: 0, requestTimeoutMs: 5_000, goodputDeadlineMs: 1_000 },
    warmupMs: 100,
    durationMs: 2_000,
    drainMs: 500,
    rolloutSurge: 0,
    postgres: {
      maxConnections: 30,
      superuserReservedConnections: 3,
      reservedConnections: 0,
      extra: {},
    },
    seed: 1,
  };
}

function loadOf(): LoadResult {
  return {
    engine: 'closed',
    engineVersion: 'autocannon 9.0.0',
    ended: 'completed',
    startedAtMs: 0,
    durationMs: 2_000,
    drainMs: 10,
    ledger: {
      scheduled: 2_000,
      ok: 1_920,
      httpErrors: { pool_timeout: 80 },
      refusalReasons: {},
      connectionErrors: {},
      timeouts: 0,
      dropped: 0,
      lost: 0,
      unanswered: 0,
    },
    brokenLaws: [],
    good: 1_900,
    inFlightSeconds: 32,
    residenceSeconds: 32,
    seconds: [0, 1].map((second) => ({
      second,
      started: 1_000,
      good: 950,
      outcomes: { ok: 960, error: 40, censored: 0 },
      latencyUs: { ok: '960', error: '40', censored: null },
    })),
    latencyUs: { ok: '1920', error: '80', censored: '0' },
    componentsUs: { wait: '1920', connect: '1920', db: '1920', total: '1920', rest: '1920' },
    answersByWorker: { '1': 1_000, '2': 1_000 },
    generator: { cpuMs: 300, eventLoopUtilization: 0.3, eventLoopDelayMsP99: 2 },
  };
}

/** The worker's account after `finished` requests, 4 % of them pool timeouts. */
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
      saturatedSeconds: finished / 500,
      holdSeconds: finished / 50,
    },
    http: {
      started: finished,
      finished,
      aborted: 0,
      inFlight: 0,
      errors: failed > 0 ? { pool_timeout: failed } : {},
    },
    cpuMs: finished,
    eventLoopDelayMsP99: 1,
    eventLoopStalls: 1,
    eventLoopUtilization: 0.2,
  };
}

/** Fake codec: the text is the number of samples, every sample is 10 ms. */
export function decodeFake(encoded: readonly string[]): HistogramView {
  const samples = encoded.reduce((sum, text) => sum + Number(text), 0);
  return {
    samples,
    meanUs: samples === 0 ? null : 10_000,
    maxUs: samples === 0 ? null : 10_000,
    quantileUs: () => 10_000,
  };
}
