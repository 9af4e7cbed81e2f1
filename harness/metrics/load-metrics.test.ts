import { expect, test } from 'vitest';
import { HARNESS_METRICS, LOAD_RESULTS } from '../../server/contract.ts';
import { type SimulatedRun, simulateOpenRun } from '../load/test/simulated-run.ts';
import { exposition } from './exposition.ts';
import { LoadMetrics } from './load-metrics.ts';
import { scrapeText } from './test/scrape-text.ts';

const OFFERED = HARNESS_METRICS.offeredTotal;
const IN_FLIGHT = HARNESS_METRICS.inFlight;
const ended = (result: string): string => `${HARNESS_METRICS.endedTotal}{result="${result}"}`;
const phase = (name: string): string => `${HARNESS_METRICS.phase}{phase="${name}"}`;
const latency = (percentile: string): string =>
  `${HARNESS_METRICS.latencySeconds}{percentile="${percentile}"}`;

function scrape(metrics: LoadMetrics): ReadonlyMap<string, number> {
  return scrapeText(exposition(metrics.families()));
}

/** 2.5 s at 100/s: of ten requests seven are right after 20 ms, the others fail in different ways. */
function simulate(): Promise<SimulatedRun> {
  return simulateOpenRun({
    ratePerSecond: 100,
    model: { maxInFlight: 6 },
    request: { durationMs: 2_500, drainMs: 100 },
    server: {
      treat: (_nowMs, request) => {
        switch (request % 10) {
          case 0:
            return { kind: 'answered', afterMs: 30, answer: { errorClass: 'pool_timeout' } };
          case 1:
            return { kind: 'reset', afterMs: 10 };
          case 2:
            return request > 200 ? { kind: 'never' } : { kind: 'answered', afterMs: 20 };
          default:
            return { kind: 'answered', afterMs: 20 };
        }
      },
    },
  });
}

test('a run is seen while it is under way, and whole once it has ended', async () => {
  const { result, progress } = await simulate();
  const metrics = new LoadMetrics();
  const run = metrics.begin('measure');
  expect(scrape(metrics).get(OFFERED)).toBe(0);
  const [first] = progress;
  if (first === undefined) throw new Error('no report');
  run.progress(first);
  expect(scrape(metrics).get(OFFERED)).toBe(first.ledger.scheduled);
  expect(scrape(metrics).get(IN_FLIGHT)).toBe(first.inFlight);
  run.ended(result);
  const seen = scrape(metrics);
  const { ledger } = result;
  expect(ledger.scheduled).toBe(250);
  for (const some of [ledger.lost, ledger.unanswered, ledger.dropped]) {
    expect(some).toBeGreaterThan(0);
  }
  expect(seen.get(OFFERED)).toBe(250);
  expect(seen.get(HARNESS_METRICS.goodTotal)).toBe(result.good);
  expect(seen.get(ended('ok'))).toBe(ledger.ok);
  expect(seen.get(ended('pool_timeout'))).toBe(ledger.httpErrors['pool_timeout']);
  expect(seen.get(ended('lost'))).toBe(ledger.lost);
  expect(seen.get(ended('unanswered'))).toBe(ledger.unanswered);
  expect(seen.get(IN_FLIGHT)).toBe(0);
  const allEnded = LOAD_RESULTS.reduce((sum, name) => sum + (seen.get(ended(name)) ?? 0), 0);
  expect(allEnded + (seen.get(HARNESS_METRICS.droppedTotal) ?? 0)).toBe(250);
});

test('counters go on over runs and never fall', async () => {
  const { result, progress } = await simulate();
  const metrics = new LoadMetrics();
  let last = scrape(metrics);
  const look = (): void => {
    const now = scrape(metrics);
    for (const [series, value] of now) {
      if (series.includes('_total')) expect(value).toBeGreaterThanOrEqual(last.get(series) ?? 0);
    }
    last = now;
  };
  for (const name of ['warmup', 'measure', 'measure'] as const) {
    const run = metrics.begin(name);
    look();
    for (const report of progress) {
      run.progress(report);
      look();
    }
    run.ended(result);
    look();
  }
  expect(last.get(OFFERED)).toBe(3 * result.ledger.scheduled);
  expect(last.get(ended('ok'))).toBe(3 * result.ledger.ok);
});

test('a run that fails is counted as far as it had told', async () => {
  const { progress } = await simulate();
  const metrics = new LoadMetrics();
  const run = metrics.begin('measure');
  for (const report of progress) run.progress(report);
  run.ended(null);
  metrics.begin('measure').ended(null);
  expect(scrape(metrics).get(OFFERED)).toBe(progress.at(-1)?.ledger.scheduled);
  expect(scrape(metrics).get(IN_FLIGHT)).toBe(0);
});

test('a run whose end comes after the next began ends itself alone', () => {
  const metrics = new LoadMetrics();
  const warmup = metrics.begin('warmup');
  metrics.begin('measure');
  warmup.ended(null);
  expect(scrape(metrics).get(phase('measure'))).toBe(1);
});

test('percentiles are seconds of the last report, and of nothing while nothing runs', async () => {
  const { result, progress } = await simulate();
  const metrics = new LoadMetrics();
  const run = metrics.begin('measure');
  expect([...scrape(metrics).keys()]).not.toContain(latency('0.99'));
  const [first] = progress;
  if (first === undefined) throw new Error('no report');
  run.progress(first);
  const seen = scrape(metrics);
  expect(seen.get(latency('0.5'))).toBeCloseTo(0.02, 4);
  expect(seen.get(latency('1'))).toBeCloseTo(0.02, 4);
  expect(seen.get(`${HARNESS_METRICS.dispatchLagSeconds}{percentile="0.99"}`)).toBe(0);
  expect(seen.get(HARNESS_METRICS.utilizationRatio)).toBe(0);
  run.ended(result);
  const idle = [...scrape(metrics).keys()];
  expect(idle).not.toContain(latency('0.5'));
  expect(idle).not.toContain(HARNESS_METRICS.utilizationRatio);
});

test('exactly one phase is the present one', async () => {
  const { result } = await simulate();
  const metrics = new LoadMetrics();
  const now = (): readonly string[] => {
    const seen = scrape(metrics);
    return ['idle', 'warmup', 'measure'].filter((name) => seen.get(phase(name)) === 1);
  };
  expect(now()).toEqual(['idle']);
  const warmup = metrics.begin('warmup');
  expect(now()).toEqual(['warmup']);
  warmup.ended(result);
  expect(now()).toEqual(['idle']);
  const measure = metrics.begin('measure');
  expect(now()).toEqual(['measure']);
  measure.ended(null);
  expect(now()).toEqual(['idle']);
});

test('every way to end is there before anything has ended', () => {
  const seen = scrape(new LoadMetrics());
  for (const result of LOAD_RESULTS) expect(seen.get(ended(result))).toBe(0);
});
