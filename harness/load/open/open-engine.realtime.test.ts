import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { decodeHistogram } from '../account/histogram.ts';
import type { LoadRequest, LoadResult, OpenModel } from '../load-engine.ts';
import { createLoadEngine } from '../load-process-engine.ts';
import type { LoadSession } from '../load-session.ts';
import {
  type Break,
  refusingOrigin,
  type StubPlan,
  type StubServer,
  startStubServer,
} from '../stubs/stub-server.ts';

/*
 * The open engine on real sockets, against servers that know what they did. Counts have no tolerance;
 * times have that of a machine which does other things too. The arithmetic is tested without either.
 */
/** A displaced latency is twice the truth or more; a busy host adds its own to either side. */
const DISPLACED = 1.6;
const HOST_TOLERANCE_MS = 5;
const SERVICE_MS = 20;
const RATE = 200;
/** Each gets a good many requests, and half of them are idle. */
const FEW_CONNECTIONS = 8;

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
  expect(result).toMatchObject({ engine: 'open', ended: 'completed', durationMs: 1_000 });
  expect(result.engineVersion).toMatch(/^undici \d+\.\d+\.\d+$/);
  expect(result.offered).toMatchObject({ expected: RATE, due: RATE });
  const { requests, answered } = stub.truth();
  expect(result.ledger).toMatchObject({ scheduled: requests, ok: answered, dropped: 0 });
  expect(requests).toBeGreaterThan(RATE * 0.95);
  expectTrueMedian(result, stub);
  expect(result.answersByWorker).toEqual({ 1: answered });
  expect(result.reconnects).toBe(0);
});

test('all connections are opened before the start, and each is used', async () => {
  const stub = await stubFor({ serviceMs: 0 });
  const result = await run(stub, {}, { maxInFlight: 32 });
  expect(stub.truth().connections).toBe(32);
  expect(result.ledger.ok).toBeGreaterThan(32);
});

test.each<Break>(['connection-close', 'body-until-close', 'answered-twice'])(
  '%s costs no request, and no latency is displaced',
  async (how) => {
    const stub = await stubFor({ serviceMs: SERVICE_MS, breaks: { everyRequests: 3, how } });
    const result = await run(stub, {}, { maxInFlight: FEW_CONNECTIONS });
    const { requests, answered, broken } = stub.truth();
    expect(broken).toBeGreaterThan(10);
    expect(result.ledger).toMatchObject({ scheduled: requests, ok: answered, lost: 0 });
    // The last ones broke when the run was over.
    expect(result.reconnects).toBeGreaterThanOrEqual(broken - FEW_CONNECTIONS);
    expectTrueMedian(result, stub);
  },
);

test.each<Break>(['fin-instead-of-answer', 'reset-instead-of-answer', 'garbage-instead-of-answer'])(
  'each %s loses exactly one request, and no latency is displaced',
  async (how) => {
    const stub = await stubFor({ serviceMs: SERVICE_MS, breaks: { everyRequests: 3, how } });
    const result = await run(stub, {}, { maxInFlight: FEW_CONNECTIONS });
    const { requests, answered, broken } = stub.truth();
    expect(broken).toBeGreaterThan(10);
    expect(result.ledger).toMatchObject({ scheduled: requests, ok: answered, lost: broken });
    expectTrueMedian(result, stub);
  },
);

test('a silent close costs at most the request that crosses it', async () => {
  const stub = await stubFor({
    serviceMs: SERVICE_MS,
    breaks: { everyRequests: 3, how: 'fin-after-answer' },
  });
  const result = await run(stub, {}, { maxInFlight: FEW_CONNECTIONS });
  const { answered, broken } = stub.truth();
  expect(broken).toBeGreaterThan(10);
  const { scheduled, ok, lost } = result.ledger;
  expect(ok).toBe(answered);
  expect(scheduled).toBe(ok + lost);
  // Only those who waited for this very connection were sent on it at once.
  expect(lost).toBeLessThan(broken);
  expectTrueMedian(result, stub);
});

test('an interim answer is not the answer', async () => {
  const stub = await stubFor({ serviceMs: 5, earlyHints: true });
  const result = await run(stub);
  expect(result.ledger).toMatchObject({ ok: stub.truth().answered, lost: 0 });
  expect(result.reconnects).toBe(0);
});

test('failures are counted by class and reason', async () => {
  const stub = await stubFor({
    serviceMs: 5,
    failure: { everyRequests: 4, errorClass: 'too_many_connections', reason: 'reserved' },
  });
  const result = await run(stub);
  const { answered, failed } = stub.truth();
  expect(result.ledger).toMatchObject({
    ok: answered - failed,
    httpErrors: { too_many_connections: failed },
    refusalReasons: { reserved: failed },
  });
});

test('retries are attempts of the same user', async () => {
  const stub = await stubFor({
    serviceMs: 5,
    failure: { everyRequests: 4, errorClass: 'pool_timeout' },
  });
  const result = await run(stub, { retry: { retriesMax: 8, backoffMs: 20 } });
  const { requests, failed } = stub.truth();
  expect(failed).toBeGreaterThan(10);
  expect(result.ledger).toMatchObject({ ok: result.ledger.scheduled, httpErrors: {} });
  expect(result.ledger.attempts).toMatchObject({
    started: requests,
    httpErrors: { pool_timeout: failed },
  });
});

test('a request over the timeout is given up with its age, and its late answer goes to nobody', async () => {
  const stub = await stubFor({ serviceMs: 300 });
  const result = await run(stub, { requestTimeoutMs: 100 }, { maxInFlight: 64 });
  const { scheduled } = result.ledger;
  expect(scheduled).toBeGreaterThan(50);
  expect(result.ledger).toMatchObject({ timeouts: scheduled, ok: 0, lost: 0 });
  const ages = decodeHistogram(result.latencyUs.censored);
  expect(ages.minUs ?? 0).toBeGreaterThanOrEqual(99_900);
  expect(ages.quantileUs(0.5)).toBeLessThan(200_000);
});

test('requests that hang are unanswered with their age', async () => {
  const stub = await stubFor({ serviceMs: 5, hangAfterRequests: 40 });
  const result = await run(stub, { drainMs: 200 });
  const { requests, answered } = stub.truth();
  expect(answered).toBe(40);
  expect(result.ledger).toMatchObject({ ok: 40, unanswered: requests - 40, timeouts: 0 });
  const ages = decodeHistogram(result.latencyUs.censored);
  expect((ages.minUs ?? 0) / 1000).toBeGreaterThan(result.drainMs);
});

test('users of a refusing port are refused, and it is given up', async () => {
  const result = await run(
    { origin: await refusingOrigin() },
    { durationMs: 5_000, targetDownMs: 600 },
  );
  expect(result.ended).toBe('target_down');
  expect(result.durationMs).toBeGreaterThanOrEqual(600);
  expect(result.durationMs).toBeLessThan(5_000);
  const { scheduled, connectionErrors } = result.ledger;
  expect(scheduled).toBeGreaterThan(50);
  expect(connectionErrors).toEqual({ ECONNREFUSED: scheduled });
});

test('an abort ends the run within a second and keeps what was measured', async () => {
  const stub = await stubFor({ serviceMs: 5 });
  const controller = new AbortController();
  const pending = session.run(requestFor(stub, { durationMs: 60_000 }), {
    signal: controller.signal,
    onProgress: () => undefined,
  });
  await expect.poll(() => stub.truth().answered, { timeout: 8_000 }).toBeGreaterThan(20);
  const abortedAtMs = performance.now();
  controller.abort();
  const result = await pending;
  expect(performance.now() - abortedAtMs).toBeLessThan(1_000);
  expect(result).toMatchObject({ ended: 'aborted', brokenLaws: [] });
  expect(result.offered?.expected).toBeLessThan(RATE * 30);
  expect(result.ledger.ok).toBeGreaterThanOrEqual(20);
});

test('threads share rate and connections, and end in one account', async () => {
  const stub = await stubFor({ serviceMs: 5 });
  const progress: number[] = [];
  const result = await session.run(
    requestFor(stub, { durationMs: 1_200 }, { threads: 3, maxInFlight: 64, atCap: 'queue' }),
    { signal: new AbortController().signal, onProgress: ({ ledger }) => progress.push(ledger.ok) },
  );
  const { requests, answered, connections } = stub.truth();
  expect(result).toMatchObject({ ended: 'completed', brokenLaws: [], durationMs: 1_200 });
  expect(result.offered).toMatchObject({ expected: RATE * 1.2, due: RATE * 1.2 });
  expect(result.ledger).toMatchObject({ scheduled: requests, ok: answered, dropped: 0 });
  expect(connections).toBe(64);
  expect(result.generator.threads).toBe(3);
  expect(result.residenceSeconds).toBeCloseTo(result.inFlightSeconds, 6);
  expect(progress).toHaveLength(1);
  expect(result.ledger.ok).toBeGreaterThanOrEqual(progress[0] ?? Number.NaN);
});

test('an abort ends all threads', async () => {
  const stub = await stubFor({ serviceMs: 5 });
  const controller = new AbortController();
  const pending = session.run(requestFor(stub, { durationMs: 60_000 }, { threads: 2 }), {
    signal: controller.signal,
    onProgress: () => undefined,
  });
  await expect.poll(() => stub.truth().answered, { timeout: 8_000 }).toBeGreaterThan(20);
  controller.abort();
  const result = await pending;
  expect(result).toMatchObject({ ended: 'aborted', brokenLaws: [] });
  expect(result.durationMs).toBeLessThan(20_000);
});

async function stubFor(plan: StubPlan): Promise<StubServer> {
  const stub = await startStubServer(plan);
  onTestFinished(() => stub.close());
  return stub;
}

function requestFor(
  target: { readonly origin: string },
  changes: Partial<Omit<LoadRequest, 'model'>> = {},
  model: Partial<OpenModel> = {},
): LoadRequest {
  const durationMs = changes.durationMs ?? 500;
  return {
    origin: target.origin,
    path: '/w/point?key=1',
    durationMs,
    drainMs: 2_000,
    requestTimeoutMs: null,
    retry: null,
    goodputDeadlineMs: 1_000,
    targetDownMs: 5_000,
    seed: 7,
    ...changes,
    model: {
      kind: 'open',
      stages: [{ fromPerSecond: RATE, toPerSecond: RATE, durationMs }],
      arrivals: 'constant',
      maxInFlight: 128,
      atCap: 'queue',
      threads: 1,
      ...model,
    },
  };
}

/** One run; whatever the target does, the account of it must add up. */
async function run(
  target: { readonly origin: string },
  changes: Partial<Omit<LoadRequest, 'model'>> = {},
  model: Partial<OpenModel> = {},
): Promise<LoadResult> {
  const result = await session.run(requestFor(target, changes, model), {
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  expect(result.brokenLaws).toEqual([]);
  expect(result.residenceSeconds).toBeCloseTo(result.inFlightSeconds, 6);
  return result;
}

/** From sending to answer: on a busy host the few connections make users wait, which is no shift. */
function expectTrueMedian(result: LoadResult, stub: StubServer): void {
  const sorted = stub.truth().serviceMs.toSorted((a, b) => a - b);
  const trueMs = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const medianMs = decodeHistogram(result.serviceUs).quantileUs(0.5) / 1000;
  expect(medianMs).toBeGreaterThanOrEqual(trueMs * 0.999);
  expect(medianMs).toBeLessThanOrEqual(trueMs * DISPLACED + HOST_TOLERANCE_MS);
}
