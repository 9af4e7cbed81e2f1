import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { decodeHistogram } from '../account/histogram.ts';
import { checkLedger } from '../account/ledger.ts';
import type { ClosedModel, LoadProgress, LoadRequest, LoadResult } from '../load-engine.ts';
import { createLoadEngine } from '../load-process-engine.ts';
import type { LoadSession } from '../load-session.ts';
import {
  type Break,
  refusingOrigin,
  type StubPlan,
  type StubServer,
  startStubServer,
} from '../stubs/stub-server.ts';
import type { UncorrectedResult } from './autocannon-adapter.ts';

/*
 * The engine against servers that know what they did, in real time. On a quiet machine a median is
 * within 1 ms of the stub's own record; the tolerance is wider, since the network, two HTTP stacks
 * and the stub's event loop lie in between and the tests' host may be busy. The errors shown of
 * plain autocannon are a multiple of the truth. Counts have no tolerance.
 */
const LATENCY_TOLERANCE_MS = 5;
const CONNECTIONS = 10;
const SERVICE_MS = 20;

let session: LoadSession;

beforeAll(async () => {
  session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
});

afterAll(async () => {
  await session.close();
});

test('a constant server is measured as constant, and every account agrees', async () => {
  const stub = await stubFor({
    serviceMs: SERVICE_MS,
    serverTiming: 'wait;dur=4, connect;dur=0, db;dur=10, loop;dur=1, total;dur=15',
  });
  const result = await run(stub, { durationMs: 1_000 });
  const { answered, requests } = stub.truth();
  expect(result).toMatchObject({ engine: 'closed', ended: 'completed', durationMs: 1_000 });
  expect(result.ledger).toMatchObject({
    scheduled: requests,
    ok: answered,
    lost: 0,
    unanswered: 0,
  });
  expect(result.answersByWorker).toEqual({ 1: answered });
  expect(result.good).toBe(answered);
  expectTrueMedian(result, stub);
  // All connections are busy all the time, so L is their number.
  expect(result.inFlightSeconds).toBeGreaterThan(CONNECTIONS * 0.97);
  expect(result.residenceSeconds).toBeCloseTo(result.inFlightSeconds, 6);
  expect(decodeHistogram(result.componentsUs.wait)).toMatchObject({ samples: answered });
  expect(quantileMs(result.componentsUs.db, 0.5)).toBeCloseTo(10, 1);
  expect(quantileMs(result.componentsUs.loop, 0.5)).toBeCloseTo(1, 1);
  expect(quantileMs(result.componentsUs.rest, 0.5)).toBeCloseTo(okMs(result, 0.5) - 15, 0);
  expect(result.generator.cpuMs).toBeGreaterThan(0);
  expect(result.generator.eventLoopUtilization).toBeLessThan(0.9);
});

test.each<Break>(['connection-close', 'body-until-close', 'answered-twice'])(
  '%s costs no request, and no latency is displaced',
  async (how) => {
    const stub = await stubFor({ serviceMs: SERVICE_MS, breaks: { everyRequests: 5, how } });
    const result = await run(stub);
    const { answered, broken } = stub.truth();
    // More than once each: a client goes on after its connection broke.
    expect(broken).toBeGreaterThanOrEqual(CONNECTIONS * 2);
    expect(result.ledger).toMatchObject({ scheduled: answered, ok: answered, lost: 0 });
    expectTrueMedian(result, stub);
  },
);

test.each<Break>(['fin-instead-of-answer', 'reset-instead-of-answer', 'garbage-instead-of-answer'])(
  'each %s loses exactly one request, and no latency is displaced',
  async (how) => {
    const stub = await stubFor({ serviceMs: SERVICE_MS, breaks: { everyRequests: 5, how } });
    const result = await run(stub);
    const { requests, answered, broken } = stub.truth();
    // More than once each: a client goes on after its connection broke.
    expect(broken).toBeGreaterThanOrEqual(CONNECTIONS * 2);
    expect(result.ledger).toMatchObject({ scheduled: requests, ok: answered, lost: broken });
    expectTrueMedian(result, stub);
  },
);

test('after silent closes plain autocannon reads twice the truth, the engine reads the truth', async () => {
  const plan: StubPlan = {
    serviceMs: SERVICE_MS,
    breaks: { everyRequests: 8, how: 'fin-after-answer' },
  };
  const stub = await stubFor(plan);
  const result = await run(stub);
  const { answered, broken } = stub.truth();
  expect(result.ledger.ok).toBe(answered);
  // Each close met the request that its client had just sent, unless the window was over.
  expect(result.ledger.lost).toBeGreaterThanOrEqual(broken - CONNECTIONS);
  expect(result.ledger.lost).toBeLessThanOrEqual(broken);
  expectTrueMedian(result, stub);

  const uncorrected = await runUncorrected(await stubFor(plan));
  expect(uncorrected.latencyMsP50).toBeGreaterThan(SERVICE_MS * 1.9);
  expect(uncorrected.errors).toBe(0);
});

test('requests that hang are unanswered with their age; plain autocannon forgets them', async () => {
  const plan: StubPlan = { serviceMs: 5, hangAfterRequests: 100 };
  const stub = await stubFor(plan);
  const result = await run(stub, { durationMs: 1_000, drainMs: 200 });
  const { answered, requests } = stub.truth();
  expect(requests - answered).toBe(CONNECTIONS);
  expect(result.ledger).toMatchObject({ ok: answered, unanswered: CONNECTIONS, timeouts: 0 });
  const ages = decodeHistogram(result.latencyUs.censored);
  expect(ages.samples).toBe(CONNECTIONS);
  // They waited for the rest of the run, and that is what is known of them.
  expect((ages.minUs ?? 0) / 1000).toBeGreaterThan(okMs(result, 1));
  expect((ages.minUs ?? 0) / 1000).toBeGreaterThan(result.drainMs);
  expect((ages.maxUs ?? 0) / 1000).toBeLessThanOrEqual(result.durationMs + result.drainMs);

  const uncorrected = await runUncorrected(await stubFor(plan));
  expect(uncorrected).toMatchObject({ answered: 100, errors: 0, timeouts: 0 });
  expect(uncorrected.latencyMsMax).toBeLessThan((ages.minUs ?? 0) / 1000);
});

test('a request over the timeout is given up with its age, and its late answer goes to nobody', async () => {
  const stub = await stubFor({ serviceMs: 200 });
  const result = await run(stub, { requestTimeoutMs: 150 });
  // Each answer is 50 ms too late, and would be in time for the request after it.
  const { requests } = stub.truth();
  expect(requests).toBeGreaterThanOrEqual(CONNECTIONS * 4);
  expect(result.ledger).toMatchObject({ scheduled: requests, timeouts: requests, ok: 0 });
  const ages = decodeHistogram(result.latencyUs.censored);
  expect(ages.samples).toBe(requests);
  expect((ages.minUs ?? 0) / 1000).toBeGreaterThanOrEqual(149.5);
  expect(ages.quantileUs(0.5) / 1000).toBeLessThan(200);
});

test('a freeze hits each connection exactly once', async () => {
  const stub = await stubFor({ serviceMs: 5, freeze: { atMs: 200, forMs: 400 } });
  const result = await run(stub);
  const stalled = [...decodeHistogram(result.latencyUs.ok).values()]
    .filter(({ us }) => us > 300_000)
    .reduce((sum, { count }) => sum + count, 0);
  expect(stalled).toBe(CONNECTIONS);
  expect(okMs(result, 1)).toBeLessThan(500);
});

test('failures are counted by class and reason, and their latency is kept apart', async () => {
  const stub = await stubFor({
    serviceMs: SERVICE_MS,
    failure: { everyRequests: 4, errorClass: 'too_many_connections', reason: 'reserved' },
  });
  const result = await run(stub);
  const { answered, failed } = stub.truth();
  expect(result.ledger).toMatchObject({
    ok: answered - failed,
    httpErrors: { too_many_connections: failed },
    refusalReasons: { reserved: failed },
  });
  expect(decodeHistogram(result.latencyUs.error).samples).toBe(failed);
});

test('an interim answer is not the answer', async () => {
  const stub = await stubFor({ serviceMs: 5, earlyHints: true });
  const result = await run(stub);
  expect(result.ledger).toMatchObject({ ok: stub.truth().answered, lost: 0 });
  expect(stub.truth().connections).toBe(CONNECTIONS);
});

test('a refusing port is tried ever more rarely and given up; plain autocannon hammers it', async () => {
  const target = { origin: await refusingOrigin() };
  const result = await run(target, { durationMs: 5_000, targetDownMs: 600 });
  expect(result.ended).toBe('target_down');
  expect(result.durationMs).toBeGreaterThanOrEqual(600);
  expect(result.durationMs).toBeLessThan(5_000);
  const { scheduled, connectionErrors } = result.ledger;
  expect(connectionErrors).toEqual({ ECONNREFUSED: scheduled });
  expect(scheduled).toBeLessThanOrEqual(CONNECTIONS * 10);

  const uncorrected = await runUncorrected(target);
  expect(uncorrected.errors).toBeGreaterThan(scheduled * 5);
});

test('a target that goes away ends the run, and what was measured is kept', async () => {
  const stub = await stubFor({ serviceMs: 5 });
  const pending = run(stub, { durationMs: 10_000, targetDownMs: 500 });
  await expect.poll(() => stub.truth().answered, { timeout: 8_000 }).toBeGreaterThan(100);
  await stub.close();
  const result = await pending;
  expect(result.ended).toBe('target_down');
  // A reset may overtake the last answer of a connection.
  expect(result.ledger.ok).toBeGreaterThanOrEqual(stub.truth().answered - CONNECTIONS);
  expect(result.ledger.ok).toBeLessThanOrEqual(stub.truth().answered);
  // The request at hand, and one more where the reconnect was still let in while the stub closed.
  expect(result.ledger.lost).toBeLessThanOrEqual(2 * CONNECTIONS);
  expect(result.durationMs).toBeLessThan(10_000);
});

test('after the window nothing starts, and what is in flight has the drain to be answered', async () => {
  const stub = await stubFor({ serviceMs: 200 });
  const result = await run(stub, { durationMs: 300, drainMs: 2_000 });
  expect(result.ledger).toMatchObject({ scheduled: 2 * CONNECTIONS, ok: 2 * CONNECTIONS });
  expect(result.durationMs).toBe(300);
  expect(result.drainMs).toBeGreaterThan(80);
  expect(result.drainMs).toBeLessThan(1_000);
  // Little's L × T is of the window only.
  expect(result.inFlightSeconds).toBeLessThanOrEqual(0.3 * CONNECTIONS + 1e-9);
});

test('a client thinks between its answer and its next request', async () => {
  const stub = await stubFor({ serviceMs: 10 });
  const result = await run(stub, { model: thinking(90), durationMs: 1_000 });
  expect(result.ledger.ok).toBeLessThanOrEqual(CONNECTIONS * 11);
  expect(result.ledger.ok).toBeGreaterThanOrEqual(CONNECTIONS * 7);
  expect(result.inFlightSeconds / (result.durationMs / 1_000)).toBeLessThan(CONNECTIONS / 3);
});

test('the first requests of clients that think are spread over one think time', async () => {
  const stub = await stubFor({ serviceMs: 10 });
  const result = await run(stub, { model: thinking(10_000), durationMs: 450 });
  expect(result.ledger.scheduled).toBe(1);
  const half = await run(stub, { model: thinking(900), durationMs: 450 });
  expect(half.ledger.scheduled).toBeGreaterThanOrEqual(2);
  expect(half.ledger.scheduled).toBeLessThanOrEqual(CONNECTIONS / 2 + 1);
});

test('an abort ends the run within a second and keeps what was measured', async () => {
  const stub = await stubFor({ serviceMs: SERVICE_MS });
  const controller = new AbortController();
  const progress: LoadProgress[] = [];
  const pending = session.run(requestFor(stub, { durationMs: 60_000 }), {
    signal: controller.signal,
    onProgress: (report) => progress.push(report),
  });
  await expect.poll(() => progress.length, { timeout: 5_000 }).toBeGreaterThan(0);
  const abortedAtMs = performance.now();
  controller.abort();
  const result = await pending;
  expect(performance.now() - abortedAtMs).toBeLessThan(1_000);
  expect(result.ended).toBe('aborted');
  expect(result.ledger.ok).toBeGreaterThanOrEqual(progress[0]?.ledger.ok ?? Number.NaN);
  expect(result.ledger.unanswered).toBeLessThanOrEqual(CONNECTIONS);
  expect(result.brokenLaws).toEqual([]);
});

test('a run that was aborted before it began starts no request', async () => {
  const stub = await stubFor({ serviceMs: SERVICE_MS });
  const result = await session.run(requestFor(stub, { durationMs: 60_000 }), {
    signal: AbortSignal.abort(),
    onProgress: () => undefined,
  });
  expect(result).toMatchObject({ ended: 'aborted', ledger: { scheduled: 0 } });
  expect(stub.truth().requests).toBe(0);
});

async function stubFor(plan: StubPlan): Promise<StubServer> {
  const stub = await startStubServer(plan);
  onTestFinished(() => stub.close());
  return stub;
}

const thinking = (thinkTimeMs: number): ClosedModel => ({
  kind: 'closed',
  connections: CONNECTIONS,
  thinkTimeMs,
});

function requestFor(
  target: { readonly origin: string },
  changes: Partial<LoadRequest> = {},
): LoadRequest {
  return {
    origin: target.origin,
    path: '/w/point?key=1',
    model: thinking(0),
    durationMs: 800,
    drainMs: 1_000,
    requestTimeoutMs: 5_000,
    retry: null,
    goodputDeadlineMs: 1_000,
    targetDownMs: 5_000,
    seed: 1,
    ...changes,
  };
}

/** One run; whatever the target does, the account of it must add up. */
async function run(
  target: { readonly origin: string },
  changes: Partial<LoadRequest> = {},
): Promise<LoadResult> {
  const result = await session.run(requestFor(target, changes), {
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(result.brokenLaws).toEqual([]);
  expect(checkLedger(result.ledger)).toEqual([]);
  expect(result.residenceSeconds).toBeCloseTo(result.inFlightSeconds, 6);
  return result;
}

async function runUncorrected(target: { readonly origin: string }): Promise<UncorrectedResult> {
  return session.runUncorrected(requestFor(target, { durationMs: 1_000 }));
}

function okMs(result: LoadResult, q: number): number {
  return quantileMs(result.latencyUs.ok, q);
}

function quantileMs(encoded: string, q: number): number {
  return decodeHistogram(encoded).quantileUs(q) / 1000;
}

function expectTrueMedian(result: LoadResult, stub: StubServer): void {
  const trueMs = medianServiceMs(stub);
  expect(okMs(result, 0.5)).toBeGreaterThanOrEqual(trueMs * 0.999);
  expect(okMs(result, 0.5)).toBeLessThanOrEqual(trueMs + LATENCY_TOLERANCE_MS);
}

function medianServiceMs(stub: StubServer): number {
  const sorted = stub.truth().serviceMs.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
