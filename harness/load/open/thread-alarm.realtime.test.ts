import { expect, onTestFinished, test } from 'vitest';
import { monotonicClockUs } from '../monotonic-clock.ts';
import { startThreadAlarm } from './thread-alarm.ts';
import type { Alarm } from './timeline.ts';

/*
 * How precise an alarm is, a bench measures: here the machine is busy with other things. That it is
 * never early, always comes and ends is what must hold on any machine.
 */

test('an alarm is never early, and comes again whenever it is set', async () => {
  const { alarm, next } = await startAlarm();
  for (const inUs of [200, 1_500, 0, 12_345, 300]) {
    const dueUs = monotonicClockUs() + inUs;
    const due = next();
    alarm.set(dueUs);
    await due;
    expect(monotonicClockUs()).toBeGreaterThanOrEqual(dueUs);
  }
});

test('setting it again replaces the moment that was set', async () => {
  const { alarm, next, count } = await startAlarm();
  const due = next();
  const startedUs = monotonicClockUs();
  alarm.set(startedUs + 60_000_000);
  alarm.set(startedUs + 20_000);
  await due;
  expect(monotonicClockUs() - startedUs).toBeGreaterThanOrEqual(20_000);
  expect(monotonicClockUs() - startedUs).toBeLessThan(10_000_000);
  expect(count()).toBe(1);
});

test('after its end it does not ring any more, and its thread is gone', async () => {
  const { alarm, count } = await startAlarm();
  alarm.set(monotonicClockUs());
  await alarm.close();
  await alarm.close();
  alarm.set(monotonicClockUs());
  const later = await startAlarm();
  const due = later.next();
  later.alarm.set(monotonicClockUs() + 5_000);
  await due;
  expect(count()).toBe(0);
});

async function startAlarm(): Promise<{ alarm: Alarm; next(): Promise<void>; count(): number }> {
  let rings = 0;
  let ring = (): void => undefined;
  const alarm = await startThreadAlarm(() => {
    rings += 1;
    ring();
  });
  onTestFinished(() => alarm.close());
  return {
    alarm,
    next: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      ring = resolve;
      return promise;
    },
    count: () => rings,
  };
}
