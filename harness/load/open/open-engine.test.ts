import { expect, test } from 'vitest';
import { decodeHistogram } from '../account/histogram.ts';
import type { LoadResult } from '../load-engine.ts';
import { type SimulationOptions, simulateOpenRun } from '../test/simulated-run.ts';
import { queueOf, type ServerPlan, type Treatment } from '../test/simulated-server.ts';

/*
 * The arithmetic of the open loop, on a virtual clock: what is due, sent, dropped, given up and kept is
 * exact there, so that nothing here has a tolerance but what a histogram rounds.
 */

const constant = (serviceMs: number): ServerPlan => ({
  treat: () => ({ kind: 'answered', afterMs: serviceMs }),
});

test('a constant server is measured as constant, and every account agrees', async () => {
  const { result, truth } = await run({ server: constant(20) });
  expect(result).toMatchObject({ engine: 'open', ended: 'completed', durationMs: 10_000 });
  expect(result.ledger).toMatchObject({ scheduled: 1_000, ok: 1_000, dropped: 0 });
  expect(result.offered).toEqual({ expected: 1_000, due: 1_000, issued: 1_000 });
  expect(truth.answered).toBe(1_000);
  expectMs(okMs(result, 0), 20);
  expectMs(okMs(result, 1), 20);
  expect(quantileMs(result.lagUs, 1)).toBe(0);
  // Little: 100 a second for 20 ms are two at a time; the last two end 5 and 15 ms after the window.
  expect(result.inFlightSeconds).toBeCloseTo(20 - 0.02, 6);
  expect(result.good).toBe(1_000);
});

test('all connections are open before the first request, which needs none of its own', async () => {
  const { result, truth } = await run({
    server: { ...constant(20), connectMs: 50 },
    model: { maxInFlight: 300 },
  });
  expect(truth.requests[0]?.openConnections).toBe(300);
  expect(truth.connections).toBe(300);
  expect(result.reconnects).toBe(0);
});

test('a freeze of F in D shows in p99 as F − 0.01·D: arrivals go on while the server stands still', async () => {
  const [freezeMs, durationMs, atMs] = [2_000, 100_000, 40_000];
  const { result } = await run({
    request: { durationMs },
    server: {
      treat: (nowMs) => {
        const endMs = nowMs + 5;
        const frozen = endMs >= atMs && endMs < atMs + freezeMs;
        return { kind: 'answered', afterMs: (frozen ? atMs + freezeMs : endMs) - nowMs };
      },
    },
  });
  // One arrival in each 10 ms; the answers that the freeze held are later by what is left of it.
  expect(Math.abs(okMs(result, 0.99) - (freezeMs - 0.01 * durationMs))).toBeLessThan(10 + 5);
  expectMs(okMs(result, 0.5), 5);
});

test('at the cap arrivals are dropped, and the others see no queue', async () => {
  const { result, truth } = await run({ server: constant(1_000), model: { maxInFlight: 10 } });
  // Ten connections for a second each, and 100 arrivals a second.
  expect(result.ledger).toMatchObject({ scheduled: 1_000, ok: 100, dropped: 900 });
  expectMs(okMs(result, 1), 1_000);
  expect(truth.requests).toHaveLength(100);
  expect(result.offered).toMatchObject({ due: 1_000, issued: 1_000 });
  expect(result.seconds.reduce((sum, { dropped }) => sum + dropped, 0)).toBe(900);
});

test('or they queue, in the order of their coming, and wait from the moment they were due', async () => {
  const { result } = await run({
    server: constant(1_000),
    model: { maxInFlight: 10, atCap: 'queue' },
    request: { drainMs: 200_000 },
  });
  expect(result.ledger).toMatchObject({ scheduled: 1_000, ok: 1_000, dropped: 0 });
  // The last ten waited 99 s and were due 9.9 s after the first ten; the middle ones 49 s and 4.9 s.
  expectMs(okMs(result, 1), 1_000 + 99_000 - 9_900);
  expectMs(okMs(result, 0.5), 1_000 + 49_000 - 4_900);
  // Waiting for a connection is no fault of the generator.
  expect(quantileMs(result.lagUs, 1)).toBe(0);
  expectMs(quantileMs(result.serviceUs, 1), 1_000);
  // 10 s of window and 90 s more; what waits in the queue is in flight.
  expect(result.inFlightSeconds).toBeGreaterThan(10 * 40);
});

test('a server with c slots shows the wait of its queue, not of the connections', async () => {
  const { result } = await run({
    server: { treat: queueOf(4, 100) },
    ratePerSecond: 60,
    model: { maxInFlight: 2_000 },
    request: { drainMs: 60_000 },
  });
  expect(result.ledger.ok).toBe(600);
  // The last one is the 150th of the slot that took the fourth arrival first.
  const endMs = 3.5 * (1_000 / 60) + 150 * 100;
  expectMs(okMs(result, 1), endMs - 599.5 * (1_000 / 60));
});

test('a request is given up at its deadline, and its answer goes to nobody', async () => {
  const slowFirst = (_nowMs: number, request: number): Treatment => ({
    kind: 'answered',
    afterMs: request <= 10 ? 3_000 : 20,
  });
  const { result, truth } = await run({
    server: { treat: slowFirst },
    request: { requestTimeoutMs: 1_000 },
    model: { maxInFlight: 20 },
  });
  expect(result.ledger).toMatchObject({ scheduled: 1_000, timeouts: 10, ok: 990 });
  expectMs(ageMs(result, 0), 1_000);
  expectMs(ageMs(result, 1), 1_000);
  expectMs(okMs(result, 1), 20);
  // Each of the ten took its connection with it.
  expect(truth.connections).toBe(30);
  expect(result.reconnects).toBe(10);
});

test('who gives up in the queue was no attempt', async () => {
  const { result, truth } = await run({
    server: constant(1_000),
    model: { maxInFlight: 10, atCap: 'queue' },
    request: { requestTimeoutMs: 1_500, drainMs: 10_000 },
  });
  const { scheduled, timeouts, attempts } = result.ledger;
  expect(scheduled).toBe(1_000);
  expect(attempts.started).toBe(truth.requests.length);
  expect(attempts.started).toBeLessThan(300);
  expect(timeouts).toBeGreaterThan(700);
  expect(attempts.timeouts).toBeLessThan(timeouts);
  expectMs(ageMs(result, 1), 1_500);
});

test('retries make attempts of one user, whose latency counts from the first', async () => {
  const everyThirdFails = (_nowMs: number, request: number): Treatment => ({
    kind: 'answered',
    afterMs: 10,
    answer: request % 3 === 0 ? { errorClass: 'pool_timeout' } : {},
  });
  const withRetries = { retry: { retriesMax: 10, backoffMs: 50 }, drainMs: 20_000 };
  const { result, truth } = await run({
    server: { treat: everyThirdFails },
    request: withRetries,
  });
  expect(result.ledger).toMatchObject({ scheduled: 1_000, ok: 1_000, httpErrors: {} });
  const failures = Math.floor(truth.requests.length / 3);
  expect(result.ledger.attempts).toMatchObject({
    started: 1_000 + failures,
    httpErrors: { pool_timeout: failures },
  });
  expectMs(okMs(result, 0), 10);
  // A third needs two attempts or more, of 10 ms each, with a pause between.
  expect(okMs(result, 0.8)).toBeGreaterThan(25);
  expectMs(quantileMs(result.serviceUs, 1), 10);
});

test('a run is repeated by its seed, the jitter of its retries included', async () => {
  const options: SimulationOptions = {
    server: {
      treat: (_nowMs, request) => ({
        kind: 'answered',
        afterMs: 10,
        answer: request % 3 === 0 ? { errorClass: 'pool_timeout' } : {},
      }),
    },
    model: { arrivals: 'poisson' },
    request: { retry: { retriesMax: 3, backoffMs: 50 } },
  };
  const [first, second] = [await run(options), await run(options)];
  expect(second.truth.requests).toEqual(first.truth.requests);
});

test('who pauses before a retry when the drain ends is unanswered', async () => {
  const { result } = await run({
    server: {
      treat: () => ({ kind: 'answered', afterMs: 10, answer: { errorClass: 'db_unavailable' } }),
    },
    request: { retry: { retriesMax: 1, backoffMs: 10_000 }, durationMs: 2_000, drainMs: 0 },
  });
  const { scheduled, unanswered, httpErrors, attempts } = result.ledger;
  expect(scheduled).toBe(200);
  expect(unanswered).toBeGreaterThan(150);
  expect(unanswered + (httpErrors['db_unavailable'] ?? 0)).toBe(200);
  // They had an answer to their first attempt, though not the last word.
  expect(attempts.unanswered).toBeLessThan(10);
});

test('retries do not change when users arrive', async () => {
  const failing: ServerPlan = {
    treat: () => ({ kind: 'answered', afterMs: 1, answer: { errorClass: 'pool_timeout' } }),
  };
  const without = await run({ server: failing, model: { arrivals: 'poisson' } });
  const withRetries = await run({
    server: failing,
    model: { arrivals: 'poisson' },
    request: { retry: { retriesMax: 2, backoffMs: 5 } },
  });
  expect(withRetries.result.offered).toEqual(without.result.offered);
  expect(withRetries.result.seconds.slice(0, 10).map(({ started }) => started)).toEqual(
    without.result.seconds.slice(0, 10).map(({ started }) => started),
  );
  expect(withRetries.truth.requests).toHaveLength(without.truth.requests.length * 3);
});

test('who has no answer when the drain ends stays in the account, at least as old as they are', async () => {
  const { result, truth } = await run({
    server: {
      treat: (nowMs) => (nowMs < 9_000 ? { kind: 'answered', afterMs: 20 } : { kind: 'never' }),
    },
    request: { drainMs: 2_000 },
  });
  expect(truth.requests.length - truth.answered).toBe(100);
  expect(result.ledger).toMatchObject({ scheduled: 1_000, ok: 900, unanswered: 100 });
  expect(result).toMatchObject({ ended: 'completed', durationMs: 10_000, drainMs: 2_000 });
  expectMs(ageMs(result, 0), 2_005);
  expectMs(ageMs(result, 1), 2_995);
});

test('each reset loses one request, and the latency of the others is not shifted', async () => {
  const { result, truth } = await run({
    server: {
      treat: (_nowMs, request) =>
        request % 7 === 0 ? { kind: 'reset', afterMs: 20 } : { kind: 'answered', afterMs: 20 },
    },
    model: { maxInFlight: 10 },
  });
  expect(truth.broken).toBe(142);
  expect(result.ledger).toMatchObject({ scheduled: 1_000, lost: 142, ok: 858 });
  expect(result.reconnects).toBe(142);
  expectMs(okMs(result, 1), 20);
});

test('a connection that is closed with its answer loses nothing', async () => {
  const { result, truth } = await run({
    server: {
      treat: (_nowMs, request) =>
        request % 2 === 0
          ? { kind: 'answered-and-closed', afterMs: 20 }
          : { kind: 'answered', afterMs: 20 },
    },
    model: { maxInFlight: 10 },
  });
  expect(truth.broken).toBe(500);
  expect(result.ledger).toMatchObject({ scheduled: 1_000, ok: 1_000, lost: 0 });
  expect(result.reconnects).toBe(500);
  expectMs(okMs(result, 1), 20);
});

test('users of a target that refuses are refused, while it is tried ever more rarely', async () => {
  const { result, truth } = await run({
    server: { ...constant(20), refuses: () => true },
    model: { maxInFlight: 10 },
    request: { targetDownMs: 3_000 },
  });
  expect(result.ended).toBe('target_down');
  expect(result.durationMs).toBeCloseTo(3_000, -2);
  const { scheduled, connectionErrors, dropped } = result.ledger;
  expect(connectionErrors).toEqual({ ECONNREFUSED: scheduled });
  expect(dropped).toBe(0);
  expect(scheduled).toBeGreaterThan(290);
  expect(truth.connectsRefused).toBeLessThan(10 * 12);
});

test('users who come less often than the target may be silent do not make it look down', async () => {
  const { result } = await run({
    server: constant(20),
    ratePerSecond: 0.1,
    request: { durationMs: 60_000, requestTimeoutMs: 500, targetDownMs: 5_500 },
  });
  expect(result).toMatchObject({ ended: 'completed', ledger: { scheduled: 6, ok: 6 } });
});

test('a target that comes back is used again', async () => {
  const { result } = await run({
    server: {
      treat: (nowMs) =>
        nowMs > 2_000 && nowMs < 2_020
          ? { kind: 'reset', afterMs: 0 }
          : { kind: 'answered', afterMs: 20 },
      refuses: (nowMs) => nowMs > 2_000 && nowMs < 4_000,
    },
    model: { maxInFlight: 2 },
  });
  const { ok, lost, connectionErrors } = result.ledger;
  expect(lost).toBe(2);
  expect(connectionErrors['ECONNREFUSED']).toBeGreaterThan(190);
  // At the latest one back-off after its return.
  expect(ok).toBeGreaterThan(200 + 490);
});

test('who waits in the queue is refused too when no connection is left', async () => {
  const { result } = await run({
    server: {
      treat: (nowMs) =>
        nowMs < 1_000 ? { kind: 'answered', afterMs: 500 } : { kind: 'reset', afterMs: 10 },
      refuses: (nowMs) => nowMs > 900,
    },
    model: { maxInFlight: 5, atCap: 'queue' },
    request: { durationMs: 3_000 },
  });
  const { scheduled, connectionErrors, unanswered } = result.ledger;
  expect(scheduled).toBe(300);
  expect(unanswered).toBe(0);
  expect(connectionErrors['ECONNREFUSED']).toBeGreaterThan(250);
});

test('an abort ends the run at once, and counts what was due until then', async () => {
  const { result } = await run({ server: constant(100), abortAtMs: 2_500 });
  expect(result).toMatchObject({ ended: 'aborted', durationMs: 2_500, drainMs: 0 });
  expect(result.offered).toEqual({ expected: 250, due: 250, issued: 250 });
  expect(result.ledger).toMatchObject({ scheduled: 250, ok: 240, unanswered: 10 });
});

test('a run that was aborted before it began sends nothing', async () => {
  const { result, truth } = await run({ server: constant(100), abortAtMs: 0 });
  expect(result).toMatchObject({ ended: 'aborted', ledger: { scheduled: 0 } });
  expect(truth.requests).toEqual([]);
});

test('a target that swallows connects holds up neither an abort nor, for long, the start', async () => {
  const swallowing = { ...constant(20), connectMs: 1_000_000 };
  const aborted = await run({ server: swallowing, abortAtMs: 1_000 });
  expect(aborted.result).toMatchObject({ ended: 'aborted', durationMs: 0 });

  const { result, truth } = await run({
    server: swallowing,
    request: { targetDownMs: 2_000, requestTimeoutMs: 1_000 },
    model: { maxInFlight: 300 },
  });
  expect(result.ended).toBe('target_down');
  expect(truth.requests).toEqual([]);
  expect(result.ledger).toMatchObject({ scheduled: 202, timeouts: 102, unanswered: 100 });
});

test('a late generator sends everything that is due, and its lateness is part of the latency', async () => {
  const { result } = await run({ server: constant(20), alarmLateUs: () => 3_000 });
  expect(result.ledger.ok).toBe(1_000);
  expect(quantileMs(result.lagUs, 0.5)).toBeCloseTo(3, 1);
  expect(okMs(result, 0.5)).toBeCloseTo(23, 1);
  expectMs(quantileMs(result.serviceUs, 0.5), 20);
});

test('a deadline counts from the intended start, however late the generator is', async () => {
  const { result } = await run({
    server: constant(20),
    alarmLateUs: () => 3_000,
    request: { requestTimeoutMs: 22 },
  });
  expect(result.ledger).toMatchObject({ ok: 0, timeouts: 1_000 });
});

test('what a generator is too late for is missing from what it offered, and not made up for', async () => {
  const { result, truth } = await run({
    server: constant(3_000),
    // For the last second it wakes up when the window is over, and answers are still to come.
    alarmLateUs: (dueUs) => (dueUs > 10_000_000 ? 1_500_000 : 0),
  });
  expect(result.offered).toEqual({ expected: 1_000, due: 1_000, issued: 900 });
  expect(result.ledger).toMatchObject({ scheduled: 900, ok: 900 });
  expect(truth.requests.at(-1)?.ms).toBeLessThan(10_000);
});

test('an even share of arrivals goes to each worker, however the connections were dealt', async () => {
  const { result, truth } = await run({
    // Nine of ten connections are behind one worker, and a request is over before the next one comes.
    server: { ...constant(5), workerOf: (connection) => (connection % 10 === 3 ? 'b' : 'a') },
    ratePerSecond: 20,
    model: { maxInFlight: 64 },
    request: { durationMs: 30_000 },
  });
  expect(result.ledger.ok).toBe(600);
  const late = truth.requests.slice(60);
  const toB = late.filter(({ worker }) => worker === 'b').length;
  expect(toB / late.length).toBeGreaterThan(0.48);
  expect(toB / late.length).toBeLessThan(0.52);
  expect(new Set(truth.requests.map(({ connection }) => connection)).size).toBeGreaterThan(60);
});

test('a connection that is opened again may have another worker behind it', async () => {
  const { truth } = await run({
    server: {
      treat: (nowMs) => ({
        kind: nowMs > 5_000 && nowMs < 6_000 ? 'answered-and-closed' : 'answered',
        afterMs: 5,
      }),
      // One worker, and after its end four of five connections to a second, the others to a third.
      workerOf: (connection) => (connection < 10 ? 'a' : connection % 5 === 0 ? 'c' : 'b'),
    },
    model: { maxInFlight: 10 },
    request: { durationMs: 20_000 },
  });
  const late = truth.requests.filter(({ ms }) => ms > 7_000);
  const toC = late.filter(({ worker }) => worker === 'c').length;
  expect(late.some(({ worker }) => worker === 'a')).toBe(false);
  expect(toC / late.length).toBeGreaterThan(0.47);
  expect(toC / late.length).toBeLessThan(0.53);
});

test('progress comes once a second', async () => {
  const { progress } = await run({ server: constant(20) });
  expect(progress.map(({ elapsedMs }) => elapsedMs)).toEqual(
    Array.from({ length: 10 }, (_, second) => (second + 1) * 1_000),
  );
  expect(progress.at(-1)).toMatchObject({ inFlight: 2, ledger: { scheduled: 1_000, ok: 998 } });
});

/** One run; whatever the server does, the account of it must add up. */
async function run(options: SimulationOptions) {
  const simulated = await simulateOpenRun(options);
  expect(simulated.result.brokenLaws).toEqual([]);
  const { residenceSeconds, inFlightSeconds } = simulated.result;
  expect(residenceSeconds).toBeCloseTo(inFlightSeconds, 6);
  return simulated;
}

/** Within the classes of a histogram, which has three significant digits. */
function expectMs(actualMs: number, expectedMs: number): void {
  expect(actualMs / expectedMs).toBeGreaterThan(0.998);
  expect(actualMs / expectedMs).toBeLessThan(1.002);
}

function okMs(result: LoadResult, q: number): number {
  return quantileMs(result.latencyUs.ok, q);
}

/** Of what was given up or never answered. */
function ageMs(result: LoadResult, q: number): number {
  return quantileMs(result.latencyUs.censored, q);
}

function quantileMs(encoded: string, q: number): number {
  const histogram = decodeHistogram(encoded);
  const us = q === 0 ? (histogram.minUs ?? Number.NaN) : histogram.quantileUs(q);
  return Math.round(us / 10) / 100;
}
