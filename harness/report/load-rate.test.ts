import { expect, test } from 'vitest';
import type { LoadProgress } from '../load/load-engine.ts';
import { LoadRate } from './load-rate.ts';

function progress(seen: {
  readonly elapsedMs: number;
  readonly ok: number;
  readonly good: number;
  readonly failed: number;
  readonly inFlight: number;
}): LoadProgress {
  const endings = {
    ok: seen.ok,
    httpErrors: { too_many_connections: seen.failed },
    refusalReasons: {},
    connectionErrors: {},
    timeouts: 0,
    lost: 0,
    unanswered: 0,
  };
  const scheduled = seen.ok + seen.failed + seen.inFlight;
  const { elapsedMs, good, inFlight } = seen;
  const ledger = {
    scheduled,
    dropped: 0,
    ...endings,
    attempts: { started: scheduled, ...endings },
  };
  const recent = { latencyUs: null, lagUs: null, eventLoopUtilization: 0 };
  return { elapsedMs, good, inFlight, ledger, latencyUs: null, recent };
}

test('rates are of the time since the last look', () => {
  const rate = new LoadRate();
  expect(rate.text).toBe('');
  rate.see(progress({ elapsedMs: 1_000, ok: 800, good: 700, failed: 10, inFlight: 64 }));
  expect(rate.text).toBe('800 right answers/s (700 in time), 10 failed/s, 64 in flight');
  rate.see(progress({ elapsedMs: 3_000, ok: 1_000, good: 740, failed: 410, inFlight: 3 }));
  expect(rate.text).toBe('100 right answers/s (20 in time), 200 failed/s, 3 in flight');
});

test('the next run of the load counts from nothing again', () => {
  const rate = new LoadRate();
  rate.see(progress({ elapsedMs: 10_000, ok: 8_000, good: 8_000, failed: 0, inFlight: 64 }));
  rate.see(progress({ elapsedMs: 1_000, ok: 500, good: 400, failed: 0, inFlight: 64 }));
  expect(rate.text).toBe('500 right answers/s (400 in time), 0 failed/s, 64 in flight');
});
