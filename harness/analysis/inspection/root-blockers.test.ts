import { expect, test } from 'vitest';
import type { SessionAt } from './inspection.ts';
import { rootBlockers } from './root-blockers.ts';

const session = (pid: number): SessionAt => ({
  ...{ pid, application: `app-${pid}`, role: 'ann', database: 'shop' },
  ...{ state: 'idle_in_transaction', transactionMs: 1_000 },
});
const sessions = new Map([1, 2, 3, 4].map((pid) => [pid, session(pid)]));
const found = (waiting: Parameters<typeof rootBlockers>[0]) =>
  rootBlockers(waiting, sessions).map(({ session: it, isPrepared, waiting: count }) => [
    it?.pid ?? null,
    isPrepared,
    count,
  ]);

test('a chain has one root, whom all of it waits for', () => {
  expect(
    found([
      { pid: 2, blockedBy: [1] },
      { pid: 3, blockedBy: [2, 1] },
      { pid: 4, blockedBy: [3] },
    ]),
  ).toEqual([[1, false, 3]]);
});

test('of two roots the one with more behind it comes first', () => {
  expect(
    found([
      { pid: 3, blockedBy: [1] },
      { pid: 4, blockedBy: [2] },
      { pid: 5, blockedBy: [2] },
    ]),
  ).toEqual([
    [2, false, 2],
    [1, false, 1],
  ]);
});

test('pid 0 is a prepared transaction, which has no session', () => {
  expect(found([{ pid: 3, blockedBy: [0] }])).toEqual([[null, true, 1]]);
});

test('one that is gone when it is looked at is still somebody', () => {
  expect(found([{ pid: 3, blockedBy: [99] }])).toEqual([[null, false, 1]]);
});

test('a deadlock has no root, and ends the search', () => {
  expect(
    found([
      { pid: 1, blockedBy: [2] },
      { pid: 2, blockedBy: [1] },
    ]),
  ).toEqual([]);
  expect(found([])).toEqual([]);
});
