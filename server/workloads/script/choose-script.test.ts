import { expect, test } from 'vitest';
import { chooseByWeight } from './choose-script.ts';

const DRAWS = 1_200;

test.each([
  [[1], [1_200]],
  [
    [1, 2, 3],
    [200, 400, 600],
  ],
  [
    [9, 1],
    [1_080, 120],
  ],
  [
    [1, 0, 1],
    [600, 0, 600],
  ],
])('of weights %j each has its share', (weights, shares) => {
  const counts = weights.map(() => 0);
  for (let draw = 0; draw < DRAWS; draw++) {
    const index = chooseByWeight(weights, (draw + 0.5) / DRAWS);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  expect(counts).toEqual(shares);
});
