import { expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { AnswerLateness } from './answer-lateness.ts';
import { LoopTurns } from './loop-turns.ts';
import { VirtualLoop } from './test/virtual-loop.ts';

interface Situation {
  readonly connections: number;
  /** Time the other side takes for an answer. */
  readonly serviceMs: (random: () => number) => number;
  /** Time the process works on each answer before anything else can happen. */
  readonly workMs: number;
  /** From an answer to the next question; 0 asks at once. */
  readonly pauseMs: number;
  /** Length of something else the process does every 40 ms. */
  readonly blockMs: number;
}

const about =
  (ms: number) =>
  (random: () => number): number =>
    ms * (0.8 + 0.4 * random());
const exponential =
  (ms: number) =>
  (random: () => number): number =>
    -ms * Math.log(1 - random());
const mixed = (random: () => number): number => (random() < 0.6 ? 0.15 : 20);

test.each<readonly [string, Situation]>([
  [
    'an idle process',
    { connections: 1, serviceMs: about(30), workMs: 0.1, pauseMs: 5, blockMs: 0 },
  ],
  [
    'a process with little to do',
    { connections: 4, serviceMs: about(30), workMs: 0.1, pauseMs: 20, blockMs: 0 },
  ],
  [
    'a busy process and a fast database',
    { connections: 10, serviceMs: about(0.15), workMs: 0.2, pauseMs: 0, blockMs: 0 },
  ],
  [
    'a busy process and a slow database',
    { connections: 20, serviceMs: about(3), workMs: 0.2, pauseMs: 0, blockMs: 0 },
  ],
  [
    'a busy process and an erratic database',
    { connections: 20, serviceMs: exponential(2), workMs: 0.2, pauseMs: 0, blockMs: 0 },
  ],
  [
    'fast and slow statements in turn',
    { connections: 10, serviceMs: mixed, workMs: 0.3, pauseMs: 0, blockMs: 0 },
  ],
  [
    'a process that stops now and then, and a fast database',
    { connections: 4, serviceMs: about(0.3), workMs: 0.1, pauseMs: 3, blockMs: 20 },
  ],
  [
    'a process that stops now and then, and answers that come meanwhile',
    { connections: 4, serviceMs: about(5), workMs: 0.1, pauseMs: 3, blockMs: 20 },
  ],
  [
    'a process that stops now and then, and a very slow database',
    { connections: 4, serviceMs: about(60), workMs: 0.1, pauseMs: 0, blockMs: 20 },
  ],
])('the time to an answer is divided right to 5 %% of it: %s', (_name, situation) => {
  const { saidMs, trueMs, answerMs } = simulate(situation);
  expect(Math.abs(saidMs - trueMs)).toBeLessThan(0.05 * answerMs);
});

test('the rest of a long answer is late by what its beginning took to handle', () => {
  const loop = new VirtualLoop();
  const ledger = new AnswerLateness(new LoopTurns(loop));
  // Three pieces, all there when the loop looks.
  for (let piece = 0; piece < 3; piece++) {
    loop.event(10, () => {
      ledger.answered();
      loop.work(4);
    });
  }
  loop.run(30);
  expect(ledger.totalMs).toBeCloseTo(4 + 4, 9);
});

test('a question in several pieces is asked with the first', () => {
  const loop = new VirtualLoop();
  const ledger = new AnswerLateness(new LoopTurns(loop));
  loop.event(1, () => ledger.answered());
  loop.event(2, () => {
    ledger.asked();
    loop.event(loop.nowMs(), () => ledger.answered());
    loop.work(40);
    ledger.asked();
    loop.work(10);
  });
  loop.run(100);
  // In the middle of the 50 ms since the question.
  expect(ledger.totalMs).toBeCloseTo(25, 9);
});

test('an answer is never late by more than the time since its question', () => {
  const loop = new VirtualLoop();
  const ledger = new AnswerLateness(new LoopTurns(loop));
  loop.event(1, () => ledger.answered());
  loop.event(1, () => loop.work(50));
  loop.event(2, () => {
    ledger.asked();
    loop.event(loop.nowMs(), () => ledger.answered());
    loop.work(3);
  });
  loop.run(100);
  expect(ledger.totalMs).toBeLessThanOrEqual(3);
});

/** Means per answer, in ms: the loop's lateness as said and as it was, and the time from the question. */
function simulate({ connections, serviceMs, workMs, pauseMs, blockMs }: Situation) {
  const loop = new VirtualLoop();
  const turns = new LoopTurns(loop);
  const random = seededRandom(7);
  let answers = 0;
  let lateMs = 0;
  let answeredMs = 0;
  const ledgers = Array.from({ length: connections }, () => {
    const ledger = new AnswerLateness(turns);
    const ask = (): void => {
      const askedMs = loop.nowMs();
      ledger.asked();
      loop.event(askedMs + serviceMs(random), (readyMs) => {
        answers += 1;
        lateMs += loop.nowMs() - readyMs;
        answeredMs += loop.nowMs() - askedMs;
        ledger.answered();
        loop.work(workMs);
        if (pauseMs === 0) ask();
        else loop.timer(loop.nowMs() + pauseMs, ask);
      });
    };
    loop.timer(random() * 10, ask);
    return ledger;
  });
  const block = (): void => {
    loop.work(blockMs);
    loop.timer(loop.nowMs() + 40 - blockMs, block);
  };
  if (blockMs > 0) loop.timer(20, block);
  loop.run(10_000);
  const saidMs = ledgers.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return { saidMs: saidMs / answers, trueMs: lateMs / answers, answerMs: answeredMs / answers };
}
