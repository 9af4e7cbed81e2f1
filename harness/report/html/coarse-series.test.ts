import { expect, test } from 'vitest';
import { coarseSeries } from './coarse-series.ts';

const SERIES = {
  round: 2,
  stepSeconds: 2,
  startedPerSecond: [10, 20, 30, 40, 50],
  okPerSecond: [1, 2, 4, 5, 7],
  goodPerSecond: [0, 0, 0, 0, 1],
  errorPerSecond: [1, 0, 0, 0, 0],
  inFlightMean: [64, 63, 1, 2, 3],
  latencyMsP50: [1, 2, null, null, 5],
  latencyMsP99: [9, 8, null, 7, null],
  connectionsPeak: [3, 4, null, null, 1],
};

test('a series that fits stays as it is', () => {
  expect(coarseSeries(SERIES, 5)).toEqual(SERIES);
});

test('steps are put together: means of rates, the highest of latencies and connections', () => {
  expect(coarseSeries(SERIES, 3)).toEqual({
    round: 2,
    stepSeconds: 4,
    startedPerSecond: [15, 35, 50],
    okPerSecond: [1.5, 4.5, 7],
    goodPerSecond: [0, 0, 1],
    errorPerSecond: [0.5, 0, 0],
    inFlightMean: [63.5, 1.5, 3],
    latencyMsP50: [2, null, 5],
    latencyMsP99: [9, 7, null],
    connectionsPeak: [4, null, 1],
  });
});

test('one point is the least, and an empty series has none', () => {
  expect(coarseSeries(SERIES, 0)).toMatchObject({ stepSeconds: 10, startedPerSecond: [30] });
  const none = Object.fromEntries(
    Object.entries(SERIES).map(([name, column]) => [name, Array.isArray(column) ? [] : column]),
  );
  expect(coarseSeries({ ...SERIES, ...none }, 4)).toMatchObject({ startedPerSecond: [] });
});

test('fractions keep as many digits as a chart can show', () => {
  const series = { ...SERIES, okPerSecond: [1234.567, 0.00123456, 3, 4, 5] };
  expect(coarseSeries(series, 5).okPerSecond).toEqual([1235, 0.001235, 3, 4, 5]);
});
