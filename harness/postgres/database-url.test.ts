import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { createRedactor, REDACTED } from '../report/redactor.ts';
import { parseDatabaseUrl } from './database-url.ts';

const SECRET = 'canary-Kx7%40secret';
const VERIFY = 'sslmode=verify-full&sslrootcert=';
const PLAIN = { host: 'db', port: 1, user: 'u', password: 'p', database: 'd' };
const SOCKET = { ...PLAIN, host: '/run/postgresql', port: 5_432 };

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
  ['postgres://u:p@DB:1/d', PLAIN],
  ['postgres://u:p@db/d', { ...PLAIN, port: 5_432 }],
  ['postgres://db:1/d?user=u&password=p', PLAIN],
  ['postgres://u@:1/d?host=DB&password=p', PLAIN],
  ['postgres://?host=db&port=1&user=u&password=p&dbname=d', PLAIN],
  ['postgres://u:p@db:1/d?host=db&port=1&user=u&password=p&dbname=d', PLAIN],
  ['postgres://u:p@db:1/d?host=%64b', PLAIN],
  ['postgres://u:p@:1/d?host=::1', { ...PLAIN, host: '::1' }],
  ['postgres://u:p@db:1/d?sslmode=disable', { ...PLAIN, sslMode: 'disable' }],
  ['postgres://u:p@db:1/d?sslmode=require', { ...PLAIN, sslMode: 'require' }],
  ['postgres://u:p@db:1/d?sslmode=verify-full', { ...PLAIN, sslMode: 'verify-full' }],
  ['postgres://u:p@db:1/d?application_name=x&connect_timeout=3', PLAIN],
  ['postgres:///d?host=/run/postgresql&user=u', { ...SOCKET, password: '' }],
  ['postgres://u:p@/d?host=/run/postgresql', SOCKET],
  ['postgres://u:p@%2Frun%2Fpostgresql/d', SOCKET],
  ['postgres://u:p@%2Frun%2FPostgres:1/d', { ...SOCKET, host: '/run/Postgres', port: 1 }],
])('%s is understood in all its parts', (text, address) => {
  expect(parseDatabaseUrl(text, createRedactor())).toEqual(address);
});

test.each([
  [undefined, 'is not set'],
  ['', 'is empty'],
  [`mysql://u:${SECRET}@h:1/d`, 'does not begin with postgres:// or postgresql://'],
  [`host=h password=${SECRET}`, 'does not begin with postgres:// or postgresql://'],
  [`postgres://u:${SECRET}@h:1/d#x`, 'has a #'],
  [`postgresql+asyncpg://u:${SECRET}@h:1/d`, 'does not begin with postgres:// or postgresql://'],
  [`jdbc:postgresql://h:1/d?user=u&password=${SECRET}`, 'does not begin with'],
  [`POSTGRES://u:${SECRET}@h:1/d`, 'does not begin with'],
  [`postgres:/u:${SECRET}@h:1/d`, 'does not begin with'],
  [` postgres://u:${SECRET}@h:1/d`, 'does not begin with'],
  [`postgres://u:${SECRET}@h:1/d?sslmode=prefer`, 'has sslmode=prefer, which is not understood'],
  [`postgres://u:${SECRET}@h:1/d?sslmode=allow`, 'has sslmode=allow'],
  [`postgres://u:${SECRET}@h:1/d?sslmode=no-verify`, 'has sslmode=no-verify'],
  [`postgres://u:${SECRET}@h:1/d?sslmode=${SECRET}`, 'has an sslmode that is not known'],
  [`postgres://u:${SECRET}@h:1/d?sslmode=constructor`, 'has an sslmode that is not known'],
  [`postgres://u:${SECRET}@h:1/d?sslmode=verify-ca`, 'has sslmode=verify-ca without sslrootcert'],
  [`postgres://u:${SECRET}@h:1/d?sslrootcert=/x`, 'has an sslrootcert, and no sslmode that asks'],
  [
    `postgres://u:${SECRET}@h:1/d?sslmode=disable&sslrootcert=/x`,
    'has an sslrootcert, and no sslmode that asks',
  ],
  [`postgres://u:${SECRET}@h:1/d?${VERIFY}ca.pem`, 'has an sslrootcert that is no absolute path'],
  [`postgres://u:${SECRET}@h:1/d?${VERIFY}/canary/x`, 'cannot be read (ENOENT)'],
  [`postgres://u:${SECRET}@h:1/d?${VERIFY}/etc/passwd`, 'without a certificate as PEM'],
  [`postgres://u:${SECRET}@h:1/d?${VERIFY}/dev/zero`, 'is no file of certificates'],
  [`postgres://u:${SECRET}@h:1/d?${VERIFY}/etc`, 'is no file of certificates'],
  [`postgres://u:${SECRET}@/d?host=/run&sslmode=require`, 'has an sslmode for a socket'],
  [`postgres://u:${SECRET}@h:1/d?host=elsewhere`, 'says two different things of its host'],
  [`postgres://u:${SECRET}@h:1/d?host=/run`, 'says two different things of its host'],
  [`postgres://u:${SECRET}@h:1/d?port=2`, 'says two different things of its port'],
  [`postgres://u:${SECRET}@h:1/d?user=v`, 'says two different things of its user'],
  [`postgres://u:${SECRET}@h:1/d?password=x`, 'says two different things of its password'],
  [`postgres://u:${SECRET}@h:1/d?dbname=e`, 'says two different things of its database'],
  [`postgres://u:${SECRET}@h:1/d?hostaddr=10.0.0.1`, 'has the parameter hostaddr'],
  [`postgres://u:${SECRET}@h:1/d?service=prod`, 'has the parameter service'],
  [`postgres://u:${SECRET}@h:1/d?servicefile=/x`, 'has the parameter servicefile'],
  [`postgres://u:${SECRET}@h:1/d?passfile=/x`, 'has the parameter passfile'],
  [`postgres://u:${SECRET}@h:1/d?options=-c%20x=y`, 'has no name=value as its parameter 1'],
  [`postgres://u:${SECRET}@h:1/d?options=-c%20x%3Dy`, 'has the parameter options'],
  [`postgres://u:${SECRET}@h:1/d?replication=true`, 'has the parameter replication'],
  [`postgres://u:${SECRET}@h:1/d?target_session_attrs=any`, 'has the parameter target_session'],
  [`postgres://u:${SECRET}@h:1/d?load_balance_hosts=random`, 'has the parameter load_balance'],
  [`postgres://u:${SECRET}@h:1/d?channel_binding=require`, 'has the parameter channel_binding'],
  [`postgres://u:${SECRET}@h:1/d?schema=public`, 'has the parameter schema'],
  [`postgres://u:${SECRET}@h:1/d?pgbouncer=true`, 'has the parameter pgbouncer'],
  [`postgres://u:${SECRET}@h:1/d?connect_timeout=1&connect_timeout=1`, 'has connect_timeout twice'],
  [`postgres://u:${SECRET}@h:1/d?user=u&ca=nary-1`, 'that is not understood (number 2)'],
  [`postgres://u:${SECRET}@h:1/d?__proto__=1`, 'that is not understood (number 1)'],
  [`postgres://u:${SECRET}@h:1/d?constructor=1`, 'that is not understood (number 1)'],
  [`postgres://u:${SECRET}@h:1/d?`, 'has no name=value as its parameter 1'],
  [`postgres://u:${SECRET}@h:1/d?user=u&`, 'has no name=value as its parameter 2'],
  [`postgres://u:${SECRET}@h:1/d?user`, 'has no name=value as its parameter 1'],
  [`postgres://h:1/d?user=u&password=a+${SECRET}`, 'has a + in its password'],
  [`postgres://u:x?${SECRET}@h:1/d`, 'has an @ after its ?'],
  [`postgres://u:${SECRET}@h:1/d?user=u?`, 'has more than one ?'],
  [`postgres://u:x/${SECRET}@h:1/d`, 'has a / before its @'],
  [`postgres://u:${SECRET}@[fe80::1%25eth0]:1/d`, 'has a host that is neither'],
  [`postgres://u:${SECRET}@bücher.example:1/d`, 'has a host that is neither'],
  [`postgres://u:${SECRET}@ｌocalhost:1/d`, 'has a host that is neither'],
  [`postgres://u:${SECRET}@local%00host:1/d`, 'has a control character in its host'],
  [`postgres://u:${SECRET}@${'h'.repeat(254)}:1/d`, 'has a host that is neither'],
  [`postgres://u:${SECRET}@%40abstract/d`, 'has a socket without a file'],
  [`postgres://u:${SECRET}@/d?host=/${'r'.repeat(100)}`, 'has a directory longer than'],
  [`postgres://u:${SECRET}@h:1/d?host=h,i`, 'names several hosts'],
  [`postgres://u:${SECRET}@h:1,2/d`, 'names several hosts'],
  [`postgres://u:${SECRET}@:1/d?host=h&port=1,2`, 'says two different things of its port'],
  [`postgres://u:${SECRET}@h:1/${'d'.repeat(1_000_000)}`, 'is longer than 8192 characters'],
  [`postgres://u:${SECRET}\ud800@h:1/d`, 'has half a character'],
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
  expect(() => parseDatabaseUrl('postgres://u:s3cret%21word@h', redactor)).toThrow('no database');
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

test('what of an address is not used is said by its name', () => {
  const said: string[] = [];
  parseDatabaseUrl(
    'postgres://u:p@h/d?connect_timeout=3&application_name=billing',
    createRedactor(),
    undefined,
    (sentence) => said.push(sentence),
  );
  expect(said).toEqual([
    'not used of DATABASE_URL, the lab has its own: application_name, connect_timeout',
  ]);
});

test.each([
  ['postgresql+psycopg2://u:p@h/d', 'leave out the + and the name of the driver after it'],
  ['jdbc:postgresql://h/d', 'leave out jdbc:'],
  ['host=h user=u', 'write it as an address'],
])('%s is told what to write instead', (text, remedy) => {
  expect(() => parseDatabaseUrl(text, createRedactor())).toThrow(
    expect.objectContaining({ hint: expect.stringContaining(remedy) }),
  );
});
