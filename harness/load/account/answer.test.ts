import { expect, test } from 'vitest';
import { HEADERS } from '../../../server/contract.ts';
import { readAnswer } from './answer.ts';
import { parseServerTiming } from './server-timing.ts';

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
