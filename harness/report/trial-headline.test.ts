import { expect, test } from 'vitest';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { report } from './test/flat-report.ts';
import { FITTING, NO_ERRORS, OVERLOADED, openPlan } from './test/sample-situations.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { trialHeadline } from './trial-headline.ts';

test.each<[string, Partial<WatchedTrial>, string, boolean]>([
  [
    'refused',
    {},
    'EXHAUSTED: 1,204 of 9,310 requests refused (13 %, SQLSTATE 53300). 4 workers × (5+10) can open 60; 26 are usable',
    false,
  ],
  [
    'pool timeouts without a refusal are another thing',
    {
      refusals: NO_ERRORS.refusals,
      attempts: { ...sampleTrial().attempts, httpErrors: { pool_timeout: 12 } },
      requests: { ...sampleTrial().requests, httpErrors: { pool_timeout: 12 } },
    },
    'STARVED, not exhausted: 12 of 9,310 requests got no connection from the pool (pool_timeout); 0 refused.',
    false,
  ],
  [
    'other errors',
    { ...NO_ERRORS, requests: { ...NO_ERRORS.requests, scheduled: 8_100, lost: 6 } },
    'FAILED REQUESTS: 6 of 8,100 (6 lost: the connection broke before the answer), 0 refused.',
    false,
  ],
  [
    'other errors have their causes with them, the most frequent first',
    {
      ...NO_ERRORS,
      requests: { ...NO_ERRORS.requests, scheduled: 8_200, timeouts: 100, dropped: 6 },
    },
    'FAILED REQUESTS: 106 of 8,200 (100 timed out at the client, 6 dropped at the cap), 0 refused.',
    false,
  ],
  [
    'answers that nobody waited for are no good news, though all of them are right',
    {
      ...FITTING,
      wholeRun: { ...sampleTrial().wholeRun, throughputPerSecond: 809, goodputPerSecond: 800 },
      throughputPerSecond: 809,
      goodputPerSecond: 400,
    },
    'LATE: 0 refused, but 51 % of the right answers took longer than 1.00 s: 809/s, 400/s of them in time, p99 190 ms; limited by',
    false,
  ],
  [
    'one late answer in twenty is none too many',
    { ...FITTING, throughputPerSecond: 800, goodputPerSecond: 760 },
    'FITS: 0 refused at 800 right answers/s (760 within 1.00 s)',
    true,
  ],
  [
    'requests that were never sent did not fail',
    { ...FITTING, requests: { ...NO_ERRORS.requests, scheduled: 8_100, dropped: 6 } },
    'DROPPED REQUESTS: 6 of 8,100 were never sent, all connections of the generator were busy; 0 of those sent failed.',
    false,
  ],
  [
    'a database that nobody asked was not found to be enough',
    {
      ...FITTING,
      caveats: [{ code: 'no_connection', grade: 'DEGRADED', detail: 'none', advice: 'a' }],
    },
    'NO CONNECTION: the service opened none to the database it was given; does it read DATABASE_URL? 0 failed at 809 right answers/s',
    false,
  ],
  [
    'what a stop cut off did not fail',
    {
      ...FITTING,
      ended: 'aborted',
      verdict: 'INVALID',
      caveats: [{ code: 'interrupted', grade: 'INVALID', detail: 'stopped', advice: 'a' }],
      requests: { ...NO_ERRORS.requests, scheduled: 8_100, unanswered: 6 },
    },
    ': FITS: 0 refused at 809 right answers/s',
    false,
  ],
  [
    'failures that retries hide from the users are not hidden from the answer',
    {
      ...FITTING,
      plan: openPlan({ retries: '1' }),
      attempts: { ...NO_ERRORS.attempts, started: 8_194, timeouts: 100 },
    },
    'FAILED ATTEMPTS: 100 of 8,194 (100 timed out at the client), hidden from all users by retries; 0 refused.',
    false,
  ],
  [
    'pool timeouts that retries hide are starvation all the same',
    {
      ...FITTING,
      plan: openPlan({ retries: '1' }),
      attempts: { ...NO_ERRORS.attempts, started: 8_194, httpErrors: { pool_timeout: 100 } },
    },
    'STARVED, not exhausted: 100 of 8,194 attempts got no connection from the pool (pool_timeout), 0 of 8,094 requests after retries; 0 refused.',
    false,
  ],
  [
    'fits',
    FITTING,
    'FITS: 0 refused at 809 right answers/s (790 within 1.00 s), p99 190 ms. 4 workers × (5+10) can open 60; 96 are usable',
    true,
  ],
  [
    'overloaded',
    OVERLOADED,
    'OVERLOADED: backlog grows by 212 requests/s at 800/s offered; 585/s answered right, 310/s within 1.00 s; limited by the pools. 4 workers × (5+10) can open 60; 96 are usable',
    false,
  ],
  [
    'overloaded where a cap keeps the backlog from growing',
    { ...OVERLOADED, steadyState: { ...OVERLOADED.steadyState, backlogPerSecond: null } },
    'OVERLOADED: more arrives than is answered at 800/s offered;',
    false,
  ],
  [
    'overload explains pool timeouts, which do not explain it',
    { ...OVERLOADED, requests: { ...NO_ERRORS.requests, httpErrors: { pool_timeout: 12 } } },
    ', 12 pool timeouts; limited by',
    false,
  ],
  [
    'drifting',
    {
      ...FITTING,
      verdict: 'INVALID',
      caveats: [{ code: 'drifting', grade: 'INVALID', detail: 'falls by 9 %', advice: 'a' }],
      steadyState: { ...sampleTrial().steadyState, state: 'drifting', detail: 'falls by 9 %' },
    },
    'DRIFTING, no number stands for it: falls by 9 %.',
    false,
  ],
  [
    'retries hide refusals from users, not from the answer',
    {
      ...FITTING,
      plan: openPlan({ retries: '2' }),
      attempts: {
        ...sampleTrial().attempts,
        started: 9_310,
        httpErrors: { too_many_connections: 931 },
      },
    },
    'EXHAUSTED: 931 of 9,310 attempts refused (10 %, SQLSTATE 53300), 0 of 8,094 requests after retries.',
    false,
  ],
  [
    'stopped by a threshold',
    { ...FITTING, ended: 'threshold_failed', measuredMs: 4_200 },
    'STOPPED by a threshold after 4.20 s of 10.0 s: FITS',
    false,
  ],
  ['could, but did not', NO_ERRORS, 'NOT EXHAUSTED THIS TIME: 0 refused', false],
  [
    'stopped early',
    { ...FITTING, ended: 'aborted', measuredMs: 4_200 },
    'INCOMPLETE, 4.20 s of 10.0 s: FITS',
    false,
  ],
  [
    'stopped early is no reason to hide what was seen',
    {
      ended: 'aborted',
      measuredMs: 4_200,
      verdict: 'INVALID',
      caveats: [{ code: 'interrupted', grade: 'INVALID', detail: 'stopped', advice: 'a' }],
    },
    'INCOMPLETE, 4.20 s of 10.0 s: EXHAUSTED: 1,204',
    false,
  ],
  [
    'not believable, whatever was seen',
    {
      verdict: 'INVALID',
      caveats: [
        { code: 'law_broken', grade: 'INVALID', detail: 'the ledger is off by 3', advice: 'a' },
      ],
    },
    'INVALID, not to be believed: the ledger is off by 3',
    false,
  ],
])('the first line: %s', (_, changes, text, good) => {
  const headline = trialHeadline(sampleTrial(changes));
  expect(headline.text).toContain(text);
  expect(headline.good).toBe(good);
  expect(report(changes).startsWith(headline.text.slice(0, 30))).toBe(true);
});
