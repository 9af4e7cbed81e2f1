import { expect, test } from 'vitest';
import { ERROR_CLASSES } from '../../../server/contract.ts';
import { seededRandom } from '../../seeded-random.ts';
import { type AttemptFailure, retryPauseMs } from './retry.ts';

const policy = { retriesMax: 3, backoffMs: 100 };
const most = (): number => 1 - Number.EPSILON;

test('without a policy nothing is repeated', () => {
  expect(retryPauseMs(null, { attempts: 1, failure: 'lost' }, most)).toBeNull();
});

test.each<AttemptFailure>([
  'pool_timeout',
  'too_many_connections',
  'db_unavailable',
  'deadlock',
  'conn_lost',
  'not_connected',
  'lost',
  'timed_out',
])('%s may be over in a moment, and is repeated', (failure) => {
  expect(retryPauseMs(policy, { attempts: 1, failure }, most)).not.toBeNull();
});

test('what would fail in the same way again is not repeated', () => {
  const refusedAgain = ERROR_CLASSES.filter(
    (failure) => retryPauseMs(policy, { attempts: 1, failure }, most) === null,
  );
  expect(refusedAgain.toSorted()).toEqual([
    'bad_request',
    'client_abort',
    'db_auth',
    'lock_timeout',
    'other',
    'sql_error',
    'statement_timeout',
    'tx_timeout',
  ]);
});

test('there are as many further attempts as the policy allows', () => {
  const allowed = [1, 2, 3, 4, 5].map(
    (attempts) => retryPauseMs(policy, { attempts, failure: 'lost' }, most) !== null,
  );
  expect(allowed).toEqual([true, true, true, false, false]);
});

test('the longest pause doubles from attempt to attempt, up to ten seconds', () => {
  const patient = { retriesMax: 20, backoffMs: 100 };
  const pauses = [1, 2, 3, 8, 20].map((attempts) =>
    Math.round(retryPauseMs(patient, { attempts, failure: 'lost' }, most) ?? Number.NaN),
  );
  expect(pauses).toEqual([100, 200, 400, 10_000, 10_000]);
});

test('pauses are spread evenly from nothing to the longest, so that clients part', () => {
  const random = seededRandom(7);
  const pauses = Array.from(
    { length: 4_000 },
    () => retryPauseMs(policy, { attempts: 2, failure: 'lost' }, random) ?? Number.NaN,
  );
  const tenths = Array.from(
    { length: 10 },
    (_, tenth) => pauses.filter((ms) => ms >= tenth * 20 && ms < (tenth + 1) * 20).length,
  );
  // 400 expected in each, with a standard deviation of 19.
  for (const count of tenths) expect(Math.abs(count - 400)).toBeLessThan(5 * 19);
  expect(tenths.reduce((sum, count) => sum + count, 0)).toBe(pauses.length);
});
