import { expect, test } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import { orderStatisticInterval } from './order-statistic-interval.ts';

test('the interval is two order statistics of binomial ranks', () => {
  const sorted = Array.from({ length: 100 }, (_, index) => index + 1);
  // 50 ± 1.96·5 are the ranks 40 and 61.
  expect(orderStatisticInterval(sorted, 0.5)).toEqual({ low: 40, high: 61 });
});

test('it keeps its promise for independent samples', () => {
  const random = seededRandom(3);
  let covered = 0;
  for (let run = 0; run < 1_000; run += 1) {
    const sorted = Float64Array.from({ length: 1_000 }, random).sort();
    const { low, high } = orderStatisticInterval(sorted, 0.95);
    if (low <= 0.95 && 0.95 <= high) covered += 1;
  }
  expect(covered / 1_000).toBeGreaterThan(0.92);
});
