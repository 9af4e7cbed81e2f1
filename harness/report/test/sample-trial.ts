import { DIRECT_API } from '../../analysis/trial-machine.ts';
import type {
  MeasuredTrial,
  PercentileIntervals,
  Percentiles,
} from '../../analysis/trial-result.ts';
import { parseTrialPlan } from '../../plan/parse-trial-plan.ts';

/** A trial that was refused connections, with something in every field a report shows. */
export function sampleTrial(changes: Partial<MeasuredTrial> = {}): MeasuredTrial {
  const { plan } = parseTrialPlan({
    flags: { maxConnections: '30', workload: 'hold', param: ['ms=20'] },
    env: {},
  });
  return {
    schemaVersion: 1,
    state: 'measured',
    plan,
    startedAt: '2026-01-02T03:04:05.678Z',
    verdict: 'VALID',
    caveats: [],
    laws: [{ name: 'ledger', holds: true, detail: '9310 = 8106 + 1204' }],
    ended: 'completed',
    thresholds: [],
    measuredMs: 10_000,
    steadyState: {
      state: 'steady',
      fromSecond: 1,
      toSecond: 10,
      backlogPerSecond: null,
      detail: 'nothing trends after the first second',
    },
    offeredPerSecond: null,
    throughputPerSecond: 809.4,
    throughputInterval: { low: 797, high: 822 },
    goodputPerSecond: 790,
    goodputInterval: { low: 778, high: 802 },
    requests: {
      scheduled: 9_310,
      ok: 8_094,
      httpErrors: { too_many_connections: 1_204, pool_timeout: 12 },
      connectionErrors: {},
      timeouts: 0,
      dropped: 0,
      lost: 0,
      unanswered: 0,
    },
    attempts: {
      started: 9_310,
      ok: 8_094,
      httpErrors: { too_many_connections: 1_204, pool_timeout: 12 },
      connectionErrors: {},
      timeouts: 0,
      lost: 0,
      unanswered: 0,
    },
    refusals: { total: 1_204, byReason: { superuser_reserved: 1_004, all_slots: 200 } },
    latencyMs: {
      ok: percentiles({ samples: 7_285, mean: 41.234, p50: 38.2, p99: 190.2, max: 1_240 }),
      okIntervals: intervals({
        p50: { low: 37.1, high: 39.3 },
        p95: { low: 92, high: 106.8 },
        p99: { low: 171.4, high: 209 },
      }),
      okHistogram: null,
      error: percentiles({ samples: 1_216, mean: 6, p50: 3.5, p99: 20 }),
    },
    wholeRun: {
      throughputPerSecond: 798.1,
      goodputPerSecond: 779.2,
      latencyMs: percentiles({ samples: 8_094, mean: 43, p50: 38.9, p99: 214, max: 1_240 }),
    },
    componentsMs: {
      lag: percentiles({ mean: 0.11, p50: 0.1, p99: 0.9 }),
      wait: percentiles({ mean: 11.2, p50: 9, p99: 120 }),
      connect: percentiles({ mean: 0.123, p50: 0, p99: 9 }),
      db: percentiles({ mean: 21.5, p50: 21, p99: 33 }),
      loop: percentiles({ mean: 2.3, p50: 2, p99: 12 }),
      rest: percentiles({ mean: 6, p50: 5.2, p99: 24 }),
    },
    composition: [
      {
        quantile: 'p50',
        latencyMs: 38.2,
        partsMs: { lag: 0.1, wait: 9, connect: 0, db: 21, loop: 2.1, rest: 6 },
      },
      {
        quantile: 'p95',
        latencyMs: 99.4,
        partsMs: { lag: 0.2, wait: 55, connect: 2, db: 26, loop: 5.2, rest: 11 },
      },
      {
        quantile: 'p99',
        latencyMs: 190.2,
        partsMs: { lag: 0.2, wait: 120, connect: 9, db: 33, loop: 8, rest: 20 },
      },
    ],
    bottleneck: {
      kind: 'exhaustion',
      evidence: 'PostgreSQL refused 1,204 connections; 26 of 26 usable slots were taken',
    },
    budget: {
      others: 1,
      predicted: {
        usable: 26,
        floor: 20,
        ceiling: 60,
        rolloutCeiling: 60,
        floorFits: true,
        fits: false,
        fitsDuringRollout: false,
        clients: null,
      },
      reachable: 60,
      predictedRefusals: true,
      observedRefusals: true,
      agrees: true,
      reached: 'postgres',
      clients: null,
    },
    connections: {
      maxConnections: 30,
      superuserReserved: 3,
      reserved: 0,
      peakWorkers: 26,
      peakAll: 27,
      peakByWorker: { '1': 7, '2': 6, '3': 7, '10': 6 },
      samples: 100,
      longestGapMs: 104,
    },
    waitEventShares: { CPU: 0.2, 'Timeout/PgSleep': 0.7, 'Client/ClientRead': 0.1 },
    workers: [1, 2, 3, 10].map((worker) => ({
      worker,
      answers: 2_327,
      acquireStarted: 2_327,
      acquireTimeout: 3,
      acquireError: 301,
      opened: 12,
      heldPeak: 7,
      waitingPeak: 9,
      meanWaiting: 2.3,
      saturatedShare: 0.41,
      eventLoopUtilization: 0.27,
      cpuMs: 1_300,
    })),
    rollout: null,
    cpuMs: { postgres: 2_100, api: 5_300, generator: 1_800 },
    generator: {
      threads: 1,
      eventLoopUtilization: 0.31,
      eventLoopDelayMsP99: 2,
      stalledMs: 0,
      dispatchLagMsP50: 0.1,
      dispatchLagMsP99: 0.9,
      reconnects: 0,
    },
    host: { cpuPressureShare: 0.12, throttledPeriods: 0, throttledMs: 0, cpuStealShare: 0 },
    seconds: [],
    api: DIRECT_API,
    pooler: null,
    distance: null,
    faults: [],
    phasesMs: { measure: 10_000 },
    environment: {
      poolLabVersion: '0.1.0',
      nodeVersion: '24.0.0',
      platform: 'linux',
      arch: 'x64',
      osRelease: '6.1',
      cpuModel: 'a CPU',
      cores: 2,
      memoryBytes: 8_000_000_000,
      postgres: {
        provider: 'embedded',
        version: '18.4',
        durability: { fsync: 'on' },
        sharedBuffersBytes: 134_217_728,
        databaseBytes: 9_500_000,
        fileSystem: 'ext4',
      },
      loadEngine: 'closed 9.0.0',
    },
    ...changes,
  };
}

export function percentiles(changes: Partial<Percentiles> = {}): Percentiles {
  return {
    samples: 8_094,
    censored: 0,
    mean: 1,
    max: 1_240,
    p50: 1,
    p90: 70.4,
    p95: 99.4,
    p99: 1,
    p999: null,
    ...changes,
  };
}

export function intervals(changes: Partial<PercentileIntervals> = {}): PercentileIntervals {
  return { p50: null, p90: null, p95: null, p99: null, p999: null, ...changes };
}
