import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { seededRandom } from '../../seeded-random.ts';
import type { LoadRequest, LoadResult } from '../load-engine.ts';
import { monotonicClockUs } from '../monotonic-clock.ts';
import { startWhimsicalServer, WHIMS, type Whim } from '../test/whimsical-server.ts';
import { startAutocannon } from './autocannon-adapter.ts';
import { runClosedLoad } from './closed-engine.ts';

/*
 * The engine, sockets and all, against servers that do everything a server can do to a client. They
 * know what they did, and the account must say the same.
 */

const CONNECTIONS = 4;

/** Mostly right answers, so that connections live long enough to have a past. */
function whimsOf(seed: number): () => Whim {
  const random = seededRandom(seed);
  return () => (random() < 0.6 ? 'answer' : (WHIMS[Math.floor(random() * WHIMS.length)] ?? 'hang'));
}

async function runAgainst(
  origin: string,
  changes: Partial<LoadRequest>,
  deps?: Parameters<typeof runClosedLoad>[2],
): Promise<LoadResult> {
  const request: LoadRequest = {
    origin,
    path: '/',
    model: { kind: 'closed', connections: CONNECTIONS, thinkTimeMs: 0 },
    durationMs: 350,
    drainMs: 1_500,
    requestTimeoutMs: 400,
    retry: null,
    goodputDeadlineMs: 1_000,
    targetDownMs: 5_000,
    seed: 1,
    ...changes,
  };
  const hooks = { signal: new AbortController().signal, onProgress: () => undefined };
  return await runClosedLoad(request, hooks, deps);
}

test.each([1, 2, 3, 4])(
  'whatever a server does, it is counted as it was (seed %i)',
  async (seed) => {
    await using server = await startWhimsicalServer(whimsOf(seed));
    const { ledger, brokenLaws, reconnects, ended, inFlightSeconds, residenceSeconds } =
      await runAgainst(server.origin, {});
    const seen = server.seen();
    expect(brokenLaws).toEqual([]);
    expect(ended).toBe('completed');
    expect(inFlightSeconds).toBeCloseTo(residenceSeconds, 6);
    expect(ledger).toMatchObject({
      ok: seen.right,
      httpErrors: { too_many_connections: seen.refused },
      refusalReasons: { reserved: seen.refused },
      timeouts: seen.hung,
      connectionErrors: {},
      unanswered: 0,
    });
    // Beside what the server broke itself: requests that met the end of an idle connection.
    expect(ledger.lost).toBeGreaterThanOrEqual(seen.broken);
    expect(ledger.scheduled).toBeGreaterThanOrEqual(seen.requests);
    expect(ledger.attempts.started).toBe(ledger.scheduled);
    expect(reconnects).toBeGreaterThan(0);
  },
);

test.each([5, 6, 7, 8])('attempts are counted as the server saw them (seed %i)', async (seed) => {
  await using server = await startWhimsicalServer(whimsOf(seed));
  const result = await runAgainst(server.origin, {
    retry: { retriesMax: 3, backoffMs: 15 },
    seed,
  });
  const seen = server.seen();
  const { attempts, scheduled, ok, timeouts, lost } = result.ledger;
  expect(result.brokenLaws).toEqual([]);
  expect(attempts).toMatchObject({
    ok: seen.right,
    httpErrors: { too_many_connections: seen.refused },
    timeouts: seen.hung,
    unanswered: 0,
  });
  expect(attempts.lost).toBeGreaterThanOrEqual(seen.broken);
  expect(attempts.started).toBeGreaterThan(scheduled);
  expect(ok).toBe(seen.right);
  // Four failures in a row are rare with these whims; most users are answered in the end.
  expect(timeouts + lost).toBeLessThan((attempts.timeouts + attempts.lost) / 2);
  // A closed loop has no more users at a time than clients, whatever their attempts do.
  expect(result.inFlightSeconds).toBeLessThanOrEqual(0.35 * CONNECTIONS + 1e-9);
});

test.each(['-5', 'ZZ', ''])(
  'a chunk whose size is "%s" is no answer, and holds nobody up',
  async (size) => {
    const head = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => socket.write(`${head}${size}\r\nhello\r\n0\r\n\r\n`));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = z.object({ port: z.int() }).parse(server.address());
      const { ledger } = await runAgainst(`http://127.0.0.1:${port}`, { durationMs: 100 });
      expect(ledger).toMatchObject({ ok: 0, lost: ledger.scheduled, unanswered: 0 });
    } finally {
      server.close();
    }
  },
);

test('a client whose connection breaks in the pause before a retry opens another one for it', async () => {
  let requests = 0;
  await using server = await startWhimsicalServer(() => {
    requests += 1;
    return requests % 2 === 1 ? 'refuse-and-reset-later' : 'answer-and-close';
  });
  const result = await runAgainst(server.origin, {
    model: { kind: 'closed', connections: 1, thinkTimeMs: 0 },
    // Full jitter: the pause of seed 1 outlasts the 5 ms to the reset nearly every time.
    retry: { retriesMax: 1, backoffMs: 100 },
  });
  const { ledger, reconnects, brokenLaws } = result;
  expect(brokenLaws).toEqual([]);
  expect(ledger.scheduled).toBeGreaterThanOrEqual(2);
  expect(ledger).toMatchObject({ ok: ledger.scheduled, httpErrors: {}, lost: 0 });
  expect(ledger.attempts).toMatchObject({
    started: 2 * ledger.scheduled,
    httpErrors: { too_many_connections: ledger.scheduled },
  });
  expect(reconnects).toBeGreaterThanOrEqual(ledger.scheduled);
});

test('a run that ends in the pause before a retry leaves the user unanswered', async () => {
  await using server = await startWhimsicalServer(() => 'refuse');
  const result = await runAgainst(server.origin, {
    durationMs: 100,
    drainMs: 0,
    retry: { retriesMax: 20, backoffMs: 5_000 },
  });
  expect(result.brokenLaws).toEqual([]);
  expect(result.ledger).toMatchObject({ scheduled: CONNECTIONS, unanswered: CONNECTIONS });
  expect(result.ledger.attempts.unanswered).toBe(0);
  expect(result.ledger.attempts.httpErrors).toEqual({
    too_many_connections: result.ledger.attempts.started,
  });
});

test('a clock that steps back under a run is told by its result, which keeps its numbers', async () => {
  await using server = await startWhimsicalServer(() => 'answer');
  let reads = 0;
  // Every thousandth reading is an hour old.
  const clock = (): number => {
    reads += 1;
    return monotonicClockUs() - (reads % 1_000 === 0 ? 3_600_000_000 : 0);
  };
  const result = await runAgainst(server.origin, {}, { clock, startClients: startAutocannon });
  expect(result.brokenLaws.length).toBeGreaterThan(0);
  for (const law of result.brokenLaws) expect(law).toMatch(/^the clock went from \d.* back to -/);
  expect(result.ledger.ok).toBe(server.seen().right);
});
