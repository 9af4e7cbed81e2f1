import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { parseDatabaseUrl } from '../postgres/database-url.ts';
import { createRedactor } from '../report/redactor.ts';
import { databaseAddress } from './database-address.ts';

const DATABASE: DatabaseConfig = {
  host: '127.0.0.1',
  port: 5432,
  user: 'ann',
  password: "p:@/?#'%",
  database: 'a b',
};

test.each<[Partial<DatabaseConfig>, string]>([
  [{}, 'postgresql://ann:p%3A%40%2F%3F%23%27%25@127.0.0.1:5432/a%20b'],
  [{ host: '::1', password: 'x' }, 'postgresql://ann:x@[::1]:5432/a%20b'],
  [
    { host: '/run/my pg', password: 'x' },
    'postgresql://ann:x@/a%20b?host=%2Frun%2Fmy%20pg&port=5432',
  ],
  [
    { sslMode: 'verify-full', sslRootCert: '/ca.pem', password: 'x' },
    'postgresql://ann:x@127.0.0.1:5432/a%20b?sslmode=verify-full&sslrootcert=%2Fca.pem',
  ],
  // Through a process of this machine.
  [
    { host: 'db.example', hostAddress: '127.0.0.1', password: 'x' },
    'postgresql://ann:x@127.0.0.1:5432/a%20b',
  ],
  [
    { host: 'db.example', hostAddress: '127.0.0.1', sslMode: 'verify-full', password: 'x' },
    'postgresql://ann:x@db.example:5432/a%20b?hostaddr=127.0.0.1&sslmode=verify-full',
  ],
  [
    { host: 'localhost', hostAddress: '127.0.0.1', sslMode: 'verify-full', password: 'x' },
    'postgresql://ann:x@localhost:5432/a%20b?sslmode=verify-full',
  ],
])('%j is %s', (given, address) => {
  expect(databaseAddress({ ...DATABASE, ...given })).toBe(address);
});

test('it is read back as it was, whatever a name or a password holds', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(text, text, text, (user, password, database) => {
      const given = { ...DATABASE, user, password, database };
      fc.pre([user, password, database].every((it) => it.isWellFormed() && !it.includes('\0')));
      expect(parseDatabaseUrl(databaseAddress(given), createRedactor())).toMatchObject({
        user,
        password,
        database,
      });
    }),
  );
});
