import { expect, test } from 'vitest';
import { sampleTrial } from '../../report/test/sample-trial.ts';
import type { MeasuredTrial } from '../trial-result.ts';
import { cellSeries } from './cell-series.ts';

type Second = MeasuredTrial['seconds'][number];

const second = (index: number, changes: Partial<Second> = {}): Second => ({
  second: index,
  started: 110,
  dropped: 0,
  ok: 100 + index,
  good: 90,
  error: 2,
  censored: 0,
  inFlightMean: 10 * index,
  connectionsPeak: index === 1 ? null : 5 + index,
  latencyMsP50: 10 + index,
  latencyMsP99: index === 2 ? 500 : null,
  ...changes,
});

const seriesOf = (measuredMs: number, seconds: readonly Second[], pointsMax = 120) =>
  cellSeries({ round: 2, trial: sampleTrial({ measuredMs, seconds: [...seconds] }) }, pointsMax);

const four = [0, 1, 2, 3].map((index) => second(index));

test('each second is a point, and the drain is none', () => {
  expect(seriesOf(3_000, four)).toEqual({
    round: 2,
    stepSeconds: 1,
    startedPerSecond: [110, 110, 110],
    okPerSecond: [100, 101, 102],
    goodPerSecond: [90, 90, 90],
    errorPerSecond: [2, 2, 2],
    inFlightMean: [0, 10, 20],
    latencyMsP50: [10, 11, 12],
    latencyMsP99: [null, null, 500],
    connectionsPeak: [5, null, 7],
  });
});

test('what began in half a second began twice as fast', () => {
  expect(seriesOf(2_500, four)?.startedPerSecond).toEqual([110, 110, 220]);
});

test('a long window is put together: means of rates, the highest of latencies and connections', () => {
  expect(seriesOf(4_000, four, 2)).toMatchObject({
    stepSeconds: 2,
    okPerSecond: [100.5, 102.5],
    inFlightMean: [5, 25],
    latencyMsP50: [11, 13],
    latencyMsP99: [null, 500],
    connectionsPeak: [5, 8],
  });
});

test('the last step may be shorter', () => {
  expect(seriesOf(3_000, four, 2)).toMatchObject({ stepSeconds: 2, okPerSecond: [100.5, 102] });
});

test.each([1, 7, 119, 120, 121, 3_600])('%i seconds make at most 120 points', (length) => {
  const seconds = Array.from({ length }, (_, index) => second(index));
  const series = seriesOf(length * 1_000, seconds);
  expect(series?.okPerSecond.length).toBeLessThanOrEqual(120);
  expect((series?.okPerSecond.length ?? 0) * (series?.stepSeconds ?? 0)).toBeGreaterThanOrEqual(
    length,
  );
});

test('without seconds there is no series', () => {
  expect(seriesOf(3_000, [])).toBeNull();
});
