import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { EventLoopMeter } from './event-loop.ts';

/** Blocks this thread, as a synchronous computation does. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test('half a second without a turn is a stall, seen at once and counted once', async () => {
  const meter = new EventLoopMeter();
  // Two of the monitor's own intervals: it measures between its ticks.
  await delay(20);
  expect(meter.stalls).toBe(0);
  block(600);
  await delay(20);
  await nextTurn();
  expect(meter.stalls).toBe(1);
  meter.rotate();
  expect(meter.stalls).toBe(1);
  expect(meter.lastWindow.maxMs).toBeGreaterThan(500);
  meter.stop();
});

test('a stall is not lost when the window ends before the monitor has looked again', async () => {
  const meter = new EventLoopMeter();
  meter.rotate();
  // It begins late in the window, so that the window's end is hardly overdue.
  await delay(250);
  block(700);
  meter.rotate();
  await delay(20);
  expect(meter.stalls).toBe(1);
  expect(meter.lastWindow.maxMs).toBeGreaterThan(500);
  meter.rotate();
  expect(meter.stalls).toBe(1);
  meter.stop();
});

test('the time spent tells what share of a window the loop was busy', async () => {
  const meter = new EventLoopMeter();
  await delay(5);
  const before = meter.spent;
  block(100);
  await delay(300);
  const after = meter.spent;
  meter.stop();
  const activeMs = after.activeMs - before.activeMs;
  const idleMs = after.idleMs - before.idleMs;
  // Asleep at least as long as its timer, but for the timer's own resolution of a millisecond.
  expect(activeMs).toBeGreaterThanOrEqual(100);
  expect(idleMs).toBeGreaterThan(280);
});

test('what happened once in a window is in its longest delays, and not in the median', async () => {
  const meter = new EventLoopMeter();
  meter.rotate();
  await delay(200);
  block(80);
  await delay(200);
  meter.rotate();
  meter.stop();
  const { p50Ms, p99Ms, maxMs } = meter.lastWindow;
  expect(maxMs).toBeGreaterThan(50);
  expect(p99Ms).toBeGreaterThan(50);
  expect(p50Ms).toBeLessThan(50);
});
