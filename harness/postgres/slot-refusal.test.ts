import { expect, test } from 'vitest';
import { REFUSAL_REASONS } from '../../server/contract.ts';
import { refusalWord } from '../report/refusal-words.ts';
import { explainSlotRefusal, slotRefusalReason } from './slot-refusal.ts';

const address = { host: 'db', port: 5_432, user: 'ann', database: 'shop' };

const OF_SLOTS = REFUSAL_REASONS.filter((reason) => reason !== 'pooler_clients');

test.each(OF_SLOTS.flatMap((reason) => ['15.4', '18.4'].map((it) => [reason, it] as const)))(
  '%s is recognised in the words of PostgreSQL %s',
  (reason, version) => {
    expect(slotRefusalReason(refusalWord(reason, version))).toBe(reason);
  },
);

test.each([
  ['sorry, too many clients already', /nobody can connect now/, /kill -TERM/],
  [
    'remaining connection slots are reserved for non-replication superuser connections',
    /superusers still get one, "ann" and all applications do not/,
    /a superuser in DATABASE_URL/,
  ],
  ['too many connections for role "ann"', /other roles get them/, /another role/],
  ['too many connections for database "shop"', /"shop" has as many/, /e\.g\. postgres/],
])('"%s" is told with who still gets a slot, and the next step', (said, message, hint) => {
  const error = explainSlotRefusal(said, address, new Error(said));
  expect(error.code).toBe('NO_SLOT_FOR_MONITOR');
  expect(error.message).toMatch(message);
  expect(error.message).toContain(said);
  expect(error.hint).toMatch(hint);
});
