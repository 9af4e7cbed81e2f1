import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { runClosedLoad } from './closed/closed-engine.ts';
import type { LoadEngine, LoadRequest, LoadResult, OpenModel, RunControl } from './load-engine.ts';
import { createLoadEngine } from './load-process-engine.ts';
import { runOpenLoad } from './open/open-engine.ts';
import { runOpenThreads } from './open/open-threads.ts';
import { type RecordingServer, startRecordingServer } from './test/recording-server.ts';
import { startWhimsicalServer, WHIMS, type Whim } from './test/whimsical-server.ts';

/*
 * A rolling deploy as the load sees it: two instances of a service, and in the middle of the run it goes on at
 * the second one.
 */

const CONNECTIONS = 8;
const open: OpenModel = {
  kind: 'open',
  stages: [{ fromPerSecond: 800, toPerSecond: 800, durationMs: 600 }],
  arrivals: 'poisson',
  maxInFlight: CONNECTIONS,
  atCap: 'queue',
  threads: 1,
};
const closed = { kind: 'closed', connections: CONNECTIONS, thinkTimeMs: 2 } as const;

const RUNS: readonly (readonly [string, LoadEngine['run'], LoadRequest['model']])[] = [
  ['closed', runClosedLoad, closed],
  ['open', runOpenLoad, open],
  ['open, on two threads', runOpenThreads, { ...open, threads: 2 }],
];

test.each(RUNS)(
  '%s: nothing is lost, and afterwards nothing goes to the first instance',
  async (_name, runLoad, model) => {
    await using first = await startInstance();
    await using second = await startInstance();
    const { result, seenWhenSettled } = await runSwitching(
      { first, second, model },
      async (request, onControl) =>
        await runLoad(request, {
          signal: new AbortController().signal,
          onProgress: () => undefined,
          onControl,
        }),
    );
    expectWhole(result, { first, second });
    expect(first.seen.length).toBe(seenWhenSettled);
    expect(first.connections).toBe(CONNECTIONS);
    expect(second.connections).toBe(CONNECTIONS);
    expect(result.reconnects).toBe(0);
  },
);

test('a session switches the run that is under way, and without one there is nothing to switch', async () => {
  await using first = await startInstance();
  await using second = await startInstance();
  await using session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  await session.switchOrigin(second.origin);
  const { result, seenWhenSettled } = await runSwitching(
    { first, second, model: closed },
    async (request, onControl) => {
      onControl(session);
      return await session.run(request, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
      });
    },
  );
  await session.switchOrigin(second.origin);
  expectWhole(result, { first, second });
  expect(first.seen.length).toBe(seenWhenSettled);
});

test('an instance that is gone right after the switch is missed by nobody', async () => {
  const first = await startInstance();
  await using second = await startInstance();
  const { result } = await runSwitching(
    { first, second, model: closed },
    async (request, onControl) =>
      await runClosedLoad(request, {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onControl,
      }),
    async () => await first[Symbol.asyncDispose](),
  );
  expectWhole(result, { first, second });
});

test.each(RUNS.slice(0, 2))(
  '%s: back and forth between servers that do everything a server can do, and the account is whole',
  async (_name, runLoad, model) => {
    await using first = await startWhimsicalServer(whimsOf(1));
    await using second = await startWhimsicalServer(whimsOf(2));
    const origins = [second.origin, first.origin];
    const over = new AbortController();
    let switching: Promise<void> = Promise.resolve();
    const result = await runLoad(
      {
        ...{ origin: first.origin, path: '/', model, durationMs: 600, drainMs: 2_000 },
        ...{ requestTimeoutMs: 300, retry: { retriesMax: 2, backoffMs: 10 }, seed: 1 },
        ...{ goodputDeadlineMs: 1_000, targetDownMs: 5_000 },
      },
      {
        signal: new AbortController().signal,
        onProgress: () => undefined,
        onControl: (control) => {
          switching = (async () => {
            for (let turn = 0; !over.signal.aborted; turn += 1) {
              await control.switchOrigin(origins[turn % 2] ?? '');
              await setTimeout(7);
            }
          })();
        },
      },
    );
    over.abort();
    await switching;
    const [a, b] = [first.seen(), second.seen()];
    expect(result.brokenLaws).toEqual([]);
    expect(result.ended).toBe('completed');
    expect(result.ledger.attempts).toMatchObject({
      ok: a.right + b.right,
      httpErrors: { too_many_connections: a.refused + b.refused },
      connectionErrors: {},
      timeouts: a.hung + b.hung,
      unanswered: 0,
    });
    expect(Math.min(a.right, b.right)).toBeGreaterThan(0);
  },
);

/** Mostly right answers, so that there is something to carry over. */
function whimsOf(seed: number): () => Whim {
  const random = seededRandom(seed);
  return () => (random() < 0.8 ? 'answer' : (WHIMS[Math.floor(random() * WHIMS.length)] ?? 'hang'));
}

interface Instances {
  readonly first: RecordingServer;
  readonly second: RecordingServer;
}

function expectWhole(result: LoadResult, { first, second }: Instances): void {
  expect(result.brokenLaws).toEqual([]);
  expect(result.ended).toBe('completed');
  expect(result.ledger).toMatchObject({
    ok: first.seen.length + second.seen.length,
    httpErrors: {},
    connectionErrors: {},
    lost: 0,
    timeouts: 0,
    unanswered: 0,
  });
  expect(first.seen.length).toBeGreaterThan(20);
  expect(second.seen.length).toBeGreaterThan(0);
  for (const { headers } of second.seen) expect(`http://${headers.host}`).toBe(second.origin);
}

/** Switches when the first instance has seen some requests, and goes on when that has settled. */
async function runSwitching(
  { first, second, model }: Instances & { readonly model: LoadRequest['model'] },
  runLoad: (request: LoadRequest, onControl: (control: RunControl) => void) => Promise<LoadResult>,
  onSettled: () => Promise<void> = async () => undefined,
): Promise<{ readonly result: LoadResult; readonly seenWhenSettled: number }> {
  let control: RunControl | null = null;
  const running = runLoad(
    {
      origin: first.origin,
      path: '/',
      model,
      durationMs: 600,
      drainMs: 2_000,
      requestTimeoutMs: 5_000,
      retry: null,
      goodputDeadlineMs: 1_000,
      targetDownMs: 5_000,
      seed: 1,
    },
    (ofRun) => {
      control = ofRun;
    },
  );
  await expect.poll(() => first.seen.length, { timeout: 8_000, interval: 5 }).toBeGreaterThan(20);
  await switchTo(second.origin, control);
  expect(first.inFlight).toBe(0);
  const seenWhenSettled = first.seen.length;
  await onSettled();
  return { result: await running, seenWhenSettled };
}

/** Assigned in a callback, which the compiler does not see. */
async function switchTo(origin: string, control: RunControl | null): Promise<void> {
  if (control === null) throw new Error('the run gave no control');
  await control.switchOrigin(origin);
}

/** Each answer takes a moment, so that requests are in flight whenever it is switched. */
async function startInstance(): Promise<RecordingServer> {
  return await startRecordingServer((response) => {
    void setTimeout(5).then(() => response.end('ok'));
  });
}
