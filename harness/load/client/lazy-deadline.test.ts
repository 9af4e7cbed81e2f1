import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LazyDeadline } from './lazy-deadline.ts';

/** On a fake clock an immediate, which a deadline ends with, comes a millisecond later. */
const IMMEDIATE_MS = 1;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

function startDeadline() {
  const overAtMs: number[] = [];
  const deadline = new LazyDeadline({
    now: () => Date.now() * 1_000,
    onOver: () => overAtMs.push(Date.now()),
  });
  return { deadline, overAtMs };
}

test('it is over once, when its time has come', () => {
  const { deadline, overAtMs } = startDeadline();
  deadline.set(100_000);
  vi.advanceTimersByTime(500);
  expect(overAtMs).toEqual([100 + IMMEDIATE_MS]);
});

test('it moves without a new timer, and is over at its last time', () => {
  const { deadline, overAtMs } = startDeadline();
  const armed = vi.spyOn(globalThis, 'setTimeout');
  for (let ms = 0; ms < 1_000; ms += 10) {
    deadline.set((Date.now() + 100) * 1_000);
    vi.advanceTimersByTime(10);
  }
  // At the first move, and each time it fires: not a hundred times.
  expect(armed.mock.calls.length).toBeLessThanOrEqual(12);
  armed.mockRestore();
  expect(overAtMs).toEqual([]);
  vi.advanceTimersByTime(1_000);
  expect(overAtMs).toEqual([990 + 100 + IMMEDIATE_MS]);
});

test('it may move to an earlier time', () => {
  const { deadline, overAtMs } = startDeadline();
  deadline.set(1_000_000);
  deadline.set(50_000);
  expect(vi.getTimerCount()).toBe(1);
  vi.advanceTimersByTime(2_000);
  expect(overAtMs).toEqual([50 + IMMEDIATE_MS]);
});

test('one that is lifted is not over until it is set again', () => {
  const { deadline, overAtMs } = startDeadline();
  deadline.set(100_000);
  deadline.lift();
  vi.advanceTimersByTime(150);
  deadline.set(300_000);
  vi.advanceTimersByTime(1_000);
  expect(overAtMs).toEqual([300 + IMMEDIATE_MS]);
});

test('one that lies in the past is over at the next turn, not within the call', () => {
  const { deadline, overAtMs } = startDeadline();
  vi.advanceTimersByTime(20);
  deadline.set(10_000);
  expect(overAtMs).toEqual([]);
  vi.advanceTimersByTime(1 + IMMEDIATE_MS);
  expect(overAtMs).toHaveLength(1);
});

test('what is done in the turn it is over still counts', () => {
  const { deadline, overAtMs } = startDeadline();
  deadline.set(100_000);
  // As an answer does that is read after the timers of the same turn.
  setTimeout(() => deadline.lift(), 100);
  vi.advanceTimersByTime(200);
  expect(overAtMs).toEqual([]);
  deadline.set(300_000);
  setTimeout(() => deadline.set(450_000), 300 - Date.now());
  vi.advanceTimersByTime(300);
  expect(overAtMs).toEqual([450 + IMMEDIATE_MS]);
});

test('one that is stopped leaves no timer behind', () => {
  const { deadline, overAtMs } = startDeadline();
  deadline.set(10_000);
  deadline.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(100);
  expect(overAtMs).toEqual([]);
});
