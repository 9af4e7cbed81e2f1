import { expect, test } from 'vitest';
import { lineStyle } from './chart-spec.ts';

test('two lines of one chart never look the same, up to three dozen', () => {
  const looks = Array.from({ length: 36 }, (_, index) => JSON.stringify(lineStyle(index)));
  expect(new Set(looks).size).toBe(36);
});
