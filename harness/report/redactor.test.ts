import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor, REDACTED } from './redactor.ts';

test.each([
  ['postgres://ann:s3cret@localhost/db', 'postgres://ann:[redacted]@localhost/db'],
  ['postgresql://ann:s3cr%40t@h:5432/db?x=1', 'postgresql://ann:[redacted]@h:5432/db?x=1'],
  ['see postgres://u:p@ss@h/db.', 'see postgres://u:[redacted]@h/db.'],
  ['http://127.0.0.1:4000/w/point', 'http://127.0.0.1:4000/w/point'],
  ['postgres://ann@localhost/db', 'postgres://ann@localhost/db'],
  ['PGPASSWORD=s3cret psql -h x', 'PGPASSWORD=[redacted] psql -h x'],
  ["host=h password='s3 cret' user=u", 'host=h password=[redacted] user=u'],
  ['password authentication failed for user "x"', 'password authentication failed for user "x"'],
  ['{"a":"PGPASSWORD=s3cret","b":1}', '{"a":"PGPASSWORD=[redacted]","b":1}'],
])('%s becomes %s', (text, clean) => {
  expect(createRedactor().redact(text)).toBe(clean);
});

test('a registered secret is found as it stands, in a URL and in JSON', () => {
  const redactor = createRedactor();
  redactor.register('p@"ss/word');
  const text = `${'p@"ss/word'} ${encodeURIComponent('p@"ss/word')} ${JSON.stringify('p@"ss/word')}`;
  expect(redactor.redact(text)).toBe(`${REDACTED} ${REDACTED} "${REDACTED}"`);
});

test.each([
  'p%20%28%2A%29%2Fx',
  'p+%28%2A%29%2Fx',
  'p%20%28%2a%29%2fx',
  'p%20(*)%2Fx',
  'p%20%28%2A%29/x',
])('a secret is found as other languages write it in a URL: %s', (written) => {
  const redactor = createRedactor();
  redactor.register('p (*)/x');
  expect(redactor.redact(`pwd ${written} end`)).toBe(`pwd ${REDACTED} end`);
});

test('a secret inside a longer one leaves no rest behind', () => {
  const redactor = createRedactor();
  redactor.register('secret');
  redactor.register('secret-and-more');
  expect(redactor.redact('secret-and-more')).toBe(REDACTED);
});

test('a text too short to be a secret is left alone', () => {
  const redactor = createRedactor();
  redactor.register('a');
  redactor.register('');
  expect(redactor.redact('a banana')).toBe('a banana');
});

test('wherever a registered secret stands, it does not come out', () => {
  const word = fc.string({ minLength: 6, maxLength: 24, unit: 'grapheme-ascii' });
  fc.assert(
    fc.property(word, fc.string(), fc.string(), (secret, before, after) => {
      fc.pre(!REDACTED.includes(secret) && !before.includes(secret) && !after.includes(secret));
      const redactor = createRedactor();
      redactor.register(secret);
      // What the neighbours form together with a part of the mark is not the secret's doing.
      fc.pre(!`${before}${REDACTED}${after}`.includes(secret));
      expect(redactor.redact(`${before}${secret}${after}`)).not.toContain(secret);
    }),
  );
});
