import { expect, test } from 'vitest';
import { accessRules, randomPassword, scramVerifier } from './credentials.ts';

test('the verifier of RFC 7677’s example is the known one', () => {
  // Password and salt of its section 3; that PostgreSQL takes it, each login to a started server shows.
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  expect(scramVerifier('pencil', salt)).toBe(
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
  );
});

test('two passwords are never the same', () => {
  expect(randomPassword()).not.toBe(randomPassword());
  expect(randomPassword()).toMatch(/^[\w-]{32}$/);
});

test.each([
  ['tcp', 'host all all 127.0.0.1/32 scram-sha-256'],
  ['tls', 'hostssl all all 127.0.0.1/32 scram-sha-256'],
  ['socket', 'local all all scram-sha-256'],
] as const)(
  'over %s a password is asked for, and of the harness’s own account at the socket nothing',
  (transport, rule) => {
    const { hba, ident } = accessRules({
      harnessUser: 'o"neil',
      superuser: 'postgres',
      transport,
    });
    expect(hba.trim().split('\n')).toEqual(['local all postgres peer map=harness', rule]);
    expect(ident).toBe('harness "o""neil" postgres\n');
  },
);
