import { expect, test } from 'vitest';
import { parseServerConfig as parse, parseDatabaseConfig } from './config.ts';
import { POOL_DEFAULTS, type ServerConfig, serverConfigToEnv } from './contract.ts';

const DATABASE = { PGUSER: 'api', PGPASSWORD: 'canary-secret', PGDATABASE: 'lab' };

const parseServerConfig = (environment: Record<string, string>) =>
  parse(environment, { inContainer: false });

function problemsOf(environment: Record<string, string>): readonly string[] {
  const parsed = parseServerConfig({ ...DATABASE, ...environment });
  if (parsed.ok) throw new Error('parsed');
  return parsed.problems;
}

test('an environment with a role and a database is enough', () => {
  const parsed = parseServerConfig({ PGUSER: 'api', PGDATABASE: 'lab' });
  expect(parsed).toMatchObject({
    ok: true,
    config: { host: '127.0.0.1', port: 0, pool: POOL_DEFAULTS, database: { password: '' } },
  });
});

test('what is written as environment is read back as the same configuration', () => {
  const config: ServerConfig = {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    allowedHosts: ['api:9464', '[::1]:80'],
    workers: 4,
    graceMs: 250,
    instrumentation: false,
    seed: 7,
    preparedStatements: false,
    pool: { ...POOL_DEFAULTS, maxOverflow: -1, maxWaiting: 3, recycleMs: null, prePing: true },
    database: { host: '127.0.0.1', port: 5_433, user: 'u', password: 'p w"', database: 'd' },
  };
  expect(parseServerConfig(serverConfigToEnv(config))).toEqual({ ok: true, config });
});

test.each([
  ['POOL_LAB_POOL_SIZE', '-1'],
  ['POOL_LAB_POOL_SIZE', '2.5'],
  ['POOL_LAB_POOL_SIZE', 'x'],
  ['POOL_LAB_POOL_SIZE', 'NaN'],
  ['POOL_LAB_POOL_SIZE', '1e9'],
  ['POOL_LAB_POOL_SIZE', '1000000000'],
  ['POOL_LAB_MAX_OVERFLOW', '-2'],
  ['POOL_LAB_WORKERS', '0'],
  ['POOL_LAB_POOL_KIND', 'cached'],
  ['POOL_LAB_INSTRUMENTATION', 'yes'],
  ['POOL_LAB_PREPARED_STATEMENTS', 'auto'],
  ['POOL_LAB_MAX_WAITING', '-1'],
  ['POOL_LAB_PORT', '70000'],
  ['POOL_LAB_HOST', '0.0.0.0'],
  ['POOL_LAB_ALLOWED_HOSTS', 'api'],
  ['POOL_LAB_ALLOWED_HOSTS', 'api:9464,'],
  ['POOL_LAB_ALLOWED_HOSTS', 'API:9464'],
  ['POOL_LAB_ALLOWED_HOSTS', 'http://api:9464'],
  ['PGPORT', '0'],
])('%s=%s is refused by name, with the value and a remedy', (variable, value) => {
  const problems = problemsOf({ [variable]: value });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${variable}="${value}"`);
  expect(problems[0]).toMatch(/set it to/);
});

test('inside a container it may listen wherever it is told to', () => {
  const environment = { ...DATABASE, POOL_LAB_HOST: '0.0.0.0' };
  expect(parse(environment, { inContainer: true })).toMatchObject({
    ok: true,
    config: { host: '0.0.0.0' },
  });
});

test('all problems are reported together', () => {
  const parsed = parseServerConfig({ POOL_LAB_WORKERS: '0', POOL_LAB_POOL_SIZE: 'x' });
  expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.split(/[= ]/)[0])).toEqual([
    'POOL_LAB_WORKERS',
    'POOL_LAB_POOL_SIZE',
    'PGUSER',
    'PGDATABASE',
  ]);
});

test('size and overflow together stay within the limit', () => {
  const [problem] = problemsOf({ POOL_LAB_POOL_SIZE: '600', POOL_LAB_MAX_OVERFLOW: '600' });
  expect(problem).toContain('1200 connections');
});

test('no problem shows the password', () => {
  const problems = problemsOf({ POOL_LAB_WORKERS: '0', PGPORT: 'x' });
  expect(problems.join()).not.toContain('canary-secret');
});

test('an encrypted database behind another address is read back too', () => {
  const parsed = parseServerConfig({
    ...DATABASE,
    PGHOST: 'db.example',
    PGHOSTADDR: '127.0.0.1',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: '/run/authority.crt',
  });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  expect(parsed.config.database).toMatchObject({
    host: 'db.example',
    hostAddress: '127.0.0.1',
    sslMode: 'verify-full',
    sslRootCert: '/run/authority.crt',
  });
  expect(parseServerConfig(serverConfigToEnv(parsed.config))).toEqual(parsed);
});

test('a database that nothing is said of is not asked to encrypt', () => {
  const parsed = parseServerConfig(DATABASE);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  expect(parsed.config.database.sslMode).toBeUndefined();
  const names = Object.keys(serverConfigToEnv(parsed.config));
  expect(names.filter((name) => /SSL|HOSTADDR/.test(name))).toEqual([]);
});

test.each([
  [{ PGSSLMODE: 'prefer' }, 'PGSSLMODE="prefer"', 'may end unencrypted without a word'],
  [{ PGSSLMODE: 'allow' }, 'PGSSLMODE="allow"', 'may end unencrypted without a word'],
  [{ PGHOSTADDR: 'db.example' }, 'PGHOSTADDR="db.example"', 'IP address'],
  [{ PGSSLROOTCERT: '/a.crt' }, 'PGSSLMODE is not', 'nothing would be encrypted'],
  [{ PGHOST: '/run/db', PGSSLMODE: 'require' }, 'PGSSLMODE="require"', 'nothing over a socket'],
])('what would quietly not be encrypted is refused: %o', (environment, what, why) => {
  const problems = problemsOf(environment);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(what);
  expect(problems[0]).toContain(why);
  const database = parseDatabaseConfig({ ...DATABASE, ...environment });
  expect(database).toEqual({ ok: false, problems });
});
