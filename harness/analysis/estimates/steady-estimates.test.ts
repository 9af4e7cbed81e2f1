import { expect, test } from 'vitest';
import type { LoadResult, LoadSecond } from '../../load/load-engine.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import {
  SECONDS,
  soundObservations,
  soundOpenObservations,
  soundSecond,
} from '../test/observations.ts';
import type { SteadyState } from '../trial-result.ts';
import { offeredPerSecond, steadyEstimates, wholeRunRates } from './steady-estimates.ts';

const steady = (fromSecond: number, toSecond: number): SteadyState => ({
  state: 'steady',
  fromSecond,
  toSecond,
  backlogPerSecond: null,
  detail: '',
});

const { load } = soundObservations();

const withSeconds = (change: (second: LoadSecond) => LoadSecond): LoadResult => ({
  ...load,
  seconds: load.seconds.map(change),
});

/** A second of the drain, in which what was still open ended. */
const drained = (latencies: string, censored: string | null): LoadSecond => ({
  ...soundSecond(SECONDS),
  started: 0,
  inFlightSeconds: 0,
  outcomes: {
    ok: decodeFake([latencies]).samples,
    error: 0,
    censored: decodeFake([censored]).samples,
  },
  latencyUs: { ok: latencies, error: null, censored },
});

test('only the steady seconds count', () => {
  const warming = withSeconds((it) => ({
    ...it,
    good: it.second < 4 ? 1 : it.good,
    outcomes: { ...it.outcomes, ok: it.second < 4 ? 100 : 960 },
    latencyUs: { ...it.latencyUs, ok: it.second < 4 ? '900x960' : it.latencyUs.ok },
    componentsUs: { ...it.componentsUs, db: it.second < 4 ? '800x960' : it.componentsUs.db },
  }));
  const estimates = steadyEstimates(warming, steady(4, SECONDS), decodeFake);
  expect(estimates).toMatchObject({
    throughputPerSecond: 960,
    goodputPerSecond: 940,
    latencyMs: { samples: 960 * 8, p50: 14, max: 30 },
    componentsMs: { db: { samples: 960 * 8, max: 4 } },
  });
});

test('rates and percentiles have intervals that contain them', () => {
  const noisy = withSeconds((it) => ({
    ...it,
    good: 900 + it.second,
    outcomes: { ...it.outcomes, ok: 950 + 2 * (it.second % 5) },
    latencyUs: { ...it.latencyUs, ok: `${14 + (it.second % 3)}x900 ${40 + (it.second % 4)}x60` },
  }));
  const { throughputPerSecond, throughputInterval, goodputInterval, latencyMs, latencyIntervals } =
    steadyEstimates(noisy, steady(0, SECONDS), decodeFake);
  expect(throughputInterval?.low).toBeLessThan(throughputPerSecond ?? 0);
  expect(throughputInterval?.high).toBeGreaterThan(throughputPerSecond ?? 0);
  expect(goodputInterval?.low).toBeLessThan(905.5);
  expect(goodputInterval?.high).toBeGreaterThan(905.5);
  expect(latencyIntervals.p99?.low).toBeLessThan(latencyMs.p99 ?? 0);
  expect(latencyIntervals.p99?.high).toBeGreaterThan(latencyMs.p99 ?? 0);
});

test('a server that stands still at the end does not look fast', () => {
  const stalled = { ...load, seconds: [...load.seconds, drained('', '600x800')] };
  const { latencyMs, latencyIntervals, throughputPerSecond } = steadyEstimates(
    stalled,
    steady(0, SECONDS),
    decodeFake,
  );
  expect(latencyMs).toMatchObject({ samples: 12_320, censored: 800, p95: 600, p99: 600 });
  expect(throughputPerSecond).toBe(960);
  // And the percentile is not called exact: one section is nothing like the others.
  expect(latencyIntervals.p95).not.toEqual({ low: 600, high: 600 });
});

test('the drain does not belong to a steady part that ended before it', () => {
  const drain = { ...load, seconds: [...load.seconds, drained('700x10', '900x10')] };
  expect(steadyEstimates(drain, steady(0, 8), decodeFake).latencyMs).toMatchObject({
    samples: 960 * 8,
    censored: 0,
    max: 30,
  });
});

test('the end of a window that is no whole second counts for latencies, not for rates', () => {
  const half = { ...soundSecond(SECONDS), outcomes: { ok: 480, error: 20, censored: 0 } };
  const longer = {
    ...load,
    durationMs: SECONDS * 1_000 + 500,
    seconds: [...load.seconds, half],
  };
  const { throughputPerSecond, latencyMs } = steadyEstimates(
    longer,
    steady(0, SECONDS),
    decodeFake,
  );
  expect(throughputPerSecond).toBe(960);
  expect(latencyMs.samples).toBe(960 * (SECONDS + 1));
});

test.each(['drifting', 'overloaded'] as const)(
  'nothing stands for a window that is %s',
  (state) => {
    const estimates = steadyEstimates(load, { ...steady(0, SECONDS), state }, decodeFake);
    expect(estimates).toMatchObject({
      throughputPerSecond: null,
      throughputInterval: null,
      goodputPerSecond: null,
      goodputInterval: null,
      latencyMs: { samples: 11_520, mean: null, p50: null, p99: null, max: null },
      latencyIntervals: { p50: null, p99: null },
      componentsMs: { wait: { samples: 11_520, mean: null, p99: null } },
    });
  },
);

test('a run of less than a second is its own window', () => {
  const sound = soundSecond(0);
  const second = { ...sound, good: 470, outcomes: { ...sound.outcomes, ok: 480 } };
  const short = { ...load, durationMs: 500, seconds: [second] };
  expect(steadyEstimates(short, steady(0, 0), decodeFake)).toMatchObject({
    throughputPerSecond: 960,
    goodputPerSecond: 940,
    latencyMs: { samples: 960, p50: 14 },
  });
});

test('answers that came in the drain are no throughput of the window', () => {
  const drained = { ...soundSecond(SECONDS), started: 0 };
  const rates = wholeRunRates({ ...load, seconds: [...load.seconds, drained] });
  expect(rates).toEqual(wholeRunRates(load));
});

test('a window that is not judged keeps its last part of a second', () => {
  const last = { ...soundSecond(1), good: 0, outcomes: { ...soundSecond(1).outcomes, ok: 40 } };
  const run = { ...load, durationMs: 1_250, seconds: [soundSecond(0), last] };
  const rate = (state: SteadyState['state']): number | null =>
    steadyEstimates(run, { ...steady(0, 1), state }, decodeFake).throughputPerSecond;
  expect(rate('not_judged')).toBe(1_000 / 1.25);
  expect(rate('steady')).toBe(960);
});

test('seconds that differ by design, as on a ramp, have a sum and no interval', () => {
  const unjudged = steadyEstimates(
    load,
    { ...steady(0, SECONDS), state: 'not_judged' },
    decodeFake,
  );
  expect(unjudged.throughputPerSecond).toBe(960);
  expect(unjudged.latencyMs.p50).toBe(14);
  expect([unjudged.throughputInterval, unjudged.goodputInterval]).toEqual([null, null]);
  expect(Object.values(unjudged.latencyIntervals)).toEqual([null, null, null, null, null]);
});

test('what was offered in the steady seconds includes what was dropped', () => {
  expect(offeredPerSecond(load, steady(0, SECONDS))).toBeNull();
  const { load: open } = soundOpenObservations();
  const dropping = {
    ...open,
    seconds: open.seconds.map((it) => ({ ...it, started: it.second < 6 ? 10 : 1_000, dropped: 5 })),
  };
  expect(offeredPerSecond(dropping, steady(6, SECONDS))).toBe(1_005);
});
