import { expect, test } from 'vitest';
import { FACT_NAMES, type FactName } from '../../plan/thresholds/threshold-facts.ts';
import { percentiles, sampleTrial } from '../../report/test/sample-trial.ts';
import { serviceObservations } from '../test/service-observations.ts';
import type { WatchedTrial } from '../trial-result.ts';
import type { JudgedTrial } from './fact-reading.ts';
import { readFact } from './threshold-readings.ts';

const OPEN_LOAD = {
  ...sampleTrial().plan.load,
  model: {
    kind: 'open',
    stages: [{ fromPerSecond: 300, toPerSecond: 300, durationMs: 10_000 }],
    arrivals: 'poisson',
    maxInFlight: 256,
    atCap: 'drop',
    threads: 1,
  },
} as const;

function value(fact: FactName, trial: JudgedTrial = sampleTrial()): number | string {
  const reading = readFact(fact, trial);
  if (reading.kind === 'withheld') return reading.why;
  const { low, high } = reading.range;
  return low === high ? low : `at least ${low}: ${reading.because}`;
}

test('every fact of the list can be read from a trial', () => {
  for (const fact of FACT_NAMES) {
    const reading = readFact(fact, sampleTrial({ offeredPerSecond: 300 }));
    if (fact.endsWith('.p999')) expect(reading, fact).toMatchObject({ kind: 'withheld' });
    else expect(reading, fact).toMatchObject({ range: { low: expect.any(Number) } });
  }
});

test.each([
  ['latency.p50', 38.2],
  ['latency.p90', 70.4],
  ['latency.p95', 99.4],
  ['latency.p99', 190.2],
  ['latency.mean', 41.234],
  ['latency.max', 1_240],
  ['latency.error.p99', 20],
  ['run.latency.p99', 214],
  ['throughput', 809.4],
  ['goodput', 790],
  ['run.throughput', 798.1],
  ['run.goodput', 779.2],
  ['requests.scheduled', 9_310],
  ['requests.ok', 8_094],
  ['errors.total', 1_216],
  ['errors.rate', 1_216 / 9_310],
  ['errors.too_many_connections', 1_204],
  ['errors.pool_timeout', 12],
  ['errors.deadlock', 0],
  ['errors.connect', 0],
  ['refused', 1_204],
  ['attempts.started', 9_310],
  ['attempts.failed', 1_216],
  ['attempts.errors.too_many_connections', 1_204],
  ['retries', 0],
  ['lag.p99', 0.9],
  ['wait.p99', 120],
  ['connect.p99', 9],
  ['db.p99', 33],
  ['loop.p99', 12],
  ['rest.p99', 24],
  ['pool.waiting.peak', 9],
  ['pool.waiting.mean', 9.2],
  ['pool.held.peak', 7],
  ['pool.saturated', 0.41],
  ['pool.acquired', 9_308],
  ['pool.timeouts', 12],
  ['pool.errors', 1_204],
  ['pool.opened', 48],
  ['pg.connections.peak', 26],
  ['pg.connections.peak.all', 27],
  ['pg.connections.peak.worker', 7],
  ['max_connections', 30],
  ['others', 1],
  ['usable', 26],
  ['floor', 20],
  ['ceiling', 60],
  ['rollout_ceiling', 60],
  ['api.event_loop', 0.27],
  ['cpu.postgres', 0.21],
  ['cpu.api', 0.53],
  ['cpu.generator', 0.18],
  ['cores', 2],
  ['generator.event_loop', 0.31],
  ['generator.lag.p50', 0.1],
  ['generator.lag.p99', 0.9],
  ['generator.reconnects', 0],
  ['host.cpu_pressure', 0.12],
  ['host.cpu_steal', 0],
  ['host.throttled', 0],
] as const)('%s of the sample trial is %d', (fact, expected) => {
  expect(value(fact)).toBeCloseTo(expected, 9);
});

const counts = {
  scheduled: 100,
  ok: 85,
  httpErrors: { lock_timeout: 1 },
  connectionErrors: { ECONNREFUSED: 2 },
  timeouts: 3,
  dropped: 4,
  lost: 5,
  unanswered: 0,
};

test('each way to end without a right answer is an error, and counts once', () => {
  const trial = sampleTrial({ requests: counts });
  expect(value('errors.total', trial)).toBe(15);
  expect(value('errors.rate', trial)).toBe(0.15);
  expect(value('errors.connect', trial)).toBe(2);
  expect(value('timeouts', trial)).toBe(3);
  expect(value('dropped', trial)).toBe(4);
  expect(value('lost', trial)).toBe(5);
});

test('the attempts tell what the retries hid', () => {
  const { plan } = sampleTrial();
  const trial = sampleTrial({
    plan: { ...plan, load: { ...plan.load, retry: { retriesMax: 3, backoffMs: 100 } } },
    requests: { ...counts, dropped: 0 },
    attempts: { ...counts, started: 130, httpErrors: { too_many_connections: 31 } },
  });
  expect(value('errors.too_many_connections', trial)).toBe(0);
  expect(value('attempts.errors.too_many_connections', trial)).toBe(31);
  expect(value('retries', trial)).toBe(30);
  const queued = {
    ...trial,
    plan: {
      ...trial.plan,
      load: {
        ...OPEN_LOAD,
        model: { ...OPEN_LOAD.model, stages: [], atCap: 'queue' as const },
        retry: { retriesMax: 3, backoffMs: 100 },
      },
    },
  };
  expect(value('retries', queued)).toBe('at least 30: requests may have ended in the queue');
});

test('a share of locks is that of all lock waits together', () => {
  const waitEventShares = { 'Lock/tuple': 0.2, 'Lock/transactionid': 0.3, 'LWLock/WALWrite': 0.5 };
  expect(value('pg.lock_waits', sampleTrial({ waitEventShares }))).toBe(0.5);
  expect(value('pg.lock_waits', sampleTrial({ waitEventShares: {} }))).toBe(0);
});

test('a pool without an end has a ceiling above everything', () => {
  const { budget } = sampleTrial();
  const predicted = { ...budget.predicted, floor: null, ceiling: null, rolloutCeiling: null };
  const trial = sampleTrial({ budget: { ...budget, predicted } });
  for (const fact of ['floor', 'ceiling', 'rollout_ceiling'] as const) {
    expect(value(fact, trial)).toBe(Number.POSITIVE_INFINITY);
  }
});

test.each([
  ['latency.p999', {}, '7,285 samples are too few for it: 10 must lie beyond'],
  ['offered', {}, 'clients of the closed loop offer what they are answered'],
  ['pool.saturated', { workers: [] }, 'no worker told its account'],
  ['host.cpu_steal', { host: { ...sampleTrial().host, cpuStealShare: null } }, 'does not tell'],
  ['cpu.postgres', { cpuMs: { ...sampleTrial().cpuMs, postgres: null } }, 'does not tell'],
  ['cpu.api', { measuredMs: 0 }, 'nothing was measured'],
  ['errors.rate', { requests: { ...counts, scheduled: 0 } }, 'no request was due'],
  [
    'generator.lag.p99',
    { generator: { ...sampleTrial().generator, dispatchLagMsP99: null } },
    'nothing was sent',
  ],
  [
    'pg.connections.peak',
    { connections: { ...sampleTrial().connections, samples: 0 } },
    'never sampled',
  ],
] satisfies [FactName, Partial<WatchedTrial>, string][])(
  '%s is withheld with its reason: %j',
  (fact, changes, why) => {
    expect(value(fact, sampleTrial(changes))).toContain(why);
  },
);

const NOTHING = { mean: null, max: null, p50: null, p90: null, p95: null, p99: null, p999: null };

test('what drifts has no latency and no rate, but its whole run and its counts', () => {
  const base = sampleTrial();
  const trial = sampleTrial({
    steadyState: { ...base.steadyState, state: 'overloaded', detail: 'the backlog grows by 80/s' },
    throughputPerSecond: null,
    goodputPerSecond: null,
    latencyMs: { ...base.latencyMs, ok: percentiles(NOTHING) },
    componentsMs: { ...base.componentsMs, wait: percentiles(NOTHING) },
  });
  for (const fact of ['latency.p99', 'latency.max', 'throughput', 'goodput', 'wait.p99'] as const) {
    expect(value(fact, trial), fact).toBe(
      'nothing is steady (overloaded): the backlog grows by 80/s',
    );
  }
  expect(value('run.latency.p99', trial)).toBe(214);
  expect(value('run.throughput', trial)).toBe(798.1);
});

test.each([
  ['latency.p99', 100, 190],
  ['latency.p99', 101, 'at least 190: 101 of 10,000 requests were never answered'],
  ['latency.p50', 101, 190],
  ['latency.max', 1, 'at least 190: 1 of 10,000 requests were never answered'],
  ['latency.mean', 1, 'at least 190: 1 of 10,000 requests were never answered'],
  ['latency.max', 0, 190],
] as const)('%s with %d unanswered of 10,000 is %s', (fact, censored, expected) => {
  const base = sampleTrial();
  const same = { mean: 190, max: 190, p50: 190, p99: 190 };
  const ok = percentiles({ samples: 10_000, censored, ...same });
  expect(value(fact, sampleTrial({ latencyMs: { ...base.latencyMs, ok } }))).toBe(expected);
});

test('requests dropped in the steady window leave no latency, and make it an "at least"', () => {
  const base = sampleTrial();
  const second = (at: number, dropped: number) => ({
    second: at,
    started: 1_000,
    dropped,
    ok: 1_000,
    good: 1_000,
    error: 0,
    censored: 0,
    inFlightMean: 1,
    connectionsPeak: null,
    latencyMsP50: 1,
    latencyMsP99: 2,
  });
  const trial = (inWindow: number): JudgedTrial =>
    sampleTrial({
      seconds: [second(0, 5_000), second(1, inWindow)],
      latencyMs: { ...base.latencyMs, ok: percentiles({ samples: 9_900, p99: 12 }) },
    });
  expect(value('latency.p99', trial(100))).toBe(12);
  expect(value('latency.p99', trial(101))).toBe(
    'at least 12: 101 of 10,001 requests were never answered',
  );
});

test('behind a pooler no connection is said to be a worker’s own', () => {
  const trial = sampleTrial();
  const via = { ...trial, api: { ...trial.api, via: 'pool:6432' } };
  expect(value('pg.connections.peak.worker', via)).toContain('behind a pooler');
  expect(value('pg.connections.peak', via)).toBe(trial.connections.peakWorkers);
});

test('what a service may open is no fact where nobody said it', () => {
  const trial = sampleTrial();
  const untold = { ...trial, budget: { ...trial.budget, shapeKnown: false } };
  for (const fact of ['floor', 'ceiling', 'rollout_ceiling'] as const) {
    expect(value(fact, untold)).toBe('nobody said how many connections the service may open');
  }
  expect(value('usable', untold)).toBe(26);
});

test("what PostgreSQL refused a service counts by its log where answers don't tell it", () => {
  const trial = sampleTrial();
  const none = { ...trial, refusals: { total: 0, byReason: {} } };
  const { reading } = serviceObservations().service ?? {};
  if (reading === undefined) throw new Error('the sample is of no service');
  expect(value('refused', { ...none, service: { ...reading, refusalsLogged: 7 } })).toBe(7);
  const unseen = { ...none, budget: { ...trial.budget, refusalsVisible: false } };
  expect(value('refused', unseen)).toMatch(/^it failed without telling why/);
});
