import { expect, test } from 'vitest';
import { chartRange } from './chart-range.ts';
import { type ChartLine, lineStyle } from './chart-spec.ts';

const line = (
  values: readonly (number | null)[],
  intervals?: ChartLine['intervals'],
): ChartLine => ({
  name: 'a line',
  style: lineStyle(0),
  values,
  gaps: false,
  dots: false,
  ...(intervals === undefined ? {} : { intervals }),
});

test('a linear chart begins at nothing and holds whiskers and levels', () => {
  const [low, high] = chartRange({
    lines: [line([10, null], [{ low: 8, high: 19 }, null])],
    levels: [],
    yScale: 'linear',
  });
  expect(
    chartRange({ lines: [line([10])], levels: [{ name: 'limit', value: 100 }], yScale: 'linear' }),
  ).toEqual([low, 106]);
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(19);
  expect(high).toBeLessThan(21);
});

test('a logarithmic chart holds its extremes and leaves out what has no logarithm', () => {
  const [low, high] = chartRange({ lines: [line([0, 2, 80])], levels: [], yScale: 'logarithmic' });
  expect(low).toBeLessThan(2);
  expect(low).toBeGreaterThan(1.5);
  expect(high).toBeGreaterThan(80);
});

test.each(['linear', 'logarithmic'] as const)(
  'a %s chart of nothing still has a range',
  (yScale) => {
    const [low, high] = chartRange({ lines: [line([null, 0])], levels: [], yScale });
    expect(high).toBeGreaterThan(low);
  },
);

test('a whisker that says nothing does not press the lines flat', () => {
  const lines = [line([100, 130], [{ low: 0.001, high: 700_000_000 }, null])];
  const [, linear] = chartRange({ lines, levels: [], yScale: 'linear' });
  expect(linear).toBeLessThan(300);
  const [low, high] = chartRange({ lines, levels: [], yScale: 'logarithmic' });
  expect(low).toBeGreaterThan(5);
  expect(high).toBeLessThan(1_500);
});
