import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { chooseAscending } from './hot.ts';
import { choose } from './mixed.ts';

test('rows are chosen in ascending order and never twice, so that locks cannot deadlock', () => {
  const random = seededRandom(1);
  for (let i = 0; i < 1_000; i++) {
    const chosen = chooseAscending({ count: 3, of: 8, random });
    expect(chosen).toHaveLength(3);
    expect([...new Set(chosen)].sort((a, b) => a - b)).toEqual(chosen);
  }
});

test('every row is as likely as the others', () => {
  const random = seededRandom(2);
  const counts = new Map<number, number>();
  for (let i = 0; i < 8_000; i++) {
    for (const id of chooseAscending({ count: 2, of: 8, random })) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  // 2,000 expected each; five standard deviations are 194.
  for (const count of counts.values()) expect(Math.abs(count - 2_000)).toBeLessThan(200);
  expect(counts.size).toBe(8);
});

test.each([
  [0, 'point'],
  [0.49, 'point'],
  [0.5, 'hot'],
  [0.74, 'hot'],
  [0.75, 'report'],
  [0.99, 'report'],
])('a draw of %f falls into the share of %s', (draw, expected) => {
  expect(choose({ point: 2, hot: 1, hold: 0, report: 1 }, draw)).toBe(expected);
});

test('the same seed gives the same sequence', () => {
  const [first, second] = [seededRandom(7), seededRandom(7)];
  const draws = Array.from({ length: 5 }, () => first());
  expect(Array.from({ length: 5 }, () => second())).toEqual(draws);
  expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
});
