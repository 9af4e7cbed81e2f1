import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPONENTS, type LoadResult, OUTCOMES } from '../load-engine.ts';
import {
  answered,
  lost,
  notConnected,
  refused,
  right,
  startRecorder,
  timedOut,
  unanswered,
} from '../test/moved-recorder.ts';
import type { Flight } from './flight.ts';
import { decodeHistogram, mergeHistograms } from './histogram.ts';
import type { Ending } from './ledger.ts';

test('a request that is still open at the end is a broken law, not a missing number', () => {
  const { recorder, send } = startRecorder();
  send(0);
  const { brokenLaws } = recorder.finish();
  expect(brokenLaws).toEqual([
    'in flight at 0 ms: by the ledger 1 = on the connections 0 = by the counter 1',
    expect.stringMatching(/^scheduled 1 = /),
    expect.stringMatching(/^attempts 1 = /),
  ]);
});

test('an answer counted twice is a broken law', () => {
  const { recorder, at, send } = startRecorder();
  const flight = send(0);
  at(10).end(flight, answered(right));
  at(20).end(flight, answered(right));
  expect(recorder.finish().brokenLaws).toEqual([
    'in flight at 20 ms: by the ledger -1 = on the connections 0 = by the counter -1',
    expect.stringMatching(/^scheduled 1 = /),
    'right answers to attempts 1 = to users 2',
    'answers of all workers 2 = in the account 1',
  ]);
});

test('an answer that no attempt asked for is a broken law', () => {
  const { recorder, at } = startRecorder();
  const flight = recorder.begin();
  at(10).end(flight, answered(refused));
  expect(recorder.finish().brokenLaws).toEqual([
    'http errors of users 1 ≤ of attempts 0',
    'answers of all workers 1 = in the account 0',
  ]);
});

test('what the engine sees on its connections is held against the account', () => {
  const { recorder, at, send } = startRecorder();
  const flight = send(0);
  recorder.checkBalance(1);
  at(5).checkBalance(0);
  at(10).end(flight, answered(right));
  expect(recorder.finish().brokenLaws).toEqual([
    'in flight at 5 ms: by the ledger 1 = on the connections 0 = by the counter 1',
  ]);
});

test('a law that is broken all the time is told ten times at most', () => {
  const { recorder, at } = startRecorder();
  for (let ms = 0; ms < 100; ms += 1) at(ms).checkBalance(1);
  expect(recorder.finish().brokenLaws).toHaveLength(10);
});

test('a clock that steps back is a broken law, and no time runs backwards', () => {
  const { recorder, at, send } = startRecorder();
  const flight = send(100);
  at(40).end(flight, answered(right));
  const record = recorder.finish();
  expect(record.brokenLaws).toEqual(['the clock went from 100000 µs back to 40000 µs']);
  expect(decodeHistogram(record.latencyUs.ok)).toMatchObject({ samples: 1, maxUs: 0 });
});

test('strange worker ids do not grow the result endlessly', () => {
  const { recorder, send } = startRecorder();
  for (let id = 0; id < 1_100; id += 1) {
    recorder.end(send(0), answered({ ...right, worker: `w${id}` }));
  }
  const { answersByWorker, brokenLaws } = recorder.finish();
  expect(Object.keys(answersByWorker)).toHaveLength(1_001);
  expect(answersByWorker['others']).toBe(100);
  expect(brokenLaws).toEqual([]);
});

const durationsMs = fc.double({ min: 0, max: 50, noNaN: true });
const timings = fc.record({
  wait: durationsMs,
  connect: durationsMs,
  db: durationsMs,
  loop: durationsMs,
  total: durationsMs,
});
const endings: fc.Arbitrary<Ending> = fc.oneof(
  timings.map((serverTiming) => answered({ ...right, serverTiming })),
  fc.constantFrom<Ending>(answered(right), answered(refused), lost, notConnected, timedOut),
);
interface Step {
  readonly afterMs: number;
  readonly what: 'begin' | 'late' | 'send' | 'retry' | 'end' | 'dropped' | 'look';
  readonly lateMs: number;
  readonly which: number;
  readonly ending: Ending;
}
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    afterMs: fc.double({ min: 0, max: 400, noNaN: true }),
    what: fc.constantFrom('begin', 'late', 'send', 'send', 'retry', 'end', 'dropped', 'look'),
    lateMs: fc.double({ min: 0, max: 2_500, noNaN: true }),
    which: fc.nat(),
    ending: endings,
  }),
  { maxLength: 150 },
);

test('whatever happens in whatever order, the laws hold and every account is the same', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 5_000 }), (sequence, durationMs) => {
      const { record, users, attempts } = play(sequence, durationMs);
      expect(record.brokenLaws).toEqual([]);
      expect(record.ledger.scheduled).toBe(users);
      expect(record.ledger.attempts.started).toBe(attempts);
      expect(record.inFlightSeconds).toBeCloseTo(record.residenceSeconds, 6);
      const sum = (pick: (second: LoadResult['seconds'][number]) => number): number =>
        record.seconds.reduce((total, second) => total + pick(second), 0);
      expect(sum(({ inFlightSeconds }) => inFlightSeconds)).toBeCloseTo(record.inFlightSeconds, 6);
      for (const outcome of OUTCOMES) {
        const whole = decodeHistogram(record.latencyUs[outcome]);
        const merged = mergeHistograms(record.seconds.map(({ latencyUs }) => latencyUs[outcome]));
        expect([...merged.values()]).toEqual([...whole.values()]);
        expect(sum(({ outcomes }) => outcomes[outcome])).toBe(whole.samples);
      }
      for (const component of COMPONENTS) {
        const whole = decodeHistogram(record.componentsUs[component]);
        const merged = mergeHistograms(
          record.seconds.map(({ componentsUs }) => componentsUs[component]),
        );
        expect([...merged.values()]).toEqual([...whole.values()]);
      }
    }),
    { numRuns: 60 },
  );
});

/** Does as an engine would: what a step asks for and no engine could do is left out. */
function play(sequence: readonly Step[], durationMs: number) {
  const { recorder, at } = startRecorder({ durationMs });
  const flying: { readonly flight: Flight; sent: boolean }[] = [];
  let users = 0;
  let attempts = 0;
  let ms = 0;
  const begin = (dueMs: number): void => {
    users += 1;
    flying.push({ flight: recorder.begin(dueMs * 1_000), sent: false });
  };
  for (const { afterMs, what, lateMs, which, ending } of sequence) {
    ms += afterMs;
    at(ms);
    const one = flying[which % Math.max(flying.length, 1)];
    if (what === 'look') recorder.checkBalance(flying.length);
    else if (what === 'begin' && !recorder.windowIsOver) begin(ms);
    else if (what === 'late') begin(Math.max(0, ms - lateMs));
    else if (what === 'dropped') {
      users += 1;
      recorder.dropped(Math.max(0, ms - lateMs) * 1_000);
    } else if (what === 'send' && one?.sent === false) {
      recorder.sent(one.flight);
      attempts += 1;
      one.sent = true;
    } else if (what === 'retry' && one?.sent === true) {
      recorder.attemptFailed(one.flight, ending.kind === 'answered' ? answered(refused) : ending);
      one.sent = false;
    } else if (what === 'end' && one !== undefined && (one.sent || ending.kind === 'timed_out')) {
      recorder.end(one.flight, ending);
      flying.splice(flying.indexOf(one), 1);
    }
  }
  for (const { flight } of flying) recorder.end(flight, unanswered);
  return { record: recorder.finish(), users, attempts };
}
