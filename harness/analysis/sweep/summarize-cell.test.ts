import { expect, test } from 'vitest';
import { Histogram } from '../../load/account/histogram.ts';
import { SERVICE_READING } from '../test/service-observations.ts';
import type { WatchedTrial } from '../trial-result.ts';
import { type RoundChanges, sweptCell, unchanged } from './test/swept-trials.ts';
import { invalidChanges, overloadedChanges, starvedChanges } from './test/troubled-trials.ts';

const rate =
  (perSecond: number): RoundChanges =>
  () => ({
    throughputPerSecond: perSecond,
    goodputPerSecond: perSecond,
    goodputInterval: { low: perSecond - 10, high: perSecond + 10 },
  });

/** Right answers of a round, each of them so long. */
const latencies =
  (samples: number, us: number): RoundChanges =>
  ({ latencyMs }) => {
    const histogram = new Histogram();
    for (let sample = 0; sample < samples; sample += 1) histogram.record(us);
    return {
      latencyMs: {
        ...latencyMs,
        ok: {
          ...latencyMs.ok,
          samples,
          censored: 0,
          mean: us / 1_000,
          p50: us / 1_000,
          p99: us / 1_000,
        },
        okHistogram: histogram.encode(),
      },
    };
  };

const caveat =
  (code: WatchedTrial['caveats'][number]['code'], detail: string): RoundChanges =>
  () => ({
    verdict: 'DEGRADED',
    caveats: [{ code, grade: 'DEGRADED', detail, advice: 'Do something.' }],
  });

test('rates come from the rounds that may be believed', () => {
  const cell = sweptCell([
    rate(100),
    (it) => ({ ...rate(9_000)(it), ...invalidChanges() }),
    rate(121),
  ]);
  expect(cell.goodputPerSecond?.value).toBeCloseTo(110, 9);
  expect(cell.goodputSpread).toBeCloseTo(0.21, 9);
  expect(cell.rounds.map((it) => it.state === 'measured' && it.goodputPerSecond)).toEqual([
    100, 9_000, 121,
  ]);
});

test('one believable round has its own interval', () => {
  expect(sweptCell([rate(100), null]).goodputPerSecond).toEqual({
    value: 100,
    interval: { low: 90, high: 110 },
  });
});

test('a round that may not be believed is named, and leaves the cell DEGRADED', () => {
  const cell = sweptCell([unchanged, invalidChanges, unchanged]);
  expect(cell).toMatchObject({
    verdict: 'DEGRADED',
    caveats: [
      {
        code: 'generator_busy',
        grade: 'DEGRADED',
        detail: 'round 2 is left out of the estimates: the generator was busy 97 % of the time',
        rounds: [2],
      },
    ],
  });
});

test('a cell without a believable round is INVALID and has no numbers but counts', () => {
  const asked: RoundChanges = (it) => ({
    ...invalidChanges(),
    requests: { ...it.requests, scheduled: 30_000 },
  });
  expect(sweptCell([asked, asked])).toMatchObject({
    verdict: 'INVALID',
    caveats: [{ grade: 'INVALID', rounds: [1, 2] }],
    throughputPerSecond: null,
    goodputPerSecond: null,
    latencyMsP99: null,
    requests: { scheduled: 60_000 },
    series: { round: 1 },
  });
});

test('a cell that was never measured has no verdict', () => {
  expect(sweptCell([null])).toMatchObject({
    verdict: null,
    rounds: [{ state: 'failed', error: { code: 'LAB_FAILED' } }],
    budget: null,
    connections: null,
    bottleneck: null,
    series: null,
    thresholds: [],
  });
});

test('an overloaded round counts with its whole window, and leaves no latency', () => {
  const cell = sweptCell([
    rate(100),
    (it) => ({
      ...overloadedChanges(it),
      wholeRun: { ...it.wholeRun, throughputPerSecond: 130, goodputPerSecond: 81 },
    }),
  ]);
  expect(cell.goodputPerSecond?.value).toBeCloseTo(90, 9);
  expect(cell.throughputPerSecond?.value).toBeCloseTo(Math.sqrt(100 * 130), 9);
  expect(cell).toMatchObject({ latencyMs: { p50: null, p99: null }, latencyMsP99: null });
});

test('percentiles are those of all answers together, not of the rounds', () => {
  // 900 answers of 10 ms and 100 of 100 ms: the p95 is 100 ms, though one round has it at 10 ms.
  const cell = sweptCell([latencies(900, 10_000), latencies(100, 100_000)]);
  expect(cell.latencyMs).toMatchObject({
    samples: 1_000,
    mean: 19,
    max: expect.closeTo(100, 0),
    p50: expect.closeTo(10, 1),
    p90: expect.closeTo(10, 1),
    p95: expect.closeTo(100, 1),
  });
});

test('what cannot be merged is withheld', () => {
  const without: RoundChanges = ({ latencyMs }) => ({
    latencyMs: { ...latencyMs, okHistogram: null },
  });
  expect(sweptCell([unchanged, without]).latencyMs).toMatchObject({ samples: 4_000, p50: null });
  expect(sweptCell([without]).latencyMs.p50).not.toBeNull();
});

test('a caveat stands once, with the rounds that have it', () => {
  const late = caveat('monitor_late', '700 ms without a sample');
  expect(sweptCell([late, unchanged, late])).toMatchObject({
    verdict: 'DEGRADED',
    caveats: [{ code: 'monitor_late', detail: '700 ms without a sample', rounds: [1, 3] }],
  });
});

test('a caveat is told in the words of a round that counts, and else with the round that does not', () => {
  const beside = (detail: string): RoundChanges => {
    const pressed = { code: 'cpu_pressure', grade: 'DEGRADED', detail, advice: '' } as const;
    const { caveats = [] } = invalidChanges();
    return () => ({ verdict: 'INVALID', caveats: [...caveats, pressed] });
  };
  const details = (rounds: readonly RoundChanges[]) =>
    sweptCell([...rounds]).caveats.map(({ detail }) => detail);
  const generator = 'round 1 is left out of the estimates: the generator was busy 97 % of the time';
  expect(details([beside('95 %'), caveat('cpu_pressure', '80 %')])).toEqual([generator, '80 %']);
  expect(details([beside('95 %'), unchanged])).toEqual([
    generator,
    'in round 1, which is left out of the estimates: 95 %',
  ]);
});

test('too few samples in a round are none against a cell with enough of them', () => {
  const few = caveat('few_samples', '4000 latencies leave 40 beyond the p99, 100 are wanted');
  const enough = (it: WatchedTrial) => ({ ...few(it), ...latencies(5_000, 10_000)(it) });
  expect(sweptCell([few, few])).toMatchObject({ verdict: 'DEGRADED' });
  expect(sweptCell([enough, enough])).toMatchObject({ verdict: 'VALID', caveats: [] });
});

test('rounds that differ too much are a caveat of the cell', () => {
  expect(sweptCell([rate(100), rate(150), rate(120)])).toMatchObject({
    verdict: 'DEGRADED',
    caveats: [{ code: 'rounds_spread', rounds: [1, 2, 3], detail: expect.stringContaining('50') }],
  });
});

test('failures are counted by cause and add up', () => {
  const cell = sweptCell([
    starvedChanges,
    (it) => ({
      requests: { ...it.requests, timeouts: 2, connectionErrors: { ECONNREFUSED: 40 }, lost: 1 },
    }),
  ]);
  expect(cell.failures).toEqual({ ECONNREFUSED: 40, pool_timeout: 17, timeout: 2, lost: 1 });
  expect(Object.keys(cell.failures)).toEqual(['ECONNREFUSED', 'pool_timeout', 'timeout', 'lost']);
  expect(cell.requests.failed).toBe(60);
});

test('a threshold is met if every believable round meets it', () => {
  const judged =
    (met: boolean, detail: string): RoundChanges =>
    () => ({
      thresholds: [{ expression: 'latency.p99<50ms', met, detail }],
    });
  const cell = sweptCell([judged(true, '20 ms'), judged(false, '61 ms'), judged(true, '30 ms')]);
  expect(cell.thresholds).toEqual([
    { expression: 'latency.p99<50ms', met: false, detail: 'round 2: 61 ms' },
  ]);
  expect(sweptCell([judged(true, '20 ms')]).thresholds).toMatchObject([
    { met: true, detail: '20 ms' },
  ]);
});

test('the budget is that of the round in which others held most, with the deploy it is planned for', () => {
  const others =
    (count: number): RoundChanges =>
    ({ budget }) => ({
      budget: { ...budget, others: count },
    });
  // 100 − 3 reserved − 90 others = 7 of 2 × 4 = 8, 12 in a deploy.
  expect(sweptCell([others(1), others(90), others(3)]).budget).toMatchObject({
    others: 90,
    predicted: { usable: 7, ceiling: 8, rolloutCeiling: 12, fits: false, fitsDuringRollout: false },
    predictedRefusals: false,
    observedRefusals: false,
    agrees: true,
    rolloutObserved: false,
  });
  expect(sweptCell([unchanged], { rolloutSurge: 2 }).budget).toMatchObject({
    predicted: { rolloutCeiling: 16 },
    rolloutObserved: true,
  });
});

test('what cannot be merged is of the round in the middle by goodput', () => {
  const evidence =
    (text: string, perSecond: number): RoundChanges =>
    (it) => ({
      ...rate(perSecond)(it),
      bottleneck: { kind: 'pool', evidence: text },
    });
  const cell = sweptCell([evidence('most', 300), evidence('least', 100), evidence('middle', 200)]);
  expect(cell).toMatchObject({ bottleneck: { evidence: 'middle' }, series: { round: 3 } });
});

test('peaks are the highest of all rounds', () => {
  const peaks =
    (peakWorkers: number, peakAll: number): RoundChanges =>
    ({ connections }) => ({
      connections: { ...connections, peakWorkers, peakAll },
    });
  expect(sweptCell([peaks(7, 20), peaks(8, 9)]).connections).toEqual({
    peakWorkers: 8,
    peakAll: 20,
  });
});

test('refusals by the log add up over the rounds, unless one of them has none', () => {
  const logged =
    (refusalsLogged: number | null): RoundChanges =>
    () => ({ service: { ...SERVICE_READING, refusalsLogged } });
  expect(sweptCell([logged(3), logged(4)]).refusalsLogged).toBe(7);
  expect(sweptCell([logged(3), logged(null)]).refusalsLogged).toBeNull();
  expect(sweptCell([unchanged]).refusalsLogged).toBeNull();
});
