import { expect, test } from 'vitest';
import type { Ledger, LoadProgress } from '../load/load-engine.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { createThresholdWatch } from './threshold-watch.ts';

const NOTHING = {
  ok: 0,
  httpErrors: {},
  refusalReasons: {},
  connectionErrors: {},
  timeouts: 0,
  lost: 0,
  unanswered: 0,
};

function progress(elapsedMs: number, ledger: Partial<Ledger> = {}): LoadProgress {
  const attempts = { started: 0, ...NOTHING };
  return {
    elapsedMs,
    ledger: { scheduled: 0, dropped: 0, ...NOTHING, attempts, ...ledger },
    good: 0,
    inFlight: 0,
    latencyUs: null,
    recent: { latencyUs: null, lagUs: null, eventLoopUtilization: 0 },
  };
}

function watching(threshold: readonly string[], abortOnFail = true) {
  const { plan } = parseTrialPlan({ flags: { threshold, abortOnFail }, env: {} });
  const peaks = { workers: 0, all: 1, worker: 0 };
  const watch = createThresholdWatch({ plan, constants: { usable: 26 }, peaks: () => peaks });
  return { watch, peaks };
}

test('the first look that finds a threshold lost ends the run, with the reason', () => {
  const { watch } = watching(['timeouts==0', 'lost==0']);
  watch.look(progress(1_000));
  expect(watch.signal.aborted).toBe(false);
  expect(watch.stop()).toBeNull();
  watch.look(progress(2_000, { lost: 3 }));
  expect(watch.signal.aborted).toBe(true);
  const stop = { expression: 'lost==0', detail: '3 ≠ 0 after 2.0 s, which ended the run' };
  expect(watch.stop()).toEqual(stop);
  expect(watch.signal.reason).toEqual(stop);
  watch.look(progress(3_000, { lost: 3, timeouts: 5 }));
  expect(watch.stop()).toEqual(stop);
});

test('the peaks are those of the moment of looking', () => {
  const { watch, peaks } = watching(['pg.connections.peak<0.8*usable']);
  watch.look(progress(1_000));
  expect(watch.stop()).toBeNull();
  peaks.workers = 26;
  watch.look(progress(2_000));
  expect(watch.stop()?.detail).toBe('26 ≥ 20.8 = 0.8 × 26 after 2.0 s, which ended the run');
});

test('without --abort-on-fail nothing is ended', () => {
  const { watch } = watching(['lost==0'], false);
  watch.look(progress(2_000, { lost: 3 }));
  expect(watch.signal.aborted).toBe(false);
});

test('once the window is over there is nothing left to end', () => {
  const { watch } = watching(['lost==0']);
  watch.look(progress(10_000, { lost: 3 }));
  expect(watch.signal.aborted).toBe(false);
});
