import { expect, test } from 'vitest';
import { answeredRequests, checkLedger, endedRequests, LedgerAccount } from './ledger.ts';
import type { Ledger } from './load-engine.ts';

const sound: Ledger = {
  scheduled: 21,
  ok: 6,
  httpErrors: { too_many_connections: 3, pool_timeout: 2 },
  refusalReasons: { all_slots: 2, reserved: 1 },
  connectionErrors: { ECONNREFUSED: 4 },
  timeouts: 1,
  dropped: 2,
  lost: 1,
  unanswered: 2,
};

test('a ledger that adds up breaks no law', () => {
  expect(checkLedger(sound)).toEqual([]);
  expect(answeredRequests(sound)).toBe(11);
  expect(endedRequests(sound)).toBe(21);
});

test.each([
  ['scheduled', { scheduled: 22 }],
  ['ok', { ok: 7 }],
  ['an HTTP error', { httpErrors: { too_many_connections: 3, pool_timeout: 1 } }],
  ['a connection error', { connectionErrors: {} }],
  ['timeouts', { timeouts: 0 }],
  ['dropped', { dropped: 3 }],
  ['lost', { lost: 0 }],
  ['unanswered', { unanswered: 1 }],
] satisfies readonly (readonly [string, Partial<Ledger>])[])(
  'a miscounted %s is named with both sides',
  (_, wrong) => {
    expect(checkLedger({ ...sound, ...wrong })).toEqual([
      expect.stringMatching(/^scheduled \d+ = /),
    ]);
  },
);

test('refusals without a reason break a law', () => {
  expect(checkLedger({ ...sound, refusalReasons: { all_slots: 2 } })).toEqual([
    'refusals by reason 2 = too_many_connections 3',
  ]);
});

test('counts that are not counts break a law even where they add up', () => {
  expect(checkLedger({ ...sound, ok: 7.5, lost: -0.5 })).toEqual([
    'ok 7.5 is a count',
    'lost -0.5 is a count',
  ]);
});

test('connection errors of endless variety do not grow the ledger endlessly', () => {
  const account = new LedgerAccount();
  for (let code = 0; code < 100; code += 1) {
    account.schedule();
    account.connectionFailed(`E${code}`);
  }
  const ledger = account.snapshot();
  expect(Object.keys(ledger.connectionErrors)).toHaveLength(51);
  expect(ledger.connectionErrors['OTHER']).toBe(50);
  expect(checkLedger(ledger)).toEqual([]);
});
