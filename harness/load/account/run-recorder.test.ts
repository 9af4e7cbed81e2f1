import { expect, test } from 'vitest';
import type { Endings } from '../load-engine.ts';
import {
  answered,
  lost,
  notConnected,
  refused,
  right,
  startRecorder,
  timedOut,
  unanswered,
} from '../test/moved-recorder.ts';
import { template } from '../test/request-template.ts';
import { decodeHistogram } from './histogram.ts';

test('each way to end is counted once, under its outcome, with its own time', () => {
  const { recorder, at, send } = startRecorder();
  const flights = Array.from({ length: 6 }, () => send(0));
  const endings = [answered(right), answered(refused), lost, notConnected, timedOut, unanswered];
  for (const [index, flight] of flights.entries()) {
    at(20 + index * 10).end(flight, endings[index] ?? lost);
  }
  recorder.dropped(60_000);
  const record = recorder.finish();

  const each: Endings = {
    ok: 1,
    httpErrors: { too_many_connections: 1 },
    refusalReasons: { reserved: 1 },
    connectionErrors: { ECONNREFUSED: 1 },
    timeouts: 1,
    lost: 1,
    unanswered: 1,
  };
  expect(record.brokenLaws).toEqual([]);
  expect(record.ledger).toEqual({
    scheduled: 7,
    dropped: 1,
    ...each,
    attempts: { started: 6, ...each },
  });
  expect(record.answersByWorker).toEqual({ 1: 1, 2: 1 });
  expect(valuesMs(record.latencyUs.ok)).toEqual([20]);
  expect(valuesMs(record.latencyUs.error)).toEqual([30, 40, 50]);
  expect(valuesMs(record.latencyUs.censored)).toEqual([60, 70]);
});

test('a user who is answered at the third attempt is one right answer with the time of all three', () => {
  const { recorder, at, send } = startRecorder();
  const flight = send(100);
  at(150).attemptFailed(flight, answered(refused));
  at(200).sent(flight);
  at(250).attemptFailed(flight, lost);
  at(400).sent(flight);
  expect(flight).toMatchObject({ intendedUs: 100_000, sentUs: 400_000, attempts: 3 });
  const serverTiming = { wait: 5, connect: 0, db: 10, loop: 1, total: 18 };
  at(420).end(flight, answered({ ...right, serverTiming }));
  const record = recorder.finish();

  expect(record.brokenLaws).toEqual([]);
  expect(record.ledger).toMatchObject({ scheduled: 1, ok: 1, httpErrors: {}, lost: 0 });
  expect(record.ledger.attempts).toEqual({
    started: 3,
    ok: 1,
    httpErrors: { too_many_connections: 1 },
    refusalReasons: { reserved: 1 },
    connectionErrors: {},
    timeouts: 0,
    lost: 1,
    unanswered: 0,
  });
  expect(valuesMs(record.latencyUs.ok)).toEqual([320]);
  expect(valuesMs(record.latencyUs.error)).toEqual([]);
  // What lay before the attempt that was answered is its client's, not the server's.
  expect(componentsMs(record)).toEqual({
    lag: [300],
    wait: [5],
    connect: [0],
    db: [10],
    loop: [1],
    rest: [4],
  });
  expect(valuesMs(record.serviceUs)).toEqual([20]);
  // Each attempt that got an answer got it from some worker.
  expect(record.answersByWorker).toEqual({ 1: 1, 2: 1 });
});

test('a run that ends in the pause before a retry leaves an unanswered user and no open attempt', () => {
  const { recorder, at, send } = startRecorder();
  const flight = send(0);
  at(50).attemptFailed(flight, notConnected);
  expect(recorder.inFlight).toBe(1);
  at(70).end(flight, unanswered);
  const { ledger, brokenLaws, latencyUs } = recorder.finish();
  expect(brokenLaws).toEqual([]);
  expect(ledger).toMatchObject({ unanswered: 1, connectionErrors: {} });
  expect(ledger.attempts).toMatchObject({
    started: 1,
    unanswered: 0,
    connectionErrors: { ECONNREFUSED: 1 },
  });
  expect(valuesMs(latencyUs.censored)).toEqual([70]);
});

test('a request that was given up before it was sent has no attempt', () => {
  const { recorder, at } = startRecorder();
  const flight = recorder.begin();
  at(500).end(flight, timedOut);
  const { ledger, brokenLaws } = recorder.finish();
  expect(brokenLaws).toEqual([]);
  expect(ledger).toMatchObject({ scheduled: 1, timeouts: 1 });
  expect(ledger.attempts).toMatchObject({ started: 0, timeouts: 0 });
});

test('two attempts of one user at a time, or the end of one that is not under way, are a bug', () => {
  const { recorder, send } = startRecorder();
  const flight = send(0);
  expect(() => recorder.sent(flight)).toThrow('one attempt at a time');
  recorder.attemptFailed(flight, lost);
  expect(() => recorder.attemptFailed(flight, lost)).toThrow('no attempt to fail');
  expect(() => recorder.sent({ ...flight })).toThrow('not a flight of a recorder');
});

test('a request that is taken up late was in flight since it was due', () => {
  const { at, send } = startRecorder({ durationMs: 3_000 });
  const first = send(0);
  at(900).end(first, answered(right));
  const late = at(1_000).begin(400_000);
  at(1_100).sent(late);
  at(1_350).end(late, answered(right));
  const record = at(3_000).finish();

  expect(record.brokenLaws).toEqual([]);
  expect(valuesMs(record.latencyUs.ok)).toEqual([900, 950]);
  expect(valuesMs(record.lagUs)).toEqual([0, 600]);
  expect(componentsMs(record)['lag']).toEqual([0, 700]);
  expect(valuesMs(record.serviceUs)).toEqual([250, 900]);
  expect(record.inFlightSeconds).toBeCloseTo(0.9 + 0.95, 9);
  expect(record.residenceSeconds).toBeCloseTo(record.inFlightSeconds, 9);
  const perSecond = record.seconds.map(({ inFlightSeconds }) => inFlightSeconds);
  expect(perSecond[0]).toBeCloseTo(0.9 + 0.6, 9);
  expect(perSecond[1]).toBeCloseTo(0.35, 9);
  expect(perSecond[2]).toBe(0);
  // It counts as started when it was taken up: that is what the generator did in that second.
  expect(record.seconds.map(({ started }) => started)).toEqual([1, 1, 0]);
});

test('a request due inside the window and taken up after it counts inside for what it was due', () => {
  const { recorder, at } = startRecorder({ durationMs: 1_000 });
  const late = at(1_300).begin(750_000);
  at(1_400).sent(late);
  at(1_500).end(late, answered(right));
  const record = recorder.finish();
  expect(record.brokenLaws).toEqual([]);
  expect(record.inFlightSeconds).toBeCloseTo(0.25, 9);
  expect(record.residenceSeconds).toBeCloseTo(0.25, 9);
});

test('nobody is due before now', () => {
  const { recorder, at } = startRecorder();
  const flight = at(10).begin(99_000);
  expect(flight.intendedUs).toBe(10_000);
  at(20).end(flight, timedOut);
  expect(valuesMs(recorder.finish().lagUs)).toEqual([0]);
});

test('what a cap dropped is scheduled, has a lag, and was never in flight', () => {
  const { at } = startRecorder();
  at(1_030).dropped(1_000_000);
  const record = at(1_200).finish();
  expect(record.brokenLaws).toEqual([]);
  expect(record.ledger).toMatchObject({ scheduled: 1, dropped: 1, attempts: { started: 0 } });
  expect(valuesMs(record.lagUs)).toEqual([30]);
  expect(record.seconds.map(({ started, dropped }) => ({ started, dropped }))).toEqual([
    { started: 0, dropped: 0 },
    { started: 0, dropped: 1 },
  ]);
  expect(record.inFlightSeconds).toBe(0);
});

test('requests over the edges of the window count for their part inside it', () => {
  const { recorder, at, send } = startRecorder({ durationMs: 1_000 });
  const short = send(0);
  at(250).end(short, answered(right));
  const long = send(500);
  at(1_400).end(long, answered(right));
  const record = recorder.finish();
  expect(record).toMatchObject({ durationMs: 1_000, drainMs: 400 });
  expect(record.inFlightSeconds).toBeCloseTo(0.25 + 0.5, 9);
  expect(record.residenceSeconds).toBeCloseTo(0.25 + 0.5, 9);
  expect(record.seconds.map(({ inFlightSeconds }) => inFlightSeconds)).toEqual([0.75, 0]);
  expect(valuesMs(record.latencyUs.ok)).toEqual([250, 900]);
});

test('an early end shortens the window', () => {
  const { recorder, at, send } = startRecorder({ durationMs: 10_000 });
  const flight = send(0);
  at(2_500).end(flight, unanswered);
  const record = recorder.finish();
  expect(record).toMatchObject({ durationMs: 2_500, drainMs: 0 });
  expect(record.inFlightSeconds).toBeCloseTo(2.5, 9);
  expect(record.seconds.map(({ second }) => second)).toEqual([0, 1, 2]);
});

test('a request belongs to the second it started in and to the second it ended in', () => {
  const { recorder, at, send } = startRecorder();
  const first = send(900);
  const second = send(1_100);
  at(1_150).end(second, answered(right));
  at(3_200).end(first, timedOut);
  const { seconds } = recorder.finish();
  expect(seconds.map(({ started, good, outcomes }) => ({ started, good, ...outcomes }))).toEqual([
    { started: 1, good: 0, ok: 0, error: 0, censored: 0 },
    { started: 1, good: 1, ok: 1, error: 0, censored: 0 },
    { started: 0, good: 0, ok: 0, error: 0, censored: 0 },
    { started: 0, good: 0, ok: 0, error: 0, censored: 1 },
  ]);
  expect(seconds[0]?.latencyUs).toEqual({ ok: null, error: null, censored: null });
  expect(valuesMs(seconds[3]?.latencyUs.censored ?? null)).toEqual([2_300]);
});

test('an answer is good when it is right and not later than the deadline', () => {
  const { recorder, at, send } = startRecorder({ goodputDeadlineMs: 100 });
  const flights = [send(0), send(0), send(0)] as const;
  at(50).end(flights[0], answered(refused));
  at(100).end(flights[1], answered(right));
  at(100.001).end(flights[2], answered(right));
  expect(recorder.finish().good).toBe(1);
});

test('the deadline of goodput runs from when the request was due, not from when it was sent', () => {
  const { recorder, at } = startRecorder({ goodputDeadlineMs: 100 });
  const late = at(80).begin(0);
  recorder.sent(late);
  at(110).end(late, answered(right));
  const second = at(200).begin();
  recorder.sent(second);
  at(210).attemptFailed(second, answered(refused));
  at(290).sent(second);
  at(310).end(second, answered(right));
  const { good, ledger } = recorder.finish();
  expect(ledger.ok).toBe(2);
  expect(good).toBe(0);
});

test('components are those of right answers that told them, and the rest is what nobody told', () => {
  const { recorder, at, send } = startRecorder();
  const [ok, failed, silent] = [send(0), send(0), send(0)] as const;
  const serverTiming = { wait: 4, connect: 0, db: 5, loop: 0.5, total: 10 };
  at(12).end(ok, answered({ ...right, serverTiming }));
  at(12).end(failed, answered({ ...refused, serverTiming }));
  at(12).end(silent, answered(right));
  const record = recorder.finish();
  expect(componentsMs(record)).toEqual({
    lag: [0, 0],
    wait: [4],
    connect: [0],
    db: [5],
    loop: [1],
    rest: [3, 12],
  });
  expect(record.timed).toEqual({ answers: 2, wait: 1, connect: 1, db: 1, loop: 1, total: 1 });
  // By latency they add up to it, whoever told what.
  const [bucket] = record.breakdown;
  expect(bucket).toMatchObject({ count: 2, sumUs: { wait: 4_000, db: 5_000, rest: 14_500 } });
});

test('endings are counted by the template of their request, dropped ones by none', () => {
  const { recorder, at } = startRecorder({
    requests: { templates: [template('GET /'), template('POST /orders')] },
  });
  const flights = [0, 1, 1, 1].map((of) => recorder.begin(undefined, of));
  for (const flight of flights) recorder.sent(flight);
  const endings = [answered(right), answered(right), answered(refused), unanswered];
  for (const [index, flight] of flights.entries()) at(10).end(flight, endings[index] ?? lost);
  recorder.dropped(10_000);
  const record = recorder.finish();
  expect(record.byRequest).toEqual([
    { name: 'GET /', ok: 1, failed: 0 },
    { name: 'POST /orders', ok: 1, failed: 2 },
  ]);
  expect(record.brokenLaws).toEqual([]);
});

test('the silence of the target is the time since its last answer, of whatever kind', () => {
  const { at, send } = startRecorder();
  const [failed, retried, late] = [send(0), send(0), send(0)] as const;
  at(300).end(failed, answered(refused));
  at(400).attemptFailed(retried, answered(refused));
  at(800).end(late, timedOut);
  expect(at(1_000).sinceAnswerUs).toBe(600_000);
});

test('a target of which nobody wants anything is not silent', () => {
  const { recorder, at, send } = startRecorder();
  const first = send(2_000);
  at(2_100).end(first, answered(right));
  expect(at(9_000).sinceAnswerUs).toBe(0);
  const second = send(10_000);
  at(10_500).end(second, timedOut);
  expect(at(12_000).sinceAnswerUs).toBe(2_000_000);
  at(12_500).end(send(12_400), answered(refused));
  expect(recorder.sinceAnswerUs).toBe(0);
});

test('a target refuses connections since the first that failed after its last answer', () => {
  const { recorder, at, send } = startRecorder();
  const flights = [send(0), send(0), send(0), send(0)] as const;
  expect(at(90).sinceNotConnectedUs).toBe(0);
  at(100).attemptFailed(flights[0], notConnected);
  at(200).end(flights[1], notConnected);
  at(300).end(flights[2], lost);
  expect(at(400).sinceNotConnectedUs).toBe(300_000);
  at(500).end(flights[3], answered(refused));
  expect(recorder.sinceNotConnectedUs).toBe(0);
});

test('progress tells the ledger, what is in flight, and quantiles of right answers alone', () => {
  const { recorder, at, send } = startRecorder();
  expect(recorder.progress(0)).toMatchObject({ elapsedMs: 0, inFlight: 0, latencyUs: null });
  const flights = Array.from({ length: 1_000 }, () => send(0));
  for (const [index, flight] of flights.entries()) {
    at((index + 1) / 10).end(flight, answered(right));
  }
  const slow = send(100);
  at(3_000).end(slow, answered(refused));
  send(3_000);
  const { latencyUs, ...progress } = at(3_500).progress(0.25);
  expect(progress).toMatchObject({
    elapsedMs: 3_500,
    inFlight: 1,
    good: 1_000,
    ledger: { scheduled: 1_002, ok: 1_000 },
  });
  const expected = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9, max: 100 };
  expect(Object.keys(latencyUs ?? {})).toEqual(Object.keys(expected));
  for (const [name, ms] of Object.entries(expected)) {
    const us = Object.entries(latencyUs ?? {}).find(([it]) => it === name)?.[1] ?? Number.NaN;
    expect(Math.abs(us / 1_000 - ms)).toBeLessThanOrEqual(0.11);
  }
});

test('what a report tells of the last second leaves out what the report before it told', () => {
  const { recorder, at, send } = startRecorder();
  const first = send(0);
  const failed = send(0);
  at(50).end(first, answered(right));
  at(90).end(failed, answered(refused));
  const latencyUs = { p50: 50_000, p99: 50_000, max: 50_000 };
  expect(at(1_000).progress(0.5).recent).toMatchObject({
    latencyUs: near(latencyUs),
    lagUs: { p50: 0, p99: 0, max: 0 },
    eventLoopUtilization: 0.5,
  });
  // Due at 1.1 s, taken up 20 ms later; another one is dropped 5 ms late.
  at(1_120).begin(1_100_000);
  at(1_125).dropped(1_120_000);
  expect(at(2_000).progress(0.25).recent).toEqual({
    latencyUs: null,
    lagUs: near({ p50: 5_000, p99: 20_000, max: 20_000 }),
    eventLoopUtilization: 0.25,
  });
  expect(recorder.progress(0).recent).toMatchObject({ latencyUs: null, lagUs: null });
});

/** Within the 0.1 % that a histogram is off by. */
function near(us: Readonly<Record<string, number>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(us).map(([name, value]) => [
      name,
      expect.toSatisfy((seen: number) => Math.abs(seen - value) <= value / 1_000),
    ]),
  );
}

function valuesMs(encoded: string | null): readonly number[] {
  if (encoded === null) return [];
  return [...decodeHistogram(encoded).values()].flatMap(({ us, count }) =>
    // A value is kept within 0.1 %: round to the whole ms that the test put in.
    Array.from({ length: count }, () => Math.round(us / 1000)),
  );
}

function componentsMs({
  componentsUs,
}: {
  readonly componentsUs: Readonly<Record<string, string>>;
}) {
  return Object.fromEntries(Object.entries(componentsUs).map(([name, h]) => [name, valuesMs(h)]));
}
