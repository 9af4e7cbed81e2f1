import { expect, test } from 'vitest';
import { PEAK_SECONDS, RecentPeak } from './recent-peak.ts';

const WINDOWS_A_SECOND = 2;

test('a spike that is over is still seen, until its window is the oldest', () => {
  const waiting = new RecentPeak();
  waiting.changed(5);
  waiting.changed(1);
  for (let window = 0; window < PEAK_SECONDS * WINDOWS_A_SECOND; window++) {
    waiting.rotate();
    expect(waiting.peak).toBe(5);
  }
  waiting.rotate();
  expect(waiting.peak).toBe(1);
});

test('scrapes every fifteen seconds miss none', () => {
  expect(PEAK_SECONDS).toBeGreaterThan(15);
});

test('what lasts is the peak of every window', () => {
  const held = new RecentPeak();
  held.changed(2);
  for (let window = 0; window < 100; window++) held.rotate();
  expect(held.peak).toBe(2);
});
