import { expect, test } from 'vitest';
import type { DatabaseFault } from '../plan/database-fault.ts';
import { Disturbances, type Disturbed } from './disturbances.ts';
import { FaultSchedule } from './fault-schedule.ts';

/** Time that passes when it is told to; what is due comes `lateMs` late. */
function steppedTimeline({ lateMs = 0 } = {}) {
  let nowUs = 7_000;
  const calls: { us: number; callback: () => void }[] = [];
  return {
    nowUs: () => nowUs,
    at: (us: number, callback: () => void) => {
      const call = { us: us + lateMs * 1_000, callback };
      calls.push(call);
      return { cancel: () => void calls.splice(calls.indexOf(call), 1) };
    },
    pass: (ms: number) => {
      const untilUs = nowUs + ms * 1_000;
      for (;;) {
        const [next] = calls.toSorted((one, other) => one.us - other.us);
        if (next === undefined || next.us > untilUs) break;
        nowUs = next.us;
        calls.splice(calls.indexOf(next), 1);
        next.callback();
      }
      nowUs = untilUs;
    },
  };
}

function connection(): Disturbed & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    get isSilent() {
      return seen.includes('silenced');
    },
    break: () => void seen.push('broken'),
    silence: () => void seen.push('silenced'),
  };
}

const fault = (kind: DatabaseFault['kind'], atMs: number, durationMs = 0): DatabaseFault => ({
  ...{ kind, atMs, durationMs },
});

test('faults begin and end at their times, counted from a moment that is past already', () => {
  const timeline = steppedTimeline();
  const disturbances = new Disturbances();
  const schedule = new FaultSchedule(disturbances, timeline);
  const open = connection();
  disturbances.opened(open);
  timeline.pass(3);
  schedule.begin([fault('reset', 10), fault('refuse', 20, 5)], timeline.nowUs() - 3_000);
  timeline.pass(6);
  expect(open.seen).toEqual([]);
  timeline.pass(1);
  expect(open.seen).toEqual(['broken']);
  disturbances.closed(open);
  timeline.pass(10);
  expect(disturbances.opened(connection())).toBe('refused');
  timeline.pass(5);
  expect(disturbances.opened(connection())).toBe('carried');
  expect(schedule.end()).toEqual([
    expect.objectContaining({ kind: 'reset', startedMs: 10, endedMs: 10, connections: 1 }),
    expect.objectContaining({ kind: 'refuse', startedMs: 20, endedMs: 25, connections: 1 }),
  ]);
});

test('one that comes late lasts as long all the same, and both moments are told', () => {
  const timeline = steppedTimeline({ lateMs: 2 });
  const schedule = new FaultSchedule(new Disturbances(), timeline);
  schedule.begin([fault('stall', 10, 20)], timeline.nowUs());
  timeline.pass(100);
  expect(schedule.end()).toEqual([expect.objectContaining({ startedMs: 12, endedMs: 34 })]);
});

test('the end of the run ends what goes on, and what has not begun does not come', () => {
  const timeline = steppedTimeline();
  const disturbances = new Disturbances();
  const schedule = new FaultSchedule(disturbances, timeline);
  schedule.begin([fault('refuse', 0, 100), fault('blackhole', 50, 10)], timeline.nowUs());
  expect(disturbances.opened(connection())).toBe('refused');
  timeline.pass(20);
  expect(schedule.end()).toEqual([
    expect.objectContaining({ startedMs: 0, endedMs: 20 }),
    expect.objectContaining({ startedMs: null, endedMs: null }),
  ]);
  expect(disturbances.opened(connection())).toBe('carried');
  timeline.pass(100);
  const open = connection();
  expect(disturbances.opened(open)).toBe('carried');
  expect(open.seen).toEqual([]);
  expect(schedule.end()).toEqual([]);
});

test('what had not begun at the end of a run does not come in the next one', () => {
  const timeline = steppedTimeline();
  const disturbances = new Disturbances();
  const schedule = new FaultSchedule(disturbances, timeline);
  schedule.begin([fault('blackhole', 50, 10), fault('refuse', 60, 10)], timeline.nowUs());
  timeline.pass(20);
  schedule.end();
  schedule.begin([fault('reset', 1_000)], timeline.nowUs());
  for (const ms of [30, 10]) {
    timeline.pass(ms);
    expect(disturbances.opened(connection())).toBe('carried');
  }
});

test('of two stalls that overlap the last one lets go, in the order of arrival', () => {
  const timeline = steppedTimeline();
  const disturbances = new Disturbances();
  const schedule = new FaultSchedule(disturbances, timeline);
  const arrived: string[] = [];
  schedule.begin([fault('stall', 0, 10), fault('stall', 5, 10)], timeline.nowUs());
  disturbances.deliver(3, () => arrived.push('first'));
  timeline.pass(12);
  disturbances.deliver(4, () => arrived.push('second'));
  expect(arrived).toEqual([]);
  timeline.pass(3);
  disturbances.deliver(5, () => arrived.push('third'));
  expect(arrived).toEqual(['first', 'second', 'third']);
  expect(schedule.end()).toMatchObject([{ bytesHeld: 3 }, { bytesHeld: 4 }]);
});

test('a black hole is deeper than a refusal, and no reset gets through it', () => {
  const timeline = steppedTimeline();
  const disturbances = new Disturbances();
  const schedule = new FaultSchedule(disturbances, timeline);
  const [old, young] = [connection(), connection()];
  disturbances.opened(old);
  schedule.begin(
    [fault('refuse', 0, 100), fault('blackhole', 10, 20), fault('reset', 50)],
    timeline.nowUs(),
  );
  timeline.pass(10);
  expect(disturbances.opened(young)).toBe('silent');
  timeline.pass(90);
  expect([old.seen, young.seen]).toEqual([['silenced'], ['silenced']]);
  expect(schedule.end()).toMatchObject([
    { kind: 'refuse', connections: 0 },
    { kind: 'blackhole', connections: 2 },
    { kind: 'reset', connections: 0 },
  ]);
});
