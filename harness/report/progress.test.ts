import { expect, test } from 'vitest';
import type { Ledger } from '../load/load-engine.ts';
import { createProgress, type ProgressEvent, progressText } from './progress.ts';

const ledger: Ledger = {
  scheduled: 1_303,
  ok: 1_234,
  httpErrors: { pool_timeout: 2 },
  refusalReasons: {},
  connectionErrors: { ECONNREFUSED: 1 },
  timeouts: 1,
  lost: 1,
  unanswered: 0,
  dropped: 0,
  attempts: {
    started: 1_303,
    ok: 1_234,
    httpErrors: {},
    refusalReasons: {},
    connectionErrors: {},
    timeouts: 0,
    lost: 0,
    unanswered: 0,
  },
};

const load = (elapsedMs: number, phase = 'measuring'): ProgressEvent => ({
  kind: 'load',
  phase,
  totalMs: 10_000,
  model: 'closed',
  load: { elapsedMs, ledger, good: 1_200, inFlight: 64 },
});

function shown(events: readonly ProgressEvent[], { isTty = false, columns = 80 } = {}): string {
  let text = '';
  const progress = createProgress({ isTty, columns, write: (part) => (text += part) });
  for (const event of events) progress.report(event);
  progress.end();
  return text;
}

test('a second of load is one sentence', () => {
  expect(progressText(load(3_100))).toBe(
    'measuring 3/10 s: 1,234 ok, 1,200 in time, 5 failed, 64 in flight',
  );
});

test('where users arrive by themselves, what was offered and dropped is told', () => {
  const event = (dropped: number): ProgressEvent => ({
    kind: 'load',
    phase: 'measuring',
    totalMs: 10_000,
    model: 'open',
    load: { elapsedMs: 3_100, ledger: { ...ledger, dropped }, good: 1_200, inFlight: 64 },
  });
  expect(progressText(event(0))).toBe(
    'measuring 3/10 s: 1,303 offered, 1,234 ok, 1,200 in time, 5 failed, 64 in flight',
  );
  expect(progressText(event(7))).toContain('64 in flight, 7 dropped');
});

test('a terminal has one line that rewrites itself and is gone at the end', () => {
  const text = shown([{ kind: 'step', text: 'starting PostgreSQL' }, load(1_000)], { isTty: true });
  expect(text).not.toContain('\n');
  expect(text.split('\r\u001b[2K')).toEqual([
    '',
    'starting PostgreSQL',
    progressText(load(1_000)),
    '',
  ]);
});

test('a line never wraps on a narrow terminal, where it could not be erased', () => {
  const text = shown([load(1_000)], { isTty: true, columns: 20 });
  expect(text.split('\r\u001b[2K')[1]).toBe('measuring 1/10 s: 1');
});

test('a log gets plain lines, every five seconds and at each change', () => {
  const events = [
    { kind: 'step', text: 'starting PostgreSQL' } as const,
    load(500, 'warm-up'),
    load(1_500, 'warm-up'),
    ...[1, 2, 3, 4, 5, 6, 7].map((second) => load(second * 1_000)),
    { kind: 'step', text: 'stopping' } as const,
  ];
  expect(shown(events).trimEnd().split('\n')).toEqual([
    'starting PostgreSQL',
    progressText(load(500, 'warm-up')),
    progressText(load(1_000)),
    progressText(load(6_000)),
    'stopping',
  ]);
});

test('nothing is written at the end when nothing was shown', () => {
  expect(shown([], { isTty: true })).toBe('');
});

test('of two hundred short steps a log shows the first and each tenth, a terminal every one', () => {
  const steps = Array.from({ length: 200 }, (_, index): ProgressEvent => {
    const done = index + 1;
    return { kind: 'step', text: `round ${done} of 200`, position: { done, total: 200 } };
  });
  const logged = shown(steps).trim().split('\n');
  expect(logged).toEqual(
    [1, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200].map((done) => `round ${done} of 200`),
  );
  expect(shown(steps, { isTty: true })).toContain('round 137 of 200');
});
