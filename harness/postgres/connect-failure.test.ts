import { expect, test } from 'vitest';
import { explainConnectError } from './connect-failure.ts';

const address = { host: 'db', port: 5_432, user: 'ann', database: 'app' };
const said = (code: string, message: string): Error => Object.assign(new Error(message), { code });

test.each([
  ['53300', 'sorry, too many clients already', 'NO_SLOT_FOR_MONITOR', /53300/],
  [
    '53300',
    'remaining connection slots are reserved for non-replication superuser connections',
    'NO_SLOT_FOR_MONITOR',
    /superusers still get one, "ann"/,
  ],
  ['28P01', 'password authentication failed for user "ann"', 'DATABASE_AUTH', /28P01/],
  ['3D000', 'database "app" does not exist', 'DATABASE_AUTH', /3D000/],
  ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:5432', 'DATABASE_UNREACHABLE', /db:5432/],
  ['', 'The server does not support SSL connections', 'DATABASE_UNREACHABLE', /does not encrypt/],
  [
    'SELF_SIGNED_CERT_IN_CHAIN',
    'self-signed certificate',
    'DATABASE_AUTH',
    /certificate that sslmode/,
  ],
  [
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'unable to verify',
    'DATABASE_AUTH',
    /certificate that sslmode/,
  ],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'not in the altnames',
    'DATABASE_AUTH',
    /certificate that sslmode/,
  ],
  ['28000', 'no pg_hba.conf entry for host, no encryption', 'DATABASE_AUTH', /is not encrypted/],
  // What PgBouncer says to any startup parameter it does not know, and PostgreSQL 13 to a newer setting.
  ['08P01', 'unsupported startup parameter: options', 'DATABASE_UNUSABLE', /is a PgBouncer/],
  [
    '42704',
    'unrecognized configuration parameter "idle_session_timeout"',
    'DATABASE_UNUSABLE',
    /too old/,
  ],
])('%s, "%s" is %s', (code, message, expected, words) => {
  const error = explainConnectError(said(code, message), address);
  expect(error).toMatchObject({ code: expected, message: expect.stringMatching(words) });
  expect(error.message).toContain(message);
});

test('an address without a password is told so where one is asked for', () => {
  const cause = new Error(
    'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a non-empty string',
  );
  expect(explainConnectError(cause, { ...address, host: '/run/postgresql' })).toMatchObject({
    code: 'DATABASE_AUTH',
    message:
      '/run/postgresql:5432 asks the monitor for the password of "ann", and the address has none.',
  });
});

test('whose connection it was is told, and what it can do', () => {
  const error = explainConnectError(
    said('08P01', 'unsupported startup parameter: options'),
    address,
    'inspect',
  );
  expect(error.message).toContain('behind which inspect cannot see');
  expect(error.hint).toBe('Give the address of PostgreSQL itself.');
});
