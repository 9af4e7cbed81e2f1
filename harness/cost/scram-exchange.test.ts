import { expect, test } from 'vitest';
import { ScramExchange } from './scram-exchange.ts';

/** RFC 7677, section 3. */
const CLIENT_NONCE = 'rOprNGfwEbeRWgbNEkqO';
const SERVER_FIRST =
  'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
const CLIENT_FINAL =
  'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
const SERVER_FINAL = 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=';

const exchange = (): ScramExchange =>
  new ScramExchange('pencil', { clientNonce: CLIENT_NONCE, user: 'user' });

test('the exchange of the RFC comes out as it stands there', () => {
  const client = exchange();
  expect(client.first()).toBe(`n,,n=user,r=${CLIENT_NONCE}`);
  expect(client.final(SERVER_FIRST)).toBe(CLIENT_FINAL);
  expect(() => client.verify(SERVER_FINAL)).not.toThrow();
});

test('a server that does not know the password is not believed', () => {
  const client = exchange();
  client.final(SERVER_FIRST);
  const other = new ScramExchange('pen', { clientNonce: CLIENT_NONCE, user: 'user' });
  other.final(SERVER_FIRST);
  for (const final of [SERVER_FINAL.replace('6rri', '7rri'), 'v=', 'e=other-error']) {
    expect(() => client.verify(final)).toThrow(/does not know the password/);
  }
  expect(() => other.verify(SERVER_FINAL)).toThrow(/does not know the password/);
});

test.each([
  ['r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096', /does not continue/],
  [`r=${CLIENT_NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`, /does not continue/],
  [`r=${CLIENT_NONCE}x,s=,i=4096`, /does not continue/],
  [`r=${CLIENT_NONCE}x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000000000`, /1000000000 iterations/],
  [`r=${CLIENT_NONCE}x,s=W22ZaJ0SNY7soEsUEjb6gQ==`, /undefined iterations/],
])('the challenge %s is none', (challenge, problem) => {
  expect(() => exchange().final(challenge)).toThrow(problem);
});
