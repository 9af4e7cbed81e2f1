import { expect, test } from 'vitest';
import { Histogram } from '../histogram.ts';
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

test('a process that stands still for a moment is told late', async () => {
  const canary = new TimerCanary();
  await new Promise((resolve) => setTimeout(resolve, 20));
  const untilMs = performance.now() + 60;
  while (performance.now() < untilMs);
  await new Promise((resolve) => setTimeout(resolve, 20));
  const reading = canary.stop();
  expect(reading.maxMs).toBeGreaterThan(50);
  expect(reading.p99Ms).toBeGreaterThan(30);
});
