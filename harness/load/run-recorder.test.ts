import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from './answer.ts';
import { decodeHistogram, mergeHistograms } from './histogram.ts';
import { type LoadResult, OUTCOMES } from './load-engine.ts';
import { type Flight, RunRecorder } from './run-recorder.ts';

const right: Answer = { errorClass: null, refusalReason: null, worker: '1', serverTiming: {} };
const refused: Answer = {
  ...right,
  errorClass: 'too_many_connections',
  refusalReason: 'reserved',
  worker: '2',
};

/** A recorder on a clock that the test moves, started at a moment that is not zero. */
function startRecorder({ durationMs = 10_000, goodputDeadlineMs = 100 } = {}) {
  let nowUs = 123_456;
  const recorder = new RunRecorder({ clock: () => nowUs, durationMs, goodputDeadlineMs });
  recorder.start();
  return {
    recorder,
    at: (ms: number): RunRecorder => {
      nowUs = 123_456 + ms * 1000;
      return recorder;
    },
  };
}

test('each way to end is counted once, under its outcome, with its own time', () => {
  const { recorder, at } = startRecorder();
  const flights = Array.from({ length: 6 }, () => recorder.begin());
  const [first, second, third, fourth, fifth, sixth] = flights as [
    Flight,
    Flight,
    Flight,
    Flight,
    Flight,
    Flight,
  ];
  at(20).answered(first, right);
  at(30).answered(second, refused);
  at(40).lost(third);
  at(50).connectionFailed(fourth, 'ECONNREFUSED');
  at(60).timedOut(fifth);
  recorder.dropped();
  at(70).unanswered(sixth);
  const record = recorder.finish();

  expect(record.brokenLaws).toEqual([]);
  expect(record.ledger).toEqual({
    scheduled: 7,
    ok: 1,
    httpErrors: { too_many_connections: 1 },
    refusalReasons: { reserved: 1 },
    connectionErrors: { ECONNREFUSED: 1 },
    timeouts: 1,
    dropped: 1,
    lost: 1,
    unanswered: 1,
  });
  expect(record.answersByWorker).toEqual({ 1: 1, 2: 1 });
  expect(valuesMs(record.latencyUs.ok)).toEqual([20]);
  expect(valuesMs(record.latencyUs.error)).toEqual([30, 40, 50]);
  expect(valuesMs(record.latencyUs.censored)).toEqual([60, 70]);
});

test('requests over the edges of the window count for their part inside it', () => {
  const { recorder, at } = startRecorder({ durationMs: 1_000 });
  const short = recorder.begin();
  at(250).answered(short, right);
  const long = at(500).begin();
  at(1_400).answered(long, right);
  const record = recorder.finish();
  expect(record).toMatchObject({ durationMs: 1_000, drainMs: 400 });
  expect(record.inFlightSeconds).toBeCloseTo(0.25 + 0.5, 9);
  expect(record.residenceSeconds).toBeCloseTo(0.25 + 0.5, 9);
  expect(valuesMs(record.latencyUs.ok)).toEqual([250, 900]);
});

test('an early end shortens the window', () => {
  const { recorder, at } = startRecorder({ durationMs: 10_000 });
  const flight = recorder.begin();
  at(2_500).unanswered(flight);
  const record = recorder.finish();
  expect(record).toMatchObject({ durationMs: 2_500, drainMs: 0 });
  expect(record.inFlightSeconds).toBeCloseTo(2.5, 9);
  expect(record.seconds.map(({ second }) => second)).toEqual([0, 1, 2]);
});

test('a request belongs to the second it started in and to the second it ended in', () => {
  const { recorder, at } = startRecorder();
  const first = at(900).begin();
  const second = at(1_100).begin();
  at(1_150).answered(second, right);
  at(3_200).timedOut(first);
  const { seconds } = recorder.finish();
  expect(seconds.map(({ started, good, outcomes }) => ({ started, good, ...outcomes }))).toEqual([
    { started: 1, good: 0, ok: 0, error: 0, censored: 0 },
    { started: 1, good: 1, ok: 1, error: 0, censored: 0 },
    { started: 0, good: 0, ok: 0, error: 0, censored: 0 },
    { started: 0, good: 0, ok: 0, error: 0, censored: 1 },
  ]);
  expect(seconds[0]?.latencyUs).toEqual({ ok: null, error: null, censored: null });
  expect(valuesMs(seconds[3]?.latencyUs.censored ?? null)).toEqual([2_300]);
});

test('an answer is good when it is right and not later than the deadline', () => {
  const { recorder, at } = startRecorder({ goodputDeadlineMs: 100 });
  const flights = [recorder.begin(), recorder.begin(), recorder.begin()] as const;
  at(50).answered(flights[0], refused);
  at(100).answered(flights[1], right);
  at(100.001).answered(flights[2], right);
  expect(recorder.finish().good).toBe(1);
});

test('components are those of right answers, and the rest is what the server did not see', () => {
  const { recorder, at } = startRecorder();
  const [ok, failed, silent] = [recorder.begin(), recorder.begin(), recorder.begin()] as const;
  const serverTiming = { wait: 4, connect: 0, db: 5, total: 10 };
  at(12).answered(ok, { ...right, serverTiming });
  at(12).answered(failed, { ...refused, serverTiming });
  at(12).answered(silent, right);
  const { componentsUs } = recorder.finish();
  expect(
    Object.fromEntries(Object.entries(componentsUs).map(([name, h]) => [name, valuesMs(h)])),
  ).toEqual({ wait: [4], connect: [0], db: [5], total: [10], rest: [2] });
});

test('the silence of the target is the time since its last answer, of whatever kind', () => {
  const { recorder, at } = startRecorder();
  const [failed, late] = [recorder.begin(), recorder.begin()] as const;
  at(300).answered(failed, refused);
  at(800).timedOut(late);
  expect(at(1_000).sinceAnswerUs).toBe(700_000);
});

test('a request that is still open at the end is a broken law, not a missing number', () => {
  const { recorder } = startRecorder();
  recorder.begin();
  const { brokenLaws } = recorder.finish();
  expect(brokenLaws).toEqual([
    'in flight at 0 ms: by the ledger 1 = on the connections 0 = by the counter 1',
    expect.stringMatching(/^scheduled 1 = /),
  ]);
});

test('an answer counted twice is a broken law', () => {
  const { recorder, at } = startRecorder();
  const flight = recorder.begin();
  at(10).answered(flight, right);
  at(20).answered(flight, right);
  expect(recorder.finish().brokenLaws).not.toEqual([]);
});

test('what the engine sees on its connections is held against the account', () => {
  const { recorder, at } = startRecorder();
  const flight = recorder.begin();
  recorder.checkBalance(1);
  at(5).checkBalance(0);
  at(10).answered(flight, right);
  expect(recorder.finish().brokenLaws).toEqual([
    'in flight at 5 ms: by the ledger 1 = on the connections 0 = by the counter 1',
  ]);
});

test('a clock that steps back is a broken law, and no time runs backwards', () => {
  const { recorder, at } = startRecorder();
  const flight = at(100).begin();
  at(40).answered(flight, right);
  const record = recorder.finish();
  expect(record.brokenLaws).toEqual([expect.stringContaining('the clock went from')]);
  expect(valuesMs(record.latencyUs.ok)).toEqual([0]);
});

test('strange worker ids do not grow the result endlessly', () => {
  const { recorder } = startRecorder();
  for (let id = 0; id < 1_100; id += 1) {
    recorder.answered(recorder.begin(), { ...right, worker: `w${id}` });
  }
  const { answersByWorker, brokenLaws } = recorder.finish();
  expect(Object.keys(answersByWorker)).toHaveLength(1_001);
  expect(answersByWorker['others']).toBe(100);
  expect(brokenLaws).toEqual([]);
});

const steps = fc.array(
  fc.record({
    afterMs: fc.double({ min: 0, max: 400, noNaN: true }),
    what: fc.constantFrom('begin', 'right', 'refused', 'lost', 'failed', 'timedOut', 'dropped'),
    which: fc.nat(),
  }),
  { maxLength: 120 },
);

test('whatever happens in whatever order, the laws hold', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5_000 }), (sequence, durationMs) => {
      const record = play(sequence, durationMs);
      expect(record.brokenLaws).toEqual([]);
      expect(record.inFlightSeconds).toBeCloseTo(record.residenceSeconds, 6);
      const sum = (pick: (second: LoadResult['seconds'][number]) => number): number =>
        record.seconds.reduce((total, second) => total + pick(second), 0);
      expect(sum(({ started }) => started)).toBe(record.ledger.scheduled - record.ledger.dropped);
      expect(sum(({ good }) => good)).toBe(record.good);
      for (const outcome of OUTCOMES) {
        const whole = decodeHistogram(record.latencyUs[outcome]);
        const merged = mergeHistograms(record.seconds.map(({ latencyUs }) => latencyUs[outcome]));
        expect([...merged.values()]).toEqual([...whole.values()]);
        expect(sum(({ outcomes }) => outcomes[outcome])).toBe(whole.samples);
      }
    }),
    { numRuns: 60 },
  );
});

function play(
  sequence: readonly { readonly afterMs: number; readonly what: string; readonly which: number }[],
  durationMs: number,
) {
  const { recorder, at } = startRecorder({ durationMs });
  const open: Flight[] = [];
  let ms = 0;
  for (const { afterMs, what, which } of sequence) {
    ms += afterMs;
    at(ms);
    if (what === 'dropped') recorder.dropped();
    if (what === 'begin' && !recorder.windowIsOver) open.push(recorder.begin());
    const [flight] = what === 'begin' ? [] : open.splice(which % Math.max(open.length, 1), 1);
    if (flight === undefined) continue;
    if (what === 'right') recorder.answered(flight, right);
    else if (what === 'refused') recorder.answered(flight, refused);
    else if (what === 'lost') recorder.lost(flight);
    else if (what === 'failed') recorder.connectionFailed(flight, 'ECONNRESET');
    else recorder.timedOut(flight);
  }
  for (const flight of open) recorder.unanswered(flight);
  return recorder.finish();
}

function valuesMs(encoded: string | null): readonly number[] {
  if (encoded === null) return [];
  return [...decodeHistogram(encoded).values()].flatMap(({ us, count }) =>
    // A value is kept within 0.1 %: round to the whole ms that the test put in.
    Array.from({ length: count }, () => Math.round(us / 1000)),
  );
}
