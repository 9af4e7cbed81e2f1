import { expect, test } from 'vitest';
import { HEADERS } from '../../../server/contract.ts';
import { rulesOf } from '../client/answer-rules.ts';
import { isUnnamed, namedByBody, readAnswer } from './answer.ts';
import { parseServerTiming } from './server-timing.ts';

const SERVICE = rulesOf({ expect: [{ from: 200, to: 399 }] });

test('a right answer names its worker and where its time went', () => {
  const answer = readAnswer(200, [
    'X-Pool-Lab-Worker',
    '3',
    'Server-Timing',
    'wait;dur=0.41, connect;dur=0, db;dur=1.9, total;dur=2.6',
  ]);
  expect(answer).toEqual({
    errorClass: null,
    refusalReason: null,
    worker: '3',
    serverTiming: { wait: 0.41, connect: 0, db: 1.9, total: 2.6 },
  });
});

test.each([
  ['too_many_connections', 'reserved', 'too_many_connections', 'reserved'],
  ['too_many_connections', 'a text nobody knows', 'too_many_connections', 'unknown'],
  ['pool_timeout', 'deadline', 'pool_timeout', null],
  ['something new', 'x', 'other', null],
])('the error class %s with reason %s counts as %s, %s', (name, reason, errorClass, refusal) => {
  const headers = [HEADERS.errorClass, name, HEADERS.errorReason, reason];
  expect(readAnswer(503, headers)).toMatchObject({ errorClass, refusalReason: refusal });
});

test('a failure that names nothing is other, of an unknown worker', () => {
  expect(readAnswer(502, [])).toMatchObject({ errorClass: 'other', worker: 'unknown' });
});

test('an error class beside a right status is no error', () => {
  expect(readAnswer(204, [HEADERS.errorClass, 'deadlock']).errorClass).toBeNull();
});

test.each([
  [404, [{ from: 404, to: 404 }], null],
  [200, [{ from: 404, to: 404 }], 'http_200'],
  [304, [{ from: 200, to: 299 }], 'http_304'],
  [503, [{ from: 200, to: 399 }], 'http_503'],
  [
    500,
    [
      { from: 200, to: 299 },
      { from: 500, to: 500 },
    ],
    null,
  ],
])("a service's %i where %j is expected counts as %s", (status, expect_, errorClass) => {
  expect(readAnswer(status, [], rulesOf({ expect: expect_ })).errorClass).toBe(errorClass);
});

test('a service that names an error class is believed, and its words are not needed', () => {
  const headers = [HEADERS.errorClass, 'pool_timeout'];
  const answer = readAnswer(500, headers, SERVICE);
  expect(answer.errorClass).toBe('pool_timeout');
  expect(isUnnamed(answer)).toBe(false);
  expect(namedByBody(answer, 'sorry, too many clients already')).toBe(answer);
});

test('a name that is not known leaves the word to the body, and that to the status', () => {
  const answer = readAnswer(500, [HEADERS.errorClass, 'something new'], SERVICE);
  expect(isUnnamed(answer)).toBe(true);
  expect(namedByBody(answer, '{"detail":"FATAL: sorry, too many clients already"}')).toMatchObject({
    errorClass: 'too_many_connections',
    refusalReason: 'all_slots',
  });
  expect(namedByBody(answer, 'Internal Server Error').errorClass).toBe('http_500');
});

test("the lab's own API is not asked for words: what it does not name is other", () => {
  expect(isUnnamed(readAnswer(500, []))).toBe(false);
});

test.each([
  ['db;dur=1', { db: 1 }],
  ['db;desc="x";dur=2.5', { db: 2.5 }],
  [' wait ; dur=3 ,db;dur=4', { wait: 3, db: 4 }],
  ['cache;dur=9, edge', {}],
  ['db;desc="dur=9";dur=2', { db: 2 }],
  ['edge, wait;dur=1', { wait: 1 }],
  ['db;desc=x, wait;dur=1', { wait: 1 }],
  ['db;dur=1;desc=x', { db: 1 }],
  ['db', {}],
  ['db;dur=-1, wait;dur=x', {}],
  ['db;dur=Infinity, wait;dur=1e300, loop;dur=3600000', { loop: 3_600_000 }],
  ['', {}],
])('Server-Timing "%s" reads %j', (header, timing) => {
  expect(parseServerTiming(header)).toEqual(timing);
});
