import { expect, test } from 'vitest';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { POOLER_DEFAULTS } from '../plan/pooler.ts';
import { flat } from './test/flat-report.ts';
import { OVERLOADED, openPlan } from './test/sample-situations.ts';
import { sampleTrial } from './test/sample-trial.ts';

test.each<[string, MeasuredTrial['plan'], string]>([
  ['closed', sampleTrial().plan, 'LOAD hold, 64 clients, 10.0 s: 9,310 requests, 8,094 answered'],
  [
    'open',
    openPlan({ seed: '7' }),
    'LOAD point, 800/s poisson (seed 7), at most 256 in flight, more are dropped, 10.0 s:',
  ],
  [
    'stages',
    openPlan({ rate: 'none', stages: '1:2s,1..9:3s', arrivals: 'constant', atCap: 'queue' }),
    'LOAD point, 1/s:2s, 1/s..9/s:3s constant, at most 256 in flight, more queue,',
  ],
  [
    'impatient',
    openPlan({ requestTimeout: '5s', threads: '2' }),
    '2 threads, patient for 5.00 s, 10.0 s:',
  ],
])('who asked: %s', (_, plan, says) => {
  expect(flat({ plan })).toContain(says);
});

test('how far the database was, and how well that was kept', () => {
  const plan = openPlan({ dbRtt: '20ms', dbJitter: '5ms', dbBandwidth: '100mbit' });
  const distance = {
    ...{ connections: 4, deliveries: 1_000, eventLoopUtilization: 0.12 },
    ...{ lateMsP50: 0.1, lateMsP99: 1.2, lateMsMax: 7 },
  };
  expect(flat({ plan, distance })).toContain(
    'DISTANCE a round trip to the database takes 20 ± 5 ms over 100mbit, made by a process of the lab; delivered 0.10 ms late at p50, 1.2 ms at p99, 12 % busy',
  );
  expect(flat({ plan, distance })).not.toContain('another network');
  expect(flat()).not.toContain('DISTANCE');
  expect(flat({ plan: { ...plan, pooler: POOLER_DEFAULTS } })).toContain(
    'DISTANCE a round trip to PgBouncer takes 20 ± 5 ms',
  );
});

test('goodput stands beside throughput, each with its interval, and both beside what was offered', () => {
  expect(flat()).toContain(
    'RATE 809 [797–822] right answers/s, 790 [778–802] within 1.00 s ERRORS',
  );
  expect(flat({ offeredPerSecond: 811 })).toContain('RATE 811/s offered: 809 [797–822] right');
});

test('a withheld rate is a dash, with the whole run beside it', () => {
  expect(flat(OVERLOADED)).toContain(
    'RATE 800/s offered: – right answers/s, – within 1.00 s whole run: 585 right answers/s, 310 within 1.00 s',
  );
});

test('attempts stand beside the users they belong to, only where clients retry', () => {
  const plan = openPlan({ retries: '2', retryBackoff: '50ms' });
  const attempts = { ...sampleTrial().attempts, started: 10_241 };
  expect(flat({ plan, attempts })).toContain(
    'ATTEMPTS 10,241, 1.10 a request: 2,147 failed (1,204 too_many_connections, 12 pool_timeout); up to 2 retries after 0 to 50 ms, doubled each time',
  );
  expect(flat()).not.toContain('ATTEMPTS');
});

test('errors come by cause, the most frequent first, refusals in PostgreSQL’s own words', () => {
  const text = flat();
  const order = [
    '1,204 too_many_connections',
    '1,004 × "remaining',
    '200 × "sorry',
    '12 pool_timeout',
  ];
  const places = order.map((part) => text.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});

test('who still waited when the run was stopped did not outwait the drain', () => {
  const requests = { ...sampleTrial().requests, unanswered: 9 };
  expect(flat({ requests })).toContain('9 unanswered when the drain ended');
  expect(flat({ requests, ended: 'aborted' })).toContain('9 cut off when the run was stopped');
  expect(flat({ requests, ended: 'threshold_failed' })).toContain(
    '9 cut off when the run was stopped',
  );
});
