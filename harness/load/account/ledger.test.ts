import { expect, test } from 'vitest';
import type { Ledger } from '../load-engine.ts';
import { answered, lost, refused, right } from '../test/moved-recorder.ts';
import { answeredRequests, checkLedger, endedRequests, LedgerAccount } from './ledger.ts';

/** 21 users, two of them dropped, one given up before it was sent; 5 attempts were followed by another. */
const sound: Ledger = {
  scheduled: 21,
  ok: 6,
  httpErrors: { too_many_connections: 3, pool_timeout: 2 },
  refusalReasons: { all_slots: 2, reserved: 1 },
  connectionErrors: { ECONNREFUSED: 3 },
  timeouts: 2,
  dropped: 2,
  lost: 1,
  unanswered: 2,
  attempts: {
    started: 23,
    ok: 6,
    httpErrors: { too_many_connections: 5, pool_timeout: 2 },
    refusalReasons: { all_slots: 4, reserved: 1 },
    connectionErrors: { ECONNREFUSED: 4 },
    timeouts: 1,
    lost: 3,
    unanswered: 2,
  },
};

test('a ledger that adds up breaks no law', () => {
  expect(checkLedger(sound)).toEqual([]);
  expect(answeredRequests(sound)).toBe(11);
  expect(answeredRequests(sound.attempts)).toBe(13);
  expect(endedRequests(sound)).toBe(21);
});

test.each([
  ['scheduled', { scheduled: 22 }],
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
      expect.stringMatching(/^scheduled \d+ = ok \d.* which is \d+$/),
    ]);
  },
);

test.each([
  ['started', { started: 24 }],
  ['an HTTP error', { httpErrors: { too_many_connections: 5, pool_timeout: 3 } }],
  ['a connection error', { connectionErrors: { ECONNREFUSED: 5 } }],
  ['timeouts', { timeouts: 2 }],
  ['lost', { lost: 4 }],
  ['unanswered', { unanswered: 1 }],
] satisfies readonly (readonly [string, Partial<Ledger['attempts']>])[])(
  'a miscounted %s of attempts is named with both sides',
  (_, wrong) => {
    expect(checkLedger({ ...sound, attempts: { ...sound.attempts, ...wrong } })).toEqual([
      expect.stringMatching(/^attempts \d+ = ok \d.* which is \d+$/),
    ]);
  },
);

test('a right answer that no attempt brought breaks a law', () => {
  const attempts = { ...sound.attempts, ok: 5, lost: 4 };
  expect(checkLedger({ ...sound, attempts })).toEqual(['right answers to attempts 5 = to users 6']);
});

test.each([
  ['http errors', { httpErrors: { pool_timeout: 4 }, refusalReasons: {} }, { started: 20 }],
  ['connection errors', { connectionErrors: {} }, { started: 19 }],
  ['lost', { lost: 0 }, { started: 20 }],
] satisfies readonly (readonly [
  string,
  Partial<Ledger['attempts']>,
  Partial<Ledger['attempts']>,
])[])('%s that users saw and no attempt had break a law', (what, wrong, adjusted) => {
  const attempts = { ...sound.attempts, ...wrong, ...adjusted };
  expect(checkLedger({ ...sound, attempts })).toEqual([
    expect.stringMatching(new RegExp(`^${what} of users \\d ≤ of attempts \\d$`)),
  ]);
});

test('refusals without a reason break a law, of users as of attempts', () => {
  expect(checkLedger({ ...sound, refusalReasons: { all_slots: 2 } })).toEqual([
    'refusals by reason 2 = too_many_connections 3',
  ]);
  const attempts = { ...sound.attempts, refusalReasons: { all_slots: 4 } };
  expect(checkLedger({ ...sound, attempts })).toEqual([
    'refusals of attempts by reason 4 = too_many_connections 5',
  ]);
});

test('counts that are not counts break a law even where they add up', () => {
  expect(checkLedger({ ...sound, timeouts: 2.5, unanswered: 1.5 })).toEqual([
    'timeouts 2.5 is a count',
    'unanswered 1.5 is a count',
  ]);
  const attempts = { ...sound.attempts, timeouts: -1, unanswered: 4 };
  expect(checkLedger({ ...sound, attempts })).toEqual(['timeouts -1 is a count']);
});

test('an account writes users and attempts down apart', () => {
  const account = new LedgerAccount();
  account.schedule();
  account.startAttempt();
  account.endAttempt(answered(refused));
  account.startAttempt();
  account.endAttempt(lost);
  account.startAttempt();
  expect(checkLedger(account.snapshot())).toHaveLength(2);
  account.endAttempt(answered(right));
  account.end(answered(right));
  const ledger = account.snapshot();
  expect(checkLedger(ledger)).toEqual([]);
  expect(ledger).toMatchObject({ scheduled: 1, ok: 1, httpErrors: {}, lost: 0 });
  expect(ledger.attempts).toMatchObject({
    started: 3,
    ok: 1,
    httpErrors: { too_many_connections: 1 },
    refusalReasons: { reserved: 1 },
    lost: 1,
  });
});

test('connection errors of endless variety do not grow the ledger endlessly', () => {
  const account = new LedgerAccount();
  for (let code = 0; code < 100; code += 1) {
    account.schedule();
    account.startAttempt();
    account.endAttempt({ kind: 'not_connected', code: `E${code}` });
    account.end({ kind: 'not_connected', code: `E${code}` });
  }
  const ledger = account.snapshot();
  expect(Object.keys(ledger.connectionErrors)).toHaveLength(51);
  expect(ledger.connectionErrors['OTHER']).toBe(50);
  expect(checkLedger(ledger)).toEqual([]);
});
