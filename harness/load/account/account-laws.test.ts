import { expect, test } from 'vitest';
import type { LoadSecond } from '../load-engine.ts';
import { type Account, checkAccount } from './account-laws.ts';

const endings = {
  ok: 3,
  httpErrors: { pool_timeout: 1 },
  refusalReasons: {},
  connectionErrors: { ECONNREFUSED: 1 },
  timeouts: 1,
  lost: 1,
  unanswered: 1,
};

const noHistograms = {
  latencyUs: { ok: null, error: null, censored: null },
  componentsUs: { lag: null, wait: null, connect: null, db: null, loop: null, rest: null },
};

const firstSecond: LoadSecond = {
  second: 0,
  started: 6,
  dropped: 1,
  good: 2,
  inFlightSeconds: 1.5,
  outcomes: { ok: 2, error: 1, censored: 0 },
  ...noHistograms,
};
const secondSecond: LoadSecond = {
  second: 1,
  started: 2,
  dropped: 1,
  good: 0,
  inFlightSeconds: 0.25,
  outcomes: { ok: 1, error: 2, censored: 2 },
  ...noHistograms,
};

const sound: Account = {
  ledger: { scheduled: 10, dropped: 2, ...endings, attempts: { started: 8, ...endings } },
  good: 2,
  latencySamples: { ok: 3, error: 3, censored: 2 },
  lagSamples: 10,
  rightAnswers: {
    samples: { lag: 3, wait: 3, connect: 3, db: 3, loop: 3, rest: 3, service: 3 },
    timed: { answers: 3, wait: 3, connect: 3, db: 3, loop: 3, total: 3 },
    latencySumUs: 60_000,
  },
  breakdown: [
    {
      fromUs: 1,
      count: 1,
      sumUs: { lag: 0, wait: 0, connect: 0, db: 4_000, loop: 0, rest: 6_000 },
    },
    {
      fromUs: 20,
      count: 2,
      sumUs: { lag: 1_000, wait: 30_000, connect: 5_000, db: 9_000, loop: 2_000, rest: 3_000 },
    },
  ],
  answersByWorker: { 1: 3, 2: 1 },
  byRequest: [
    { name: 'GET /', ok: 2, failed: 4 },
    { name: 'POST /orders', ok: 1, failed: 1 },
  ],
  inFlightSeconds: 1.75,
  seconds: [firstSecond, secondSecond],
};

test('an account that agrees with itself breaks no law', () => {
  expect(checkAccount(sound)).toEqual([]);
});

const { samples, timed } = sound.rightAnswers;

/** One miscount each, and the law that tells. */
const MISCOUNTS: Readonly<Record<string, Partial<Account>>> = {
  'latencies of right answers 4 = in the account 3': {
    latencySamples: { ok: 4, error: 3, censored: 2 },
  },
  'latencies of failures 2 = in the account 3': {
    latencySamples: { ok: 3, error: 2, censored: 2 },
  },
  'ages of the unanswered 1 = in the account 2': {
    latencySamples: { ok: 3, error: 3, censored: 1 },
  },
  'lags of the generator 9 = in the account 10': { lagSamples: 9 },
  ...Object.fromEntries(
    Object.keys(samples).map((name) => [
      `${name} of right answers 2 = in the account 3`,
      { rightAnswers: { ...sound.rightAnswers, samples: { ...samples, [name]: 2 } } },
    ]),
  ),
  'answers in the breakdown 5 = in the account 3': {
    breakdown: sound.breakdown.map((bucket, index) => ({ ...bucket, count: 2 + index })),
  },
  'answers of all workers 3 = in the account 4': { answersByWorker: { 1: 2, 2: 1 } },
  'started in all seconds 9 = in the account 8': {
    seconds: [firstSecond, { ...secondSecond, started: 3 }],
  },
  'dropped in all seconds 1 = in the account 2': {
    seconds: [firstSecond, { ...secondSecond, dropped: 0 }],
  },
  'good in all seconds 3 = in the account 2': {
    seconds: [firstSecond, { ...secondSecond, good: 1 }],
  },
  'ok in all seconds 2 = in the account 3': {
    seconds: [firstSecond, { ...secondSecond, outcomes: { ok: 0, error: 2, censored: 2 } }],
  },
  'error in all seconds 4 = in the account 3': {
    seconds: [firstSecond, { ...secondSecond, outcomes: { ok: 1, error: 3, censored: 2 } }],
  },
  'censored in all seconds 1 = in the account 2': {
    seconds: [firstSecond, { ...secondSecond, outcomes: { ok: 1, error: 2, censored: 1 } }],
  },
  'seconds that right answers were made of 0.06 = in the account 0.061': {
    rightAnswers: { ...sound.rightAnswers, latencySumUs: 61_000 },
  },
  'right answers, timed or not 4 = in the account 3': {
    rightAnswers: { ...sound.rightAnswers, timed: { ...timed, answers: 4 } },
  },
  'right answers by request 4 = in the account 3': {
    byRequest: [{ name: 'GET /', ok: 4, failed: 5 }],
  },
  'failures by request 6 = in the account 5': {
    byRequest: [{ name: 'GET /', ok: 3, failed: 6 }],
  },
  'request-seconds in flight in all seconds 1.75 = in the account 2': { inFlightSeconds: 2 },
};

test.each(Object.entries(MISCOUNTS))('%s', (law, wrong) => {
  const broken = checkAccount({ ...sound, ...wrong });
  expect(broken).toEqual([law]);
});

test('what is not a number is not equal to anything', () => {
  expect(checkAccount({ ...sound, inFlightSeconds: Number.NaN })).toEqual([
    'request-seconds in flight in all seconds 1.75 = in the account NaN',
  ]);
});

test("the ledger's own laws are among them", () => {
  const ledger = { ...sound.ledger, attempts: { ...sound.ledger.attempts, started: 9 } };
  expect(checkAccount({ ...sound, ledger })).toEqual([expect.stringMatching(/^attempts 9 = /)]);
});

test('a part that some answers told has as many samples as there were such answers', () => {
  const toldByTwo = { samples: { ...samples, db: 2 }, timed: { ...timed, db: 2 } };
  const rightAnswers = { ...sound.rightAnswers, ...toldByTwo };
  expect(checkAccount({ ...sound, rightAnswers })).toEqual([]);
});

test('where requests are not counted by what they are, nothing is missing', () => {
  expect(checkAccount({ ...sound, byRequest: [] })).toEqual([]);
});

test('sums may differ by rounding', () => {
  expect(checkAccount({ ...sound, inFlightSeconds: 1.75 + 1e-12 })).toEqual([]);
});
