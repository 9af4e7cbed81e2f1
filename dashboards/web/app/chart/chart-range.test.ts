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
    lines: [line([10, null], [{ low: 8, high: 50 }, null])],
    levels: [{ name: 'max_connections', value: 100 }],
    yScale: 'linear',
  });
  expect(low).toBe(0);
  expect(high).toBeGreaterThan(100);
  expect(high).toBeLessThan(110);
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
