import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ERROR_CLASSES } from '../../../server/contract.ts';
import type { EncodedHistogram, LoadProgress, LoadResult } from '../load-engine.ts';
import { template } from '../test/request-template.ts';
import { decodeHistogram } from './histogram.ts';
import type { Ending } from './ledger.ts';
import { mergeLoadProgress } from './merge-load-progress.ts';
import { mergeLoadResults } from './merge-load-results.ts';
import { RunRecorder } from './run-recorder.ts';

const DURATION_MS = 3_000;

const endings: fc.Arbitrary<Ending> = fc.oneof(
  fc
    .record({
      errorClass: fc.constantFrom(null, null, null, ...ERROR_CLASSES),
      worker: fc.constantFrom('1', '2', '3'),
      wait: fc.option(fc.integer({ min: 0, max: 30 })),
      loop: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ errorClass, worker, wait, loop }) => ({
      kind: 'answered' as const,
      answer: {
        errorClass,
        refusalReason: errorClass === 'too_many_connections' ? ('reserved' as const) : null,
        worker,
        serverTiming: { ...(wait === null ? {} : { wait }), loop, total: 40 },
      },
    })),
  fc.constantFrom<Ending>(
    { kind: 'not_connected', code: 'ECONNREFUSED' },
    { kind: 'lost' },
    { kind: 'timed_out' },
    { kind: 'unanswered' },
  ),
);

const requests = fc.array(
  fc.record({
    dueMs: fc.integer({ min: 0, max: DURATION_MS - 1 }),
    lagUs: fc.integer({ min: 0, max: 900 }),
    tookMs: fc.integer({ min: 1, max: 800 }),
    thread: fc.integer({ min: 0, max: 3 }),
    template: fc.integer({ min: 0, max: 2 }),
    dropped: fc.integer({ min: 0, max: 9 }).map((digit) => digit === 0),
    ending: endings,
  }),
  { maxLength: 60 },
);
type Request = typeof requests extends fc.Arbitrary<(infer One)[]> ? One : never;

test('what threads recorded is, merged, what one would have recorded of all their requests', () => {
  fc.assert(
    fc.property(requests, (all) => {
      const alone = record(all);
      const merged = mergeLoadResults(
        [0, 1, 2, 3].map((of) => record(all.filter(({ thread }) => thread === of))),
      );
      expect(comparable(merged)).toEqual(comparable(alone));
      expect(merged.inFlightSeconds).toBeCloseTo(alone.inFlightSeconds, 9);
      expect(merged.residenceSeconds).toBeCloseTo(alone.residenceSeconds, 9);
    }),
    { numRuns: 10 },
  );
});

test('the busiest thread speaks for all, and the process has its CPU time once', () => {
  const thread = (cpuMs: number, eventLoopUtilization: number): LoadResult => ({
    ...record([]),
    generator: {
      threads: 1,
      cpuMs,
      eventLoopUtilization,
      eventLoopDelayMsP99: cpuMs / 10,
      stalledMs: cpuMs * 2,
    },
  });
  expect(mergeLoadResults([thread(300, 0.2), thread(310, 0.9)]).generator).toEqual({
    threads: 2,
    cpuMs: 310,
    eventLoopUtilization: 0.9,
    eventLoopDelayMsP99: 31,
    stalledMs: 620,
  });
});

test('a broken law of one thread stays, with its name, and so does an early end', () => {
  const sound = record([]);
  const merged = mergeLoadResults([
    { ...sound, ended: 'aborted' },
    { ...sound, ended: 'target_down', brokenLaws: ['1 = 2'] },
  ]);
  expect(merged).toMatchObject({ ended: 'target_down', brokenLaws: ['thread 1: 1 = 2'] });
});

test('one result is its own merger, and there is none of nothing', () => {
  const one = record([]);
  expect(mergeLoadResults([one])).toBe(one);
  expect(() => mergeLoadResults([])).toThrow(RangeError);
});

test('progress adds counts, and says of each quantile what the whole does not exceed', () => {
  const slow: LoadProgress = {
    ...progressOf([{ tookMs: 50 }]),
    inFlight: 2,
  };
  const fast = progressOf([{ tookMs: 10 }, { tookMs: 20 }]);
  expect(fast.recent.latencyUs?.p99).toBeLessThan(slow.recent.latencyUs?.p50 ?? 0);
  const merged = mergeLoadProgress([slow, fast, progressOf([])]);
  expect(merged).toMatchObject({ ledger: { scheduled: 3, ok: 3 }, good: 3, inFlight: 2 });
  expect(merged.latencyUs?.p50).toBe(slow.latencyUs?.p50);
  expect(merged.recent).toEqual({
    latencyUs: slow.recent.latencyUs,
    lagUs: slow.recent.lagUs,
    eventLoopUtilization: 0.5,
  });
  const idle = mergeLoadProgress([progressOf([])]);
  expect(idle.latencyUs).toBeNull();
  expect(idle.recent).toMatchObject({ latencyUs: null, lagUs: null });
});

/** One thread's result: its requests, told to a recorder in the order of time. */
function record(all: readonly Request[]): LoadResult {
  const { recorder, finish } = replay(all);
  finish();
  return {
    engine: 'open',
    engineVersion: 'test',
    ended: 'completed',
    startedAtMs: 0,
    ...recorder.finish(),
    offered: { expected: all.length, due: all.length, issued: all.length },
    reconnects: all.length,
    generator: {
      threads: all.length,
      cpuMs: 0,
      eventLoopUtilization: 0,
      eventLoopDelayMsP99: 0,
      stalledMs: 0,
    },
  };
}

function progressOf(all: readonly { readonly tookMs: number }[]): LoadProgress {
  const right: Ending = {
    kind: 'answered',
    answer: { errorClass: null, refusalReason: null, worker: '1', serverTiming: {} },
  };
  const { recorder } = replay(
    all.map(({ tookMs }) => ({
      dueMs: 0,
      lagUs: 0,
      tookMs,
      thread: 0,
      template: 0,
      dropped: false,
      ending: right,
    })),
  );
  return recorder.progress(0.5);
}

function replay(all: readonly Request[]) {
  let nowUs = 0;
  const recorder = new RunRecorder({
    clock: () => nowUs,
    durationMs: DURATION_MS,
    goodputDeadlineMs: 300,
    requests: { templates: ['GET /', 'GET /items', 'POST /orders'].map((name) => template(name)) },
  });
  recorder.start();
  const events: { readonly us: number; readonly tell: () => void }[] = [];
  for (const { dueMs, lagUs, tookMs, dropped, template: of, ending } of all) {
    const dueUs = dueMs * 1_000;
    const sentUs = dueUs + lagUs;
    if (dropped) {
      events.push({ us: sentUs, tell: () => recorder.dropped(dueUs) });
      continue;
    }
    events.push({
      us: sentUs,
      tell: () => {
        const flight = recorder.begin(dueUs, of);
        recorder.sent(flight);
        ends.set(flight, () => recorder.end(flight, ending));
        pending.push({ us: sentUs + tookMs * 1_000, flight });
      },
    });
  }
  const ends = new Map<object, () => void>();
  const pending: { readonly us: number; readonly flight: object }[] = [];
  const begins = events.toSorted((a, b) => a.us - b.us);
  const endUpTo = (us: number): void => {
    pending.sort((a, b) => a.us - b.us);
    for (let next = pending[0]; next !== undefined && next.us <= us; next = pending[0]) {
      pending.shift();
      nowUs = next.us;
      ends.get(next.flight)?.();
    }
  };
  for (const { us, tell } of begins) {
    endUpTo(us);
    nowUs = us;
    tell();
  }
  endUpTo(Number.POSITIVE_INFINITY);
  return {
    recorder,
    finish: () => {
      nowUs = (DURATION_MS + 1_000) * 1_000;
    },
  };
}

/** With histograms as their values; sums of floating-point numbers are compared apart. */
function comparable(result: LoadResult): unknown {
  const valuesOf = (encoded: EncodedHistogram | null): unknown =>
    encoded === null ? null : [...decodeHistogram(encoded).values()];
  const { inFlightSeconds, residenceSeconds, ...rest } = result;
  const text = JSON.stringify(rest, (key, value: unknown) => {
    if (typeof value === 'string' && value.startsWith('HISTF')) return valuesOf(value);
    if (key === 'inFlightSeconds') return undefined;
    return typeof value === 'number' ? Math.round(value * 1e3) / 1e3 : value;
  });
  return sorted(JSON.parse(text));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => left.localeCompare(right))
      .map(([key, one]) => [key, sorted(one)]),
  );
}
