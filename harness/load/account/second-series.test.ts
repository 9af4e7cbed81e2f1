import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPONENTS, type LoadSecond, OUTCOMES } from '../load-engine.ts';
import { decodeHistogram } from './histogram.ts';
import { SecondSeries } from './second-series.ts';

/** Long enough for everything here to be in the window. */
const WINDOW_US = 60_000_000;

const latencies = fc.double({ min: 0, max: 4e9, noNaN: true });
const events = fc.array(
  fc.record({
    afterUs: fc.double({ min: 0, max: 700_000, noNaN: true }),
    outcome: fc.constantFrom(...OUTCOMES),
    latencyUs: latencies,
    partUs: latencies,
  }),
  { minLength: 1, maxLength: 60 },
);
type Events = readonly {
  readonly afterUs: number;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly latencyUs: number;
  readonly partUs: number;
}[];

/** @param waitingMax values that may wait for their histograms */
function seriesOf(sequence: Events, waitingMax = 16_000): readonly LoadSecond[] {
  const series = new SecondSeries({ windowUs: WINDOW_US, waitingMax });
  let elapsedUs = 0;
  for (const { afterUs, outcome, latencyUs, partUs } of sequence) {
    elapsedUs += afterUs;
    series.started(elapsedUs);
    const partsUs = {
      lag: partUs,
      wait: partUs + 1,
      connect: 0,
      db: partUs / 2,
      loop: 7.25,
      rest: partUs / 3,
    };
    series.ended(elapsedUs, {
      outcome,
      latencyUs,
      good: latencyUs < 1_000,
      partsUs: outcome === 'ok' ? partsUs : null,
    });
  }
  return series.finish(elapsedUs, (second) => second / 2);
}

test('it makes no difference when a second is encoded', () => {
  fc.assert(
    fc.property(events, fc.nat(100), (sequence, waitingMax) => {
      expect(seriesOf(sequence, waitingMax)).toEqual(seriesOf(sequence));
    }),
    { numRuns: 30 },
  );
});

test('each second holds its own values and no others, in its own histograms', () => {
  const at = (afterUs: number, latencyUs: number, outcome: (typeof OUTCOMES)[number] = 'ok') => ({
    afterUs,
    outcome,
    latencyUs,
    partUs: latencyUs / 2,
  });
  const series = seriesOf(
    [at(999_999, 10), at(0, 30, 'error'), at(1, 20), at(2_500_000, 40), at(1, 50, 'censored')],
    3,
  );
  expect(
    series.map(({ second, started, good, outcomes, inFlightSeconds }) => ({
      second,
      started,
      good,
      ...outcomes,
      inFlightSeconds,
    })),
  ).toEqual([
    { second: 0, started: 2, good: 2, ok: 1, error: 1, censored: 0, inFlightSeconds: 0 },
    { second: 1, started: 1, good: 1, ok: 1, error: 0, censored: 0, inFlightSeconds: 0.5 },
    { second: 2, started: 0, good: 0, ok: 0, error: 0, censored: 0, inFlightSeconds: 1 },
    { second: 3, started: 2, good: 2, ok: 1, error: 0, censored: 1, inFlightSeconds: 1.5 },
  ]);
  const [first, second, empty, last] = series;
  expect([first, second, empty, last].map((it) => valuesOf(it?.latencyUs.ok))).toEqual([
    [10],
    [20],
    [],
    [40],
  ]);
  expect(valuesOf(first?.latencyUs.error)).toEqual([30]);
  expect(valuesOf(last?.latencyUs.censored)).toEqual([50]);
  // Of right answers only, and rounded to whole microseconds.
  expect(COMPONENTS.map((name) => valuesOf(first?.componentsUs[name]))).toEqual([
    [5],
    [6],
    [0],
    [3],
    [7],
    [2],
  ]);
  expect(empty?.componentsUs.db).toBeNull();
});

test('a run that ends on a whole second has no empty second after it', () => {
  const series = new SecondSeries({ windowUs: WINDOW_US });
  series.started(0);
  expect(series.finish(2_000_000, () => 0)).toHaveLength(2);
  const dropping = new SecondSeries({ windowUs: WINDOW_US });
  dropping.dropped(2_000_000);
  expect(dropping.finish(2_000_000, () => 0).map(({ dropped }) => dropped)).toEqual([0, 0, 1]);
});

test('the drain has seconds of its own, however the window ends', () => {
  const secondsOf = (windowUs: number, endedUs: readonly number[]) => {
    const series = new SecondSeries({ windowUs });
    for (const elapsedUs of endedUs) {
      series.ended(elapsedUs, { outcome: 'error', latencyUs: 1, good: false, partsUs: null });
    }
    return series
      .finish(endedUs.at(-1) ?? 0, () => 0)
      .map(({ second, outcomes }) => [second, outcomes.error]);
  };
  expect(secondsOf(1_250_000, [10, 1_249_999, 1_250_000, 2_100_000, 2_250_000])).toEqual([
    [0, 1],
    [1, 1],
    [2, 2],
    [3, 1],
  ]);
  expect(secondsOf(2_000_000, [1_999_999, 2_000_000])).toEqual([
    [0, 0],
    [1, 1],
    [2, 1],
  ]);
  expect(secondsOf(700_000, [699_999, 700_000])).toEqual([
    [0, 1],
    [1, 1],
  ]);
});

function valuesOf(encoded: string | null | undefined): readonly number[] {
  if (encoded === null || encoded === undefined) return [];
  return [...decodeHistogram(encoded).values()].map(({ us }) => us);
}
