import { expect, test } from 'vitest';
import { Histogram } from '../account/histogram.ts';
import { recordOverTime, TimerCanary } from './timer-canary.ts';

test('a pause counts for as long as it lasted, not as one late firing', () => {
  const lateness = new Histogram();
  for (let firing = 0; firing < 1_000; firing += 1) recordOverTime(lateness, 0.5);
  recordOverTime(lateness, 200);
  // 0.2 s of 2.2 s: in about 9 % of all moments something due came late, half of them by over 100 ms.
  expect(lateness.quantileUs(0.9) / 1_000).toBeLessThan(1);
  expect(lateness.quantileUs(0.95) / 1_000).toBeGreaterThan(80);
  expect(lateness.quantileUs(0.95) / 1_000).toBeLessThan(120);
});

test('a process that stands still for a moment is late in that stretch, and in no other', async () => {
  const [whole, before] = [new TimerCanary(), new TimerCanary()];
  const fromMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const stillMs = performance.now();
  while (performance.now() < stillMs + 300);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const reading = whole.stop({ fromMs, untilMs: performance.now() });
  expect(reading.maxMs).toBeGreaterThan(290);
  expect(reading.p99Ms).toBeGreaterThan(200);
  expect(before.stop({ fromMs, untilMs: stillMs - 5 }).maxMs).toBeLessThan(reading.maxMs);
});

test('nothing is told of a stretch without firings', () => {
  const nothing = { fromMs: 0, untilMs: 0 };
  expect(new TimerCanary().stop(nothing)).toEqual({ p99Ms: 0, p999Ms: 0, maxMs: 0 });
});
