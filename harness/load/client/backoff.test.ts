import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

function pausesMs(backoff: Backoff, failures: number): readonly number[] {
  return Array.from({ length: failures }, () => {
    backoff.failed();
    return backoff.pauseMs;
  });
}

test('pauses double up to one second', () => {
  expect(pausesMs(new Backoff(1), 9)).toEqual([10, 20, 40, 80, 160, 320, 640, 1_000, 1_000]);
});

test('after a success there is no pause, and the next failure starts over', () => {
  const backoff = new Backoff(1);
  pausesMs(backoff, 5);
  backoff.succeeded();
  expect(backoff.pauseMs).toBe(0);
  expect(pausesMs(backoff, 1)).toEqual([10]);
});

test('clients with another spread pause differently, at least half as long', () => {
  expect(pausesMs(new Backoff(0), 2)).toEqual([5, 10]);
  expect(pausesMs(new Backoff(0.5), 2)).toEqual([7.5, 15]);
});
