import { expect, test } from 'vitest';
import { SOURCE_DEFAULT } from './option-table.ts';
import { transportProblems } from './transport-problems.ts';

const ASKED = {
  dbTransport: 'tcp',
  postgres: 'embedded',
  pooler: 'none',
  dbRtt: 0,
  dbFault: [],
} as const;
const GIVEN = { dbTransport: '--db-transport' };

test.each(['tcp', 'tls', 'socket'] as const)(
  '%s to the lab’s own PostgreSQL is fine',
  (dbTransport) => {
    expect(transportProblems({ ...ASKED, dbTransport }, GIVEN)).toEqual([]);
  },
);

test('encryption over a distance is fine, in a sweep and with faults', () => {
  const asked = { ...ASKED, dbTransport: 'tls', dbRtt: [0, 20], dbFault: ['reset'] } as const;
  expect(transportProblems(asked, GIVEN)).toEqual([]);
});

test.each([
  [{ dbTransport: 'tcp', postgres: 'url' }, 'the address in DATABASE_URL decides'],
  [{ dbTransport: 'tls', postgres: 'url' }, 'the address in DATABASE_URL decides'],
  [{ dbTransport: 'tls', target: 'http://localhost:80' }, 'connected already'],
  [{ dbTransport: 'socket', dbRtt: 20 }, 'a socket crosses none'],
  [{ dbTransport: 'socket', dbRtt: [0, 20] }, 'a socket crosses none'],
  [{ dbTransport: 'socket', dbFault: ['reset'] }, 'no network'],
] as const)('%o is refused in one sentence', (asked, said) => {
  const problems = transportProblems({ ...ASKED, ...asked }, GIVEN);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ field: '--db-transport', value: asked.dbTransport });
  expect(problems[0]?.problem).toContain(said);
});

test('nobody who leaves it out has to know of it', () => {
  const sources = { dbTransport: SOURCE_DEFAULT };
  expect(transportProblems({ ...ASKED, postgres: 'url' }, sources)).toEqual([]);
});

test('through a pooler every way is fine, with a network in front of it', () => {
  for (const dbTransport of ['tls', 'socket'] as const) {
    const asked = { ...ASKED, dbTransport, pooler: 'pgbouncer', dbRtt: 20, dbFault: ['reset'] };
    expect(transportProblems(asked, GIVEN)).toEqual([]);
  }
});
