import { expect, test } from 'vitest';
import { POOLER_DEFAULTS, type Pooler } from '../plan/pooler.ts';
import {
  type ConfigurationAsked,
  pgbouncerIni,
  pgbouncerUsers,
} from './pgbouncer-configuration.ts';

const DATABASE = { host: 'db', port: 5433, user: 'api', password: 'secret', database: 'lab' };

function ini(
  change: Partial<Omit<ConfigurationAsked, 'pooler' | 'database'>> & {
    readonly pooler?: Partial<Pooler>;
    readonly database?: Partial<ConfigurationAsked['database']>;
  } = {},
): readonly string[] {
  return pgbouncerIni({
    version: '1.18.0',
    host: '192.0.2.7',
    applicationName: 'lab-0',
    port: 6432,
    usersPath: '/run/userlist.txt',
    authoritiesPath: null,
    ...change,
    pooler: { ...POOLER_DEFAULTS, ...change.pooler },
    database: { ...DATABASE, ...change.database },
  }).split('\n');
}

test('what was asked for is what PgBouncer is told, with a place for the lab at its console', () => {
  const pooler: Pooler = {
    mode: 'transaction',
    defaultPoolSize: 7,
    reservePoolSize: 2,
    maxClientConn: 500,
  };
  expect(ini({ pooler })).toEqual(
    expect.arrayContaining([
      "lab = host='192.0.2.7' port='5433' dbname='lab' application_name='lab-0'",
      'listen_addr = 127.0.0.1',
      'unix_socket_dir =',
      'auth_type = scram-sha-256',
      'stats_users = api',
      'pool_mode = transaction',
      'default_pool_size = 7',
      'min_pool_size = 0',
      'reserve_pool_size = 2',
      'max_client_conn = 501',
    ]),
  );
});

test('what PgBouncer refuses is never hidden from it', () => {
  expect(ini().join('\n')).not.toContain('ignore_startup_parameters');
});

test.each([
  ['1.18.0', false],
  ['1.20.1', false],
  ['1.21.0', true],
  ['1.24.1', true],
  ['2.0', true],
])('version %s is told to carry named statements: %j', (version, carries) => {
  expect(ini({ version }).includes('max_prepared_statements = 200')).toBe(carries);
});

test('the connection to PostgreSQL is encrypted as the API’s would be', () => {
  expect(ini()).toContain('server_tls_sslmode = disable');
  const verified = ini({
    database: { sslMode: 'verify-full' },
    host: 'db',
    authoritiesPath: '/run/authorities.pem',
  });
  expect(verified).toContain('server_tls_sslmode = verify-full');
  expect(verified).toContain('server_tls_ca_file = /run/authorities.pem');
  expect(verified.find((line) => line.startsWith('lab ='))).toContain("host='db'");
});

test('names that PgBouncer would read otherwise are quoted, or left to the entry for all', () => {
  const line = (database: string): string | undefined =>
    ini({ database: { database } }).find((it) => it.includes(' = host='));
  expect(line('o’clock')).toBe(
    "* = host='192.0.2.7' port='5433' dbname='o’clock' application_name='lab-0'",
  );
  expect(line("it's")).toContain("dbname='it''s'");
  expect(pgbouncerUsers({ ...DATABASE, user: 'a"b', password: 'c"d e' })).toBe('"a""b" "c""d e"\n');
});

test('nobody comes in without a password', () => {
  expect(ini({ database: { password: '' } })).toContain('auth_type = scram-sha-256');
});

test.each([
  ['a line of its own in a database', { database: 'lab\nauth_type = any' }],
  ['a line of its own in a role', { user: 'api\nstats_users = *' }],
  ['two roles in one', { user: 'api,root' }],
  ['a role with a space around it', { user: ' api' }],
])('%s is refused', (_, database) => {
  expect(() => ini({ database })).toThrow(expect.objectContaining({ code: 'POOLER_FAILED' }));
});

test('a password with a line of its own is refused, and not printed', () => {
  const write = () => pgbouncerUsers({ ...DATABASE, password: 'canary\n"root" ""' });
  expect(write).toThrow(expect.objectContaining({ code: 'POOLER_FAILED' }));
  expect(write).not.toThrow('canary');
});
