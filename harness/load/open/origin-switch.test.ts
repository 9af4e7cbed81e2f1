import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SimulationOptions, simulateOpenRun } from '../test/simulated-run.ts';

/*
 * The load moves to another origin in the middle of a run, on a virtual clock: when each request is sent,
 * and where to, is exact there.
 */

const OLD = 'http://127.0.0.1:1';
const NEW = 'http://127.0.0.1:2';

test('from the switch on every request goes to the new origin, and none is lost', async () => {
  const { result, truth, switchedAtMs } = await simulateOpenRun({
    ...run({ serviceMs: 30, connectMs: 2 }),
    switches: [{ atMs: 5_000, origin: NEW }],
  });
  expect(result.ledger).toMatchObject({ scheduled: 1_000, ok: 1_000 });
  expect(result.brokenLaws).toEqual([]);
  const last = truth.requests.findLast(({ origin }) => origin === OLD);
  const first = truth.requests.find(({ origin }) => origin === NEW);
  expect(last?.ms).toBeLessThan(5_000);
  expect(first?.ms).toBeGreaterThanOrEqual(5_000);
  // Every connection was given up for another, and none had to be.
  expect(truth.connections).toBe(2 * CONNECTIONS);
  expect(truth.openConnectionsPeak).toBe(CONNECTIONS);
  expect(result.reconnects).toBe(0);
  // The last request to the old one was sent at 4,995 ms at the latest and took 30; it is looked for every 20.
  expect(switchedAtMs[0]).toBeGreaterThanOrEqual(5_000);
  expect(switchedAtMs[0]).toBeLessThan(5_050);
});

test('the switch is over when the last answer came from the old origin, however long that took', async () => {
  const { switchedAtMs, result } = await simulateOpenRun({
    ...run({ serviceMs: 20 }),
    server: {
      treat: (nowMs) => ({
        kind: 'answered',
        afterMs: nowMs >= 4_990 && nowMs < 5_000 ? 2_000 : 20,
      }),
    },
    switches: [{ atMs: 5_000, origin: NEW }],
  });
  expect(result.ledger.ok).toBe(1_000);
  expect(switchedAtMs[0]).toBeGreaterThan(6_990);
  expect(switchedAtMs[0]).toBeLessThan(7_050);
});

test('connects that the old origin refused are forgotten: the new one is tried at once', async () => {
  const { result, truth } = await simulateOpenRun({
    ...run({ serviceMs: 20 }),
    server: {
      treat: () => ({ kind: 'answered', afterMs: 20 }),
      refuses: (nowMs, origin) => origin === OLD && nowMs >= 0,
    },
    switches: [{ atMs: 2_000, origin: NEW }],
  });
  const ok = truth.requests.length;
  expect(ok).toBeGreaterThanOrEqual(795);
  expect(result.ledger).toMatchObject({ ok, connectionErrors: { ECONNREFUSED: 1_000 - ok } });
  expect(truth.requests[0]?.ms).toBeLessThan(2_020);
});

test('the same origin once more changes nothing, and is over at once', async () => {
  const { truth, switchedAtMs } = await simulateOpenRun({
    ...run({ serviceMs: 2_000 }),
    model: { maxInFlight: 500 },
    switches: [
      { atMs: 3_000, origin: OLD },
      { atMs: 4_000, origin: OLD },
    ],
  });
  expect(truth.connections).toBe(500);
  expect(switchedAtMs).toEqual([3_000, 4_000]);
});

test('a run that ends ends its switches', async () => {
  const { switchedAtMs, result } = await simulateOpenRun({
    ...run({ serviceMs: 20 }),
    request: { durationMs: 1_000, drainMs: 500 },
    server: { treat: () => ({ kind: 'never' }) },
    model: { maxInFlight: 200 },
    switches: [{ atMs: 500, origin: NEW }],
  });
  expect(result.ledger.unanswered).toBe(100);
  expect(switchedAtMs).toHaveLength(1);
  expect(switchedAtMs[0]).toBeGreaterThanOrEqual(1_490);
});

test('wherever the load goes and whatever happens on the way, the account is whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2_500 }), fc.constantFrom(OLD, NEW)), {
        maxLength: 4,
      }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 0, max: 40 }),
      fc.constantFrom('drop' as const, 'queue' as const),
      fc.integer({ min: 0, max: 9 }),
      async (switches, serviceMs, connectMs, atCap, breaks) => {
        const { result, truth, switchedAtMs } = await simulateOpenRun({
          request: { durationMs: 2_000, drainMs: 10_000 },
          model: { maxInFlight: 10, atCap },
          server: {
            connectMs,
            treat: (_nowMs, request) =>
              breaks > 0 && request % (breaks + 3) === 0
                ? { kind: 'reset', afterMs: serviceMs }
                : { kind: 'answered', afterMs: serviceMs },
          },
          switches: switches.map(([atMs, origin]) => ({ atMs, origin })),
        });
        expect(result.brokenLaws).toEqual([]);
        expect(result.ledger).toMatchObject({ ok: truth.answered, lost: truth.broken });
        expect(result.ledger.unanswered).toBe(0);
        expect(truth.openConnectionsPeak).toBeLessThanOrEqual(10);
        // All were asked for before the end; who came too late found a run that was over.
        expect(switchedAtMs.length).toBeLessThanOrEqual(switches.length);
      },
    ),
    { numRuns: 40 },
  );
});

const CONNECTIONS = 20;

function run({
  serviceMs,
  connectMs = 0,
}: {
  readonly serviceMs: number;
  readonly connectMs?: number;
}): SimulationOptions {
  return {
    server: { treat: () => ({ kind: 'answered', afterMs: serviceMs }), connectMs },
    model: { maxInFlight: CONNECTIONS },
  };
}
