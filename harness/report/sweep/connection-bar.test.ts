import { expect, test } from 'vitest';
import { connectionBar } from './connection-bar.ts';

const budget = { seen: { now: 20, peak: 30 }, ceiling: 40, usable: 96, maxConnections: 100 };
const barOf = (text: string): string => text.slice(1, text.indexOf(']'));

test('what there is, its peak and both limits stand at their places', () => {
  const text = connectionBar(budget, 80);
  expect(text).toBe(
    '[████▒▒▒·|············!] 20 now, may be | 40, ! 96 usable of max_connections 100',
  );
  expect(text.length).toBeLessThanOrEqual(80);
});

test.each([
  ['nothing yet', { ...budget, seen: { now: 0, peak: 0 } }, /^[·|!]+$/],
  [
    'one of many is seen',
    { seen: { now: 1, peak: 1 }, ceiling: 3_000, usable: 4_996, maxConnections: 5_000 },
    /^█/,
  ],
  ['more than all', { ...budget, seen: { now: 120, peak: 120 } }, /^█+\|█+!█+$/],
  ['nothing is usable', { ...budget, seen: null, usable: 0 }, /^!/],
])('%s', (_, given, expected) => {
  expect(barOf(connectionBar(given, 80))).toMatch(expected);
});

test('pools that may open too many are named in words, with the limit inside the bar', () => {
  const text = connectionBar({ ...budget, ceiling: 200 }, 100);
  expect(text).toMatch(/may be \| 200, ! 96 usable of max_connections 100: TOO MANY$/);
  expect(barOf(text).indexOf('!')).toBeLessThan(barOf(text).length / 2 + 1);
  expect(barOf(text)).toMatch(/\|$/);
  expect(connectionBar({ ...budget, ceiling: null }, 100)).toMatch(
    /\| unlimited, ! 96 usable of max_connections 100: TOO MANY$/,
  );
});

test('what nobody has looked at yet is a dash, not a zero', () => {
  expect(connectionBar({ ...budget, seen: null }, 80)).toMatch(/^\[[·|!]+\] – now, may be/);
});

test('the bar takes the room there is, and some where there is none', () => {
  expect(barOf(connectionBar(budget, 200))).toHaveLength(60);
  expect(barOf(connectionBar(budget, 20))).toHaveLength(8);
});
