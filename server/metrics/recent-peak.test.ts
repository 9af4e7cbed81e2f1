import { expect, test } from 'vitest';
import { RecentPeak } from './recent-peak.ts';

test('a spike that is over is still seen, until its window is the oldest', () => {
  const waiting = new RecentPeak();
  for (let i = 0; i < 5; i++) waiting.change(1);
  for (let i = 0; i < 4; i++) waiting.change(-1);
  for (let window = 0; window < 19; window++) {
    waiting.rotate();
    expect(waiting.peak).toBe(5);
  }
  waiting.rotate();
  expect(waiting.peak).toBe(1);
});

test('what lasts is the peak of every window', () => {
  const held = new RecentPeak();
  held.change(1);
  held.change(1);
  for (let window = 0; window < 100; window++) held.rotate();
  expect(held.peak).toBe(2);
});
