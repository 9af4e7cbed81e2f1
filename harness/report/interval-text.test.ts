import { expect, test } from 'vitest';
import { intervalText } from './interval-text.ts';

test.each([
  [{ low: 797, high: 822 }, ' [797–822]'],
  [{ low: -3, high: 12 }, ' [0–12]'],
  [{ low: 1, high: 100 }, ' [1–100]'],
  [{ low: 0.99, high: 100 }, ' [?–?]'],
  [{ low: 0.00001, high: 709_396_847 }, ' [?–?]'],
  [null, ''],
])('the interval %o is written%s', (interval, text) => {
  expect(intervalText(interval, String)).toBe(text);
});
