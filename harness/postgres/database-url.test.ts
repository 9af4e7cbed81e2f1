import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { createRedactor, REDACTED } from '../report/redactor.ts';
import { parseDatabaseUrl } from './database-url.ts';

const SECRET = 'canary-Kx7%40secret';

test.each([
  [
    'postgres://alice:s3cret-word@db.example.com:5432/app',
    {
      host: 'db.example.com',
      port: 5_432,
      user: 'alice',
      password: 's3cret-word',
      database: 'app',
    },
  ],
  [
    'postgresql://al%20ice:p%40ss%3Aw%2Ford%25@[::1]:6543/my%2Fapp',
    { host: '::1', port: 6_543, user: 'al ice', password: 'p@ss:w/ord%', database: 'my/app' },
  ],
  ['postgres://u:p@DB:1/d', { host: 'db', port: 1, user: 'u', password: 'p', database: 'd' }],
])('%s is understood in all its parts', (text, address) => {
  expect(parseDatabaseUrl(text, createRedactor())).toEqual(address);
});

test.each([
  [undefined, 'is not set'],
  ['', 'is empty'],
  [`mysql://u:${SECRET}@h:1/d`, 'does not begin with postgres:// or postgresql://'],
  [`host=h password=${SECRET}`, 'does not begin with postgres:// or postgresql://'],
  [`postgres://u:${SECRET}@h:1/d?sslmode=require`, 'has parameters'],
  [`postgres://u:${SECRET}@h:1/d#x`, 'has parameters'],
  [`postgres://u:${SECRET}@h:1/d d`, 'has a space or a control character'],
  [`postgres://u:${SECRET}@h:1/d\n`, 'has a space or a control character'],
  [`postgres://u:${SECRET}@a:1,b:2/d`, 'names several hosts'],
  [`postgres://u:${SECRET}@x@h:1/d`, 'has more than one @'],
  [`postgres://u:a:${SECRET}@h:1/d`, 'has more than one : before the @'],
  ['postgres://h:1/d', 'has no user and password'],
  [`postgres://:${SECRET}@h:1/d`, 'has no user'],
  ['postgres://u@h:1/d', 'has no password'],
  ['postgres://u:@h:1/d', 'has no password'],
  [`postgres://u:${SECRET}@/d`, 'has no host'],
  [`postgres://u:${SECRET}@:1/d`, 'has no host'],
  [`postgres://u:${SECRET}@%2Fvar%2Frun:1/d`, 'has a host that is neither'],
  [`postgres://u:${SECRET}@h/d`, 'has no port'],
  [`postgres://u:${SECRET}@h:0/d`, 'has a port that is not a number from 1 to 65535'],
  [`postgres://u:${SECRET}@h:65536/d`, 'has a port that is not a number'],
  [`postgres://u:${SECRET}@h:1`, 'has no database'],
  [`postgres://u:${SECRET}@h:1/`, 'has no database'],
  [`postgres://u:${SECRET}@h:1/d/e`, 'has more than one / after the @'],
  [`postgres://u%zz:${SECRET}@h:1/d`, 'has a % in its user'],
  [`postgres://u:${SECRET}@h:1/d%00`, 'has a control character in its database'],
])('%j is refused: it %s', (text, problem) => {
  const redactor = createRedactor();
  try {
    parseDatabaseUrl(text, redactor);
  } catch (error) {
    if (!(error instanceof LabError)) throw error;
    expect(error.code).toBe('CONFIG_INVALID');
    expect(error.message).toContain(problem);
    // Neither the parts nor anything else of it, and not even where something else prints it.
    expect(`${error.message} ${error.hint}`).not.toContain('canary');
    // What to write instead is no secret, and reads as it stands here.
    expect(redactor.redact(error.hint)).toBe(error.hint);
    return;
  }
  throw new Error('it was taken');
});

test('what stands in a password’s place is hidden even where the address is not understood', () => {
  const redactor = createRedactor();
  expect(() => parseDatabaseUrl('postgres://u:s3cret%21word@h/d', redactor)).toThrow('no port');
  expect(redactor.redact('tried s3cret%21word')).toBe(`tried ${REDACTED}`);
});

test('the password is hidden as it stands and as it was written', () => {
  const redactor = createRedactor();
  parseDatabaseUrl('postgres://u:s3cret%21word@h:1/d', redactor);
  expect(redactor.redact('s3cret!word s3cret!word.')).toBe(`${REDACTED} ${REDACTED}.`);
  expect(redactor.redact('postgres://u:s3cret%21word@h:1/d')).not.toContain('s3cret');
});

test('a password that is the name of what is shown leaves reports readable', () => {
  const redactor = createRedactor();
  parseDatabaseUrl('postgres://postgres:postgres@h:1/application', redactor);
  const json = '{"postgres":{"user":"postgres"}}';
  expect(redactor.redact(json)).toBe(json);
});
