import { expect, test } from 'vitest';
import { startGeneratorMeter } from './generator-meter.ts';

test('how busy the loop was is told anew each time it is asked', () => {
  const meter = startGeneratorMeter();
  const busyUntilMs = performance.now() + 50;
  while (performance.now() < busyUntilMs);
  expect(meter.recentUtilization()).toBeGreaterThan(0.9);
  expect(meter.recentUtilization()).toBeLessThanOrEqual(1);
  meter.stop();
});

test('a generator that stood still says for how long, up to the end', () => {
  const meter = startGeneratorMeter();
  // Nothing of this thread runs meanwhile, as when the process is stopped or gets no CPU.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  const { stalledMs } = meter.stop();
  expect(stalledMs).toBeGreaterThan(270);
});
