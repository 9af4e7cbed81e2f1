import { expect, test } from 'vitest';
import { causesText, failureCauses } from './failure-causes.ts';

const none = {
  httpErrors: {},
  connectionErrors: {},
  timeouts: 0,
  lost: 0,
  unanswered: 0,
};

test('causes are in words, the most frequent first, and none of zero', () => {
  const failures = { ...none, httpErrors: { pool_timeout: 2, deadlock: 0 }, timeouts: 7 };
  expect(causesText(failures)).toBe('7 timed out at the client, 2 pool_timeout');
});

test('an answer that named no reason is told by its status, and a right one that was not expected as such', () => {
  const failures = { ...none, httpErrors: { http_503: 3, http_200: 2, too_many_connections: 1 } };
  expect(failureCauses(failures).map(([cause]) => cause)).toEqual([
    'HTTP 503',
    'HTTP 200, which was not expected',
    'too_many_connections',
  ]);
});
