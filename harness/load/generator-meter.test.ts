import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startGeneratorMeter } from './generator-meter.ts';

test('how busy the loop was is told anew each time it is asked', async () => {
  const meter = startGeneratorMeter();
  const busyUntilMs = performance.now() + 200;
  while (performance.now() < busyUntilMs);
  expect(meter.recentUtilization()).toBeGreaterThan(0.9);
  await delay(50);
  expect(meter.recentUtilization()).toBeLessThan(0.5);
  meter.stop();
});

test('a generator that stood still says for how long, up to the end', () => {
  const meter = startGeneratorMeter();
  // Nothing of this thread runs meanwhile, as when the process is stopped or gets no CPU.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const { stalledMs } = meter.stop();
  expect(stalledMs).toBeGreaterThan(270);
});
