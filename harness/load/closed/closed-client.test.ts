import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import { decodeHistogram } from '../account/histogram.ts';
import { RunRecorder } from '../account/run-recorder.ts';
import { requestSource } from '../client/request-source.ts';
import type { RetryPolicy } from '../load-engine.ts';
import { refused, right } from '../test/moved-recorder.ts';
import { template } from '../test/request-template.ts';
import { ScriptedConnection } from '../test/scripted-connection.ts';
import { ClosedClient } from './closed-client.ts';

/*
 * The caller alone, on a connection that does what the test says and on the test's clock.
 */

/** On a fake clock an immediate, which a deadline ends with, comes a millisecond later. */
const IMMEDIATE_MS = 1;

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

interface Setting {
  readonly thinkTimeMs?: number;
  readonly requestTimeoutMs?: number | null;
  readonly retry?: RetryPolicy | null;
  readonly durationMs?: number;
  readonly random?: () => number;
  readonly clients?: number;
}

function startClients(setting: Setting = {}) {
  const {
    thinkTimeMs = 0,
    requestTimeoutMs = null,
    retry = null,
    durationMs = 10_000,
    random = () => 0.5,
    clients: count = 1,
  } = setting;
  // Timers ring by the fake clock; that the generator was busy meanwhile is told apart.
  const busy = { ms: 0 };
  const clock = (): number => (Date.now() + busy.ms) * 1_000;
  const recorder = new RunRecorder({ clock, durationMs, goodputDeadlineMs: 1_000 });
  const requests = { templates: [template('GET /a'), template('GET /b')], rows: null };
  const source = requestSource(
    { path: '/', seed: 1, requests: { ...requests, order: 'sequential' } },
    { thread: 0, threads: 1 },
  );
  const connections: ScriptedConnection[] = [];
  let rests = 0;
  const clients = Array.from(
    { length: count },
    (_, index) =>
      new ClosedClient(
        (owner) => {
          const connection = new ScriptedConnection(owner);
          connections.push(connection);
          return connection;
        },
        {
          recorder,
          thinkTimeMs,
          requestTimeoutMs,
          retry,
          random,
          nextRequest: () => source.next(),
          spread: index / count,
          mayBegin: () => !recorder.windowIsOver,
          onFirstConnect: () => undefined,
          onRest: () => {
            rests += 1;
          },
        },
      ),
  );
  recorder.start();
  for (const client of clients) client.start();
  const inFlight = (): number => clients.filter((client) => client.inFlight).length;
  const finish = () => {
    for (const client of clients) client.finish();
    expect(vi.getTimerCount()).toBe(0);
    const record = recorder.finish();
    expect(record.brokenLaws).toEqual([]);
    return record;
  };
  return { recorder, connections, busy, inFlight, finish, rests: () => rests };
}

function startClient(setting: Setting = {}) {
  const { connections, ...others } = startClients(setting);
  const [connection] = connections;
  if (connection === undefined) throw new Error('no client');
  return { connection, ...others };
}

test('the next request follows the answer at once', () => {
  const { connection, finish } = startClient();
  vi.advanceTimersByTime(20);
  connection.answer(right);
  vi.advanceTimersByTime(30);
  connection.answer(refused);
  expect(connection.requestedAtMs).toEqual([0, 20, 50]);
  expect(finish().ledger).toMatchObject({
    scheduled: 3,
    ok: 1,
    httpErrors: { too_many_connections: 1 },
    unanswered: 1,
  });
});

test('a client that is woken up in time has no lag, however coarse the timers are', () => {
  const { connection, finish, busy } = startClient({ thinkTimeMs: 100 });
  vi.advanceTimersByTime(20);
  connection.answer(right);
  busy.ms = 1;
  vi.advanceTimersByTime(100);
  connection.answer(right);
  expect(connection.requestedAtMs).toEqual([0, 120]);
  expect(decodeHistogram(finish().lagUs).maxUs).toBe(0);
});

test('a client that a busy generator wakes up late was due before: its latency and lag say so', () => {
  const { connection, finish, busy } = startClient({ thinkTimeMs: 100 });
  vi.advanceTimersByTime(20);
  connection.answer(right);
  busy.ms = 302;
  vi.advanceTimersByTime(100);
  vi.advanceTimersByTime(10);
  connection.answer(right);
  const { lagUs, latencyUs, serviceUs, componentsUs, inFlightSeconds } = finish();
  const maxMs = (encoded: string): number =>
    Math.round((decodeHistogram(encoded).maxUs ?? Number.NaN) / 1_000);
  expect(maxMs(lagUs)).toBe(300);
  expect(maxMs(componentsUs.lag)).toBe(300);
  expect(maxMs(serviceUs)).toBe(20);
  expect(maxMs(latencyUs.ok)).toBe(310);
  expect(inFlightSeconds).toBeCloseTo(0.02 + 0.31, 9);
});

test('a client that would be due inside the window but wakes up after it begins nothing', () => {
  const { busy, connection, finish, rests } = startClient({ thinkTimeMs: 100, durationMs: 200 });
  connection.answer(right);
  busy.ms = 150;
  vi.advanceTimersByTime(100);
  expect(rests()).toBe(1);
  expect(finish().ledger.scheduled).toBe(1);
});

test('without a policy a failure is the end of a request, and the next one begins', () => {
  const { connection, finish } = startClient();
  connection.answer(refused);
  connection.breakOff({ sent: true });
  connection.breakOff({ sent: false });
  const { ledger } = finish();
  expect(ledger).toMatchObject({
    scheduled: 4,
    httpErrors: { too_many_connections: 1 },
    lost: 1,
    connectionErrors: { ECONNREFUSED: 1 },
    unanswered: 1,
  });
  expect(ledger.attempts.started).toBe(4);
});

const retry: RetryPolicy = { retriesMax: 2, backoffMs: 100 };

test.each([
  ['a refusal', (it: ScriptedConnection) => it.answer(refused)],
  ['a broken connection', (it: ScriptedConnection) => it.breakOff({ sent: true })],
  ['a failed connect', (it: ScriptedConnection) => it.breakOff({ sent: false })],
  ['a timeout', () => void vi.advanceTimersByTime(500 + IMMEDIATE_MS)],
] as const)('with a policy %s is followed by another attempt of the same user', (_, fail) => {
  const { connection, recorder, finish } = startClient({ retry, requestTimeoutMs: 500 });
  fail(connection);
  const failedAtMs = Date.now();
  expect(connection.pending).toBe(false);
  expect(recorder.inFlight).toBe(1);
  vi.advanceTimersByTime(49);
  expect(connection.pending).toBe(false);
  vi.advanceTimersByTime(1);
  expect(connection.requestedAtMs).toEqual([0, failedAtMs + 50]);
  vi.advanceTimersByTime(10);
  connection.answer(right);
  const { ledger, latencyUs } = finish();
  expect(ledger).toMatchObject({ scheduled: 2, ok: 1, unanswered: 1 });
  expect(ledger.attempts).toMatchObject({ started: 3, ok: 1, unanswered: 1 });
  const okMs = (decodeHistogram(latencyUs.ok).maxUs ?? Number.NaN) / 1_000;
  expect(Math.round(okMs)).toBe(failedAtMs + 60);
});

test('what would fail again in the same way is not asked again', () => {
  const { connection, finish } = startClient({ retry });
  connection.answer({ ...right, errorClass: 'sql_error' });
  expect(connection.pending).toBe(true);
  expect(finish().ledger).toMatchObject({ scheduled: 2, httpErrors: { sql_error: 1 } });
});

test('after the last retry the failure is the user’s', () => {
  const { connection, finish } = startClient({ retry });
  connection.answer(refused);
  vi.advanceTimersByTime(50);
  connection.breakOff({ sent: true });
  vi.advanceTimersByTime(100);
  connection.answer(refused);
  expect(connection.requestedAtMs).toEqual([0, 50, 150, 150]);
  const { ledger } = finish();
  expect(ledger).toMatchObject({ httpErrors: { too_many_connections: 1 }, lost: 0 });
  expect(ledger.attempts).toMatchObject({ httpErrors: { too_many_connections: 2 }, lost: 1 });
});

test('a run that ends in the pause before a retry starts no further attempt', () => {
  const { connection, finish } = startClient({ retry });
  connection.answer(refused);
  vi.advanceTimersByTime(10);
  const { ledger } = finish();
  vi.advanceTimersByTime(1_000);
  expect(connection.requestedAtMs).toEqual([0]);
  expect(ledger).toMatchObject({ scheduled: 1, unanswered: 1, httpErrors: {} });
  expect(ledger.attempts).toMatchObject({ started: 1, unanswered: 0 });
});

test('a user whose window is over may still retry in the drain, and nobody begins after him', () => {
  const { connection, finish, rests } = startClient({ retry, durationMs: 100 });
  vi.advanceTimersByTime(80);
  connection.answer(refused);
  vi.advanceTimersByTime(50);
  expect(connection.requestedAtMs).toEqual([0, 130]);
  connection.answer(right);
  expect(rests()).toBe(1);
  expect(finish().ledger).toMatchObject({ scheduled: 1, ok: 1, attempts: { started: 2 } });
});

test('no deadline runs in the pause before a retry; the next attempt has its own', () => {
  const { connection, finish } = startClient({
    retry: { retriesMax: 1, backoffMs: 400 },
    requestTimeoutMs: 150,
  });
  vi.advanceTimersByTime(10);
  connection.breakOff({ sent: true });
  // The first attempt's deadline would fall into the pause, at 150 ms.
  vi.advanceTimersByTime(200);
  expect(connection.requestedAtMs).toEqual([0, 210]);
  vi.advanceTimersByTime(149);
  expect(connection.pending).toBe(true);
  vi.advanceTimersByTime(1 + IMMEDIATE_MS);
  expect(connection.drops).toBe(1);
  const { ledger, latencyUs } = finish();
  expect(ledger).toMatchObject({ timeouts: 1, attempts: { timeouts: 1, lost: 1 } });
  // The user waited for both.
  expect(Math.round((decodeHistogram(latencyUs.censored).maxUs ?? Number.NaN) / 1_000)).toBe(
    360 + IMMEDIATE_MS,
  );
});

test('the deadline of the first attempt counts from when it was due', () => {
  const { busy, connection, finish } = startClient({ thinkTimeMs: 100, requestTimeoutMs: 150 });
  connection.answer(right);
  busy.ms = 102;
  vi.advanceTimersByTime(100);
  expect(connection.pending).toBe(true);
  vi.advanceTimersByTime(49);
  expect(connection.drops).toBe(0);
  vi.advanceTimersByTime(1 + IMMEDIATE_MS);
  expect(connection.drops).toBe(1);
  expect(finish().ledger.timeouts).toBe(1);
});

test('connections that give nothing are tried ever more rarely, and at once after an answer', () => {
  const { connection, finish } = startClient();
  const pauseAfter = (fail: () => void): number => {
    const failedAtMs = Date.now();
    fail();
    if (!connection.pending) vi.advanceTimersToNextTimer();
    return Date.now() - failedAtMs;
  };
  const useless = (): void => connection.breakOff({ sent: false, useless: true });
  const pauses = Array.from({ length: 9 }, () => pauseAfter(useless));
  expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 500, 500]);
  connection.answer(right);
  expect(pauseAfter(() => connection.breakOff({ sent: true }))).toBe(0);
  finish();
});

test('whatever a server does, what was sent has ended or is in flight', () => {
  const step = fc.record({
    afterMs: fc.nat(120),
    which: fc.nat(),
    what: fc.constantFrom(
      'right',
      'right',
      'refused',
      'sql_error',
      'lost',
      'not_connected',
      'useless',
      'nothing',
    ),
  });
  const settings = fc.record({
    thinkTimeMs: fc.constantFrom(0, 0, 30),
    requestTimeoutMs: fc.constantFrom(null, 80, 200),
    retry: fc.constantFrom<RetryPolicy | null>(
      null,
      { retriesMax: 1, backoffMs: 0 },
      { retriesMax: 3, backoffMs: 60 },
    ),
    durationMs: fc.integer({ min: 1, max: 4_000 }),
    clients: fc.integer({ min: 1, max: 4 }),
    seed: fc.nat(),
  });
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 80 }), ({ seed, ...setting }, steps) => {
      vi.clearAllTimers();
      const run = startClients({ ...setting, random: seededRandom(seed) });
      for (const { afterMs, which, what } of steps) {
        vi.advanceTimersByTime(afterMs);
        const waiting = run.connections.filter(({ pending }) => pending);
        const connection = waiting[which % Math.max(1, waiting.length)];
        if (what === 'right') connection?.answer(right);
        else if (what === 'refused') connection?.answer(refused);
        else if (what === 'sql_error') connection?.answer({ ...right, errorClass: what });
        else if (what === 'lost') connection?.breakOff({ sent: true });
        else if (what === 'not_connected') connection?.breakOff({ sent: false });
        else if (what === 'useless') connection?.breakOff({ sent: true, useless: true });
        run.recorder.checkBalance(run.inFlight());
        const pending = run.connections.filter((it) => it.pending).length;
        expect(pending).toBeLessThanOrEqual(run.inFlight());
      }
      const asked = (): number =>
        run.connections.reduce((sum, { requestedAtMs }) => sum + requestedAtMs.length, 0);
      const { ledger, inFlightSeconds, residenceSeconds } = run.finish();
      const { attempts, scheduled } = ledger;
      expect(attempts.started).toBe(asked());
      expect(scheduled).toBeLessThanOrEqual(attempts.started);
      const perUserMax = 1 + (setting.retry?.retriesMax ?? 0);
      expect(attempts.started).toBeLessThanOrEqual(scheduled * perUserMax);
      expect(inFlightSeconds).toBeCloseTo(residenceSeconds, 6);
      if (setting.requestTimeoutMs === null) expect(attempts.timeouts).toBe(0);
      vi.advanceTimersByTime(10_000);
      expect(asked()).toBe(attempts.started);
    }),
    { numRuns: 100 },
  );
});
