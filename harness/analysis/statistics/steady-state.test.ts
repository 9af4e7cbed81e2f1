import { expect, test } from 'vitest';
import type { SteadySecond } from './steady-block.ts';
import { findSteadyState } from './steady-state.ts';

function secondsOf(
  count: number,
  at: (second: number) => Partial<SteadySecond> = () => ({}),
): readonly SteadySecond[] {
  return Array.from({ length: count }, (_, second) => ({
    second,
    arrived: 400,
    givenUp: 0,
    // A little unrest without a trend.
    ok: 400 + ([2, -3, 1, -1, 3, -2][second % 6] ?? 0),
    inFlightMean: 8,
    latencyMsMean: 20,
    ...at(second),
  }));
}

const judge = (seconds: readonly SteadySecond[], model: 'closed' | 'open' = 'closed') =>
  findSteadyState({ seconds, model, steadySecondsMin: 5 });

test('what stays level is steady from the first second on', () => {
  expect(judge(secondsOf(12))).toEqual({
    state: 'steady',
    fromSecond: 0,
    toSecond: 12,
    backlogPerSecond: null,
    detail: '12 s without a trend in right answers and queue',
  });
});

test('a warm-up is cut off', () => {
  const seconds = secondsOf(12, (second) => (second < 3 ? { ok: 100 * (second + 1) } : {}));
  expect(judge(seconds)).toMatchObject({
    state: 'steady',
    fromSecond: 3,
    toSecond: 12,
    detail: '9 s without a trend in right answers and queue, after 3 s of settling',
  });
});

test('a warm-up that only the latency shows is cut off, too', () => {
  const seconds = secondsOf(12, (second) => (second < 4 ? { latencyMsMean: 90 } : {}));
  expect(judge(seconds)).toMatchObject({ state: 'steady', fromSecond: 4 });
});

test('the queue of the open model is what is in flight, not the latency of the survivors', () => {
  const seconds = secondsOf(12, (second) => ({
    inFlightMean: second < 4 ? 60 : 8,
    latencyMsMean: second * 10,
  }));
  expect(judge(seconds, 'open')).toMatchObject({ state: 'steady', fromSecond: 4 });
});

test.each([
  ['falling', (second: number) => ({ ok: 400 - 15 * second })],
  ['rising', (second: number) => ({ ok: 200 + 15 * second })],
  ['slowing down', (second: number) => ({ latencyMsMean: 20 + 3 * second })],
])('what goes on %s is drifting', (_, at) => {
  expect(judge(secondsOf(12, at)).state).toBe('drifting');
});

test('a drift says what changes, and by how much', () => {
  const { detail } = judge(secondsOf(12, (second) => ({ ok: 400 - 15 * second })));
  expect(detail).toBe('right answers/s change by −33 % in the last 6 s');
});

test('what piles up while it drifts is told as a backlog, too little for an overload', () => {
  const growing = secondsOf(12, (second) => ({ inFlightMean: 8 + 3 * second }));
  expect(judge(growing, 'open')).toMatchObject({ state: 'drifting', backlogPerSecond: 3 });
  const shrinking = secondsOf(12, (second) => ({ inFlightMean: 80 - 3 * second }));
  expect(judge(shrinking, 'open')).toMatchObject({ state: 'drifting', backlogPerSecond: null });
});

test('a trend of no consequence does not disturb, however certain', () => {
  expect(judge(secondsOf(12, (second) => ({ ok: 4_000 + 5 * second })))).toMatchObject({
    state: 'steady',
  });
});

test('a step behind the middle is a level shift', () => {
  const seconds = secondsOf(20, (second) => (second >= 14 ? { ok: 300 + (second % 3) } : {}));
  expect(judge(seconds)).toMatchObject({
    state: 'level_shift',
    detail: 'right answers/s step from 400 to 301 at 14 s',
  });
});

test('a step is told by its second, wherever the judged part begins', () => {
  const seconds = secondsOf(25, (second) => (second >= 19 ? { ok: 300 + (second % 3) } : {}));
  expect(judge(seconds.slice(5)).detail).toContain('at 19 s');
});

test('a second without an answer keeps the latencies in their places', () => {
  const seconds = secondsOf(12, (second) => ({
    latencyMsMean: second === 0 ? null : second < 5 ? 90 : 20,
  }));
  expect(judge(seconds)).toMatchObject({ state: 'steady', fromSecond: 5 });
});

test('a step in the first half is settling', () => {
  const seconds = secondsOf(20, (second) => (second < 6 ? { ok: 300 + (second % 3) } : {}));
  expect(judge(seconds)).toMatchObject({ state: 'steady', fromSecond: 6 });
});

test('the window always reaches the end: a late collapse is not cut off', () => {
  const seconds = secondsOf(12, (second) => (second >= 9 ? { ok: 5 } : {}));
  expect(judge(seconds)).toMatchObject({ state: 'level_shift', toSecond: 12 });
});

test('in flight that grows with every arrival is an overload', () => {
  const seconds = secondsOf(6, (second) => ({ arrived: 500, inFlightMean: 50 + 100 * second }));
  expect(judge(seconds, 'open')).toMatchObject({
    state: 'overloaded',
    fromSecond: 0,
    toSecond: 6,
    backlogPerSecond: 100,
    detail: '100 requests/s of 500 arriving stay unanswered',
  });
});

test('a queue that grows in the second half alone is an overload', () => {
  const seconds = secondsOf(30, (second) => ({
    inFlightMean: second < 22 ? 8 : 8 + 90 * (second - 21),
  }));
  expect(judge(seconds, 'open')).toMatchObject({ state: 'overloaded' });
});

test('closed clients cannot overload: what is in flight is theirs', () => {
  const seconds = secondsOf(12, (second) => ({ inFlightMean: 50 + 100 * second }));
  expect(judge(seconds, 'closed')).toMatchObject({ state: 'steady' });
});

test('a cap keeps requests in flight from growing, not the overload', () => {
  const seconds = secondsOf(12, () => ({ arrived: 500, givenUp: 100, inFlightMean: 256 }));
  expect(judge(seconds, 'open')).toMatchObject({
    state: 'overloaded',
    backlogPerSecond: 100,
    detail:
      '100 requests/s of 500 arriving stay unanswered, 100/s dropped or given up by their clients',
  });
});

test('bursts that are dropped or given up are no overload', () => {
  const seconds = secondsOf(60, (second) => ({ givenUp: second % 3 === 0 ? 20 : 0 }));
  expect(judge(seconds, 'open')).toMatchObject({ state: 'steady' });
});

test('a few seconds are insufficient, however level', () => {
  expect(judge(secondsOf(4))).toMatchObject({
    state: 'insufficient',
    fromSecond: 0,
    toSecond: 4,
    detail: '4 whole seconds, at least 5 are wanted',
  });
  expect(judge(secondsOf(1)).detail).toBe('1 whole second, at least 5 are wanted');
  const wanted = { seconds: secondsOf(9), model: 'closed', steadySecondsMin: 10 } as const;
  expect(findSteadyState(wanted).state).toBe('insufficient');
});

test('no second at all is insufficient', () => {
  expect(judge([])).toMatchObject({ state: 'insufficient', fromSecond: 0, toSecond: 0 });
});

test('nothing is judged where it is not asked for', () => {
  const seconds = secondsOf(12, (second) => ({ ok: 400 - 30 * second }));
  expect(findSteadyState({ seconds, model: 'closed', steadySecondsMin: 0 })).toMatchObject({
    state: 'not_judged',
    fromSecond: 0,
    toSecond: 12,
  });
});

test('seconds keep their numbers where the judged part begins later', () => {
  expect(judge(secondsOf(15).slice(3))).toMatchObject({ fromSecond: 3, toSecond: 15 });
});

test('a run without one right answer is steady at zero', () => {
  const seconds = secondsOf(10, () => ({ ok: 0, latencyMsMean: null }));
  expect(judge(seconds)).toMatchObject({ state: 'steady', fromSecond: 0 });
});

test('an hour is judged in 60 blocks, without waiting for an hour', () => {
  expect(judge(secondsOf(3_600))).toMatchObject({
    state: 'steady',
    fromSecond: 0,
    toSecond: 3_600,
  });
  const drifting = secondsOf(3_600, (second) => ({ ok: 4_000 - second }));
  expect(judge(drifting)).toMatchObject({ state: 'drifting', toSecond: 3_600 });
  const growing = secondsOf(3_590, (second) => ({ inFlightMean: 8 + 2 * second }));
  expect(judge(growing, 'open')).toMatchObject({
    state: 'overloaded',
    toSecond: 3_590,
    backlogPerSecond: expect.closeTo(2, 1),
  });
});

test('a warm-up of a long run is cut in whole blocks', () => {
  const seconds = secondsOf(130, (second) => (second < 10 ? { ok: 30 * second } : {}));
  expect(judge(seconds)).toMatchObject({ state: 'steady', fromSecond: 10, toSecond: 130 });
});

test('the choice does not ask whether the result gets better or worse', () => {
  const rising = secondsOf(14, (second) => ({
    ok: second < 4 ? 200 + 40 * second : 400 + (second % 3),
  }));
  const falling = rising.map((it) => ({ ...it, ok: 1_000 - it.ok }));
  const windowOf = ({ state, fromSecond, toSecond }: ReturnType<typeof judge>) => ({
    state,
    fromSecond,
    toSecond,
  });
  expect(windowOf(judge(falling))).toEqual(windowOf(judge(rising)));
});

test('a system that is nearly idle drifts by nothing that matters, and needs nothing cut off', () => {
  // 300 arrivals a second by chance; latencies fall from 1.6 to 1 ms while the code is compiled.
  const arrivals = [271, 318, 290, 305, 322, 287, 309, 296, 331, 302];
  const seconds = secondsOf(10, (second) => {
    const arrived = arrivals[second] ?? 300;
    const latencyMsMean = 1.6 - 0.06 * second;
    return { arrived, ok: arrived, latencyMsMean, inFlightMean: (arrived * latencyMsMean) / 1_000 };
  });
  expect(findSteadyState({ seconds, model: 'open', steadySecondsMin: 5 })).toMatchObject({
    state: 'steady',
    fromSecond: 0,
    toSecond: 10,
  });
});

test('the same fall is a drift where it is requests, not parts of one', () => {
  const seconds = secondsOf(10, (second) => ({ inFlightMean: 16 - 0.9 * second }));
  expect(findSteadyState({ seconds, model: 'open', steadySecondsMin: 5 }).state).toBe('drifting');
});
