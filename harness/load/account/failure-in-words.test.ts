import { expect, test } from 'vitest';
import { failureInWords } from './failure-in-words.ts';

test.each([
  ['FATAL:  sorry, too many clients already', 'too_many_connections', 'all_slots'],
  ['no more connections allowed (max_client_conn)', 'too_many_connections', 'pooler_clients'],
  ['QueuePool limit of size 5 overflow 10 reached, connection timed out', 'pool_timeout', null],
  ['error: deadlock detected', 'deadlock', null],
  ['ERROR: canceling statement due to statement timeout', 'statement_timeout', null],
  ['canceling statement due to lock timeout', 'lock_timeout', null],
  ['terminating connection due to idle-in-transaction timeout', 'tx_timeout', null],
  ['FATAL:  password authentication failed for user "app"', 'db_auth', null],
  ['the database system is starting up', 'db_unavailable', null],
  ['Error: Connection terminated unexpectedly', 'conn_lost', null],
])('"%s" is %s, %s', (text, errorClass, refusalReason) => {
  expect(failureInWords(text)).toEqual({ errorClass, refusalReason });
});

test('a pool that gave up because it was refused connections tells of the refusal', () => {
  const trace =
    'SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 3000ms\n' +
    'Caused by: PSQLException: FATAL: sorry, too many clients already';
  expect(failureInWords(trace)).toMatchObject({ errorClass: 'too_many_connections' });
});

test.each([
  'Internal Server Error',
  '',
  'connect ECONNREFUSED 127.0.0.1:6379',
  'request timed out',
])('"%s" says nothing that is known', (text) => {
  expect(failureInWords(text)).toBeNull();
});
