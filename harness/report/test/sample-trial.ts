import type { MeasuredTrial, Percentiles } from '../../analysis/trial-result.ts';
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
    measuredMs: 10_000,
    throughputPerSecond: 809.4,
    goodputPerSecond: 790,
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
    refusals: { total: 1_204, byReason: { superuser_reserved: 1_004, all_slots: 200 } },
    latencyMs: {
      ok: percentiles({ samples: 8_094, mean: 41.234, p50: 38.2, p99: 190.2, max: 1_240 }),
      error: percentiles({ samples: 1_216, mean: 6, p50: 3.5, p99: 20 }),
    },
    componentsMs: {
      wait: percentiles({ mean: 11.2, p50: 9, p99: 120 }),
      connect: percentiles({ mean: 0.123, p50: 0, p99: 9 }),
      db: percentiles({ mean: 21.5, p50: 21, p99: 33 }),
      total: percentiles({ mean: 33, p50: 30, p99: 150 }),
      rest: percentiles({ mean: 8, p50: 6, p99: 40 }),
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
      },
      reachable: 60,
      predictedRefusals: true,
      observedRefusals: true,
      agrees: true,
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
    workers: [],
    rollout: null,
    cpuMs: { postgres: 2_100, api: 5_300, generator: 1_800 },
    generator: { eventLoopUtilization: 0.31, eventLoopDelayMsP99: 2 },
    seconds: [],
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
