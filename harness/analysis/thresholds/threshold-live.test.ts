import { expect, test } from 'vitest';
import type { Ledger, LoadProgress } from '../../load/load-engine.ts';
import type { RawFlags } from '../../plan/option-table.ts';
import { parseTrialPlan } from '../../plan/parse-trial-plan.ts';
import { FACT_NAMES } from '../../plan/thresholds/threshold-facts.ts';
import { thresholdConstants } from './threshold-constants.ts';
import { lostThreshold, type RunSoFar, rangeSoFar } from './threshold-live.ts';
import { understood } from './threshold-results.ts';

const NOTHING = {
  ok: 0,
  httpErrors: {},
  refusalReasons: {},
  connectionErrors: {},
  timeouts: 0,
  lost: 0,
  unanswered: 0,
};

function soFar(
  ledger: Partial<Omit<Ledger, 'attempts'>>,
  rest: Partial<LoadProgress> & {
    readonly flags?: RawFlags;
    readonly attempts?: Partial<Ledger['attempts']>;
    readonly peaks?: RunSoFar['peaks'];
  } = {},
): RunSoFar {
  const {
    flags = {},
    attempts = {},
    peaks = { workers: 0, all: 1, worker: 0 },
    ...progress
  } = rest;
  const { plan } = parseTrialPlan({ flags: { maxConnections: '30', ...flags }, env: {} });
  const limits = { maxConnections: 30, superuserReserved: 3, reserved: 0 };
  return {
    plan,
    peaks,
    constants: thresholdConstants({ plan, limits, others: 1, cores: 2 }),
    progress: {
      elapsedMs: 1_000,
      ledger: {
        scheduled: 0,
        dropped: 0,
        ...NOTHING,
        ...ledger,
        attempts: { started: 0, ...NOTHING, ...attempts },
      },
      good: 0,
      inFlight: 0,
      latencyUs: null,
      recent: { latencyUs: null, lagUs: null, eventLoopUtilization: 0 },
      ...progress,
    },
  };
}

const lost = (expression: string, now: RunSoFar): string | null =>
  lostThreshold(understood(expression), now);

test.each([
  ['errors.too_many_connections==0', { httpErrors: { too_many_connections: 2 } }, '2 ≠ 0'],
  ['errors.total<3', { timeouts: 2, lost: 1 }, '3 ≥ 3'],
  ['errors.total<=3', { dropped: 4 }, '4 > 3'],
  ['errors.connect<1', { connectionErrors: { ECONNRESET: 1 } }, '1 ≥ 1'],
  ['timeouts<1', { timeouts: 1 }, '1 ≥ 1'],
  ['dropped==0', { dropped: 1 }, '1 ≠ 0'],
  ['requests.scheduled<=10', { scheduled: 11 }, '11 > 10'],
] as const)('%s is lost at once after %j', (expression, ledger, detail) => {
  expect(lost(expression, soFar(ledger))).toBe(detail);
  expect(lost(expression, soFar({}))).toBeNull();
});

test('what only attempts met is seen too', () => {
  const now = soFar(
    {},
    { attempts: { refusalReasons: { all_slots: 1 }, httpErrors: { other: 1 } } },
  );
  expect(lost('refused==0', now)).toBe('1 ≠ 0');
  expect(lost('attempts.errors.other==0', now)).toBe('1 ≠ 0');
  expect(lost('attempts.failed==0', now)).toBe('1 ≠ 0');
  expect(lost('errors.other==0', now)).toBeNull();
});

test('a peak is compared with what is known from the start', () => {
  const peaks = { workers: 21, all: 22, worker: 9 };
  expect(lost('pg.connections.peak<0.8*usable', soFar({}, { peaks }))).toBe('21 ≥ 20.8 = 0.8 × 26');
  expect(lost('pg.connections.peak<0.9*usable', soFar({}, { peaks }))).toBeNull();
  expect(lost('pg.connections.peak.all<=21', soFar({}, { peaks }))).toBe('22 > 21');
  expect(lost('pg.connections.peak.worker<9', soFar({}, { peaks }))).toBe('9 ≥ 9');
});

test('what is wrong before the load starts is lost with its first second', () => {
  expect(lost('ceiling<=usable', soFar({}))).toBe('60 > 26');
  expect(lost('ceiling<=usable', soFar({}, { flags: { maxOverflow: '1' } }))).toBeNull();
  expect(lost('ceiling<=usable', soFar({}, { flags: { maxOverflow: '-1' } }))).toBe(
    'unlimited > 26',
  );
});

test('a lower bound on what grows is never lost early', () => {
  const now = soFar({ ok: 1, scheduled: 1 }, { elapsedMs: 9_000 });
  for (const expression of [
    'requests.ok>1000000',
    'requests.ok>=0.99*requests.scheduled',
    'pg.connections.peak>25',
    'errors.total!=0',
    'run.latency.max>1h',
    'latency.max>1h',
  ]) {
    expect(lost(expression, now), expression).toBeNull();
  }
});

const latencyUs = { p50: 20_000, p90: 30_000, p95: 40_000, p99: 71_300, p999: 90_000, max: 95_000 };

test.each([
  ['latency.p99<50ms', '71.3 ms ≥ 50 ms'],
  ['run.latency.p99<50ms', '71.3 ms ≥ 50 ms'],
  ['latency.p99<2*latency.p50', '71.3 ms ≥ 40 ms = 2 × 20 ms'],
  ['latency.max<95ms', '95 ms ≥ 95 ms'],
  ['errors.rate<1%', '2 % ≥ 1 %'],
  ['throughput>400/s', '392/s ≤ 400/s'],
  ['run.throughput>400/s', '392/s ≤ 400/s'],
  ['goodput>200/s', '200/s ≤ 200/s'],
  ['goodput>0.6*throughput', '200/s ≤ 234/s = 0.6 × 390/s'],
  ['goodput>0.51*throughput', null],
  ['throughput<300/s', '390/s ≥ 300/s'],
] as const)('%s is judged from the fifth second on, never before', (expression, detail) => {
  const at = (elapsedMs: number) =>
    soFar(
      { scheduled: 2_000, ok: 1_950, httpErrors: { other: 40 } },
      { elapsedMs, inFlight: 10, good: 990, latencyUs },
    );
  expect(lost(expression, at(5_000))).toBe(detail);
  expect(lost(expression, at(4_999))).toBeNull();
});

test('requests in flight may still end well, and still end badly', () => {
  const flags = { rate: '200/s' };
  const at = (good: number, inFlight: number) =>
    soFar({ scheduled: 1_000, ok: good }, { flags, elapsedMs: 5_000, good, inFlight });
  expect(lost('goodput>0.99*offered', at(900, 100))).toBeNull();
  expect(lost('goodput>0.99*offered', at(900, 80))).toBe('196/s ≤ 198/s = 0.99 × 200/s');
  expect(lost('errors.rate>5%', at(900, 100))).toBeNull();
  expect(lost('errors.rate>5%', at(950, 50))).toBe('5 % ≤ 5 %');
});

test('a percentile with too few samples beyond it is not judged', () => {
  const at = (ok: number) => soFar({ ok }, { elapsedMs: 6_000, latencyUs });
  expect(lost('latency.p99<50ms', at(999))).toBeNull();
  expect(lost('latency.p99<50ms', at(1_000))).toBe('71.3 ms ≥ 50 ms');
});

test('the average of a load that rises is no forecast, its share of the offered rate is', () => {
  const now = soFar(
    { scheduled: 1_000, ok: 500 },
    { flags: { stages: '100/s..400/s:20s' }, elapsedMs: 5_000, good: 500 },
  );
  expect(lost('goodput>300/s', now)).toBeNull();
  expect(lost('goodput>0.99*offered', now)).toBe('100/s ≤ 198/s = 0.99 × 200/s');
});

test('facts that nobody knows before the end are judged there', () => {
  const now = soFar({ scheduled: 9, ok: 9 }, { elapsedMs: 9_000, latencyUs });
  const unknown = FACT_NAMES.filter((fact) => rangeSoFar(fact, now) === null);
  expect(unknown).toEqual(
    expect.arrayContaining([
      'wait.p99',
      'pool.saturated',
      'cpu.postgres',
      'latency.mean',
      'retries',
    ]),
  );
  expect(lost('wait.p99<=0', now)).toBeNull();
  expect(lost('latency.max<2*wait.max', now)).toBeNull();
});
