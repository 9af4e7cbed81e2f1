import { expect, test } from 'vitest';
import { settingsOf } from './pgbouncer-settings.ts';

const CONFIG = { pool_mode: 'transaction', max_client_conn: '100', default_pool_size: '20' };

function shown({
  config = {},
  database = {},
  usedClients = '3',
}: {
  readonly config?: Readonly<Record<string, string>>;
  readonly database?: Readonly<Record<string, string | null>>;
  readonly usedClients?: string;
} = {}) {
  return settingsOf({
    config: Object.entries({ ...CONFIG, ...config }).map(([key, value]) => ({ key, value })),
    databases: [
      { name: 'pgbouncer', pool_size: '2', reserve_pool: '0', pool_mode: 'statement' },
      { name: 'shop', pool_size: '20', reserve_pool: '0', pool_mode: null, ...database },
    ],
    lists: [
      { list: 'databases', items: '2' },
      { list: 'used_clients', items: usedClients },
    ],
    database: 'shop',
  });
}

test('clients that others have are not there for the API', () => {
  expect(shown().limits).toEqual({ mode: 'transaction', servers: 20, clients: 97 });
  expect(shown({ usedClients: '120' }).limits?.clients).toBe(0);
});

test("the database's own settings come before the general ones", () => {
  const database = { pool_size: '5', reserve_pool: '2', pool_mode: 'session' };
  expect(shown({ database }).limits).toEqual({ mode: 'session', servers: 7, clients: 97 });
});

test('the reserve has another name in newer versions', () => {
  const { limits } = settingsOf({
    config: Object.entries(CONFIG).map(([key, value]) => ({ key, value })),
    databases: [{ name: '*', pool_size: '4', reserve_pool_size: '3', pool_mode: null }],
    lists: [],
    database: 'shop',
  });
  expect(limits).toEqual({ mode: 'transaction', servers: 7, clients: 100 });
});

test('a limit of the database bounds its pool, and 0 is none', () => {
  expect(shown({ database: { max_connections: '8' } }).limits?.servers).toBe(8);
  expect(shown({ database: { max_connections: '0' } }).limits?.servers).toBe(20);
});

test('a mode that nothing is predicted for has no limits, but tells of statements', () => {
  const settings = shown({ config: { pool_mode: 'statement' } });
  expect(settings.limits).toBeNull();
  expect(settings.statementsProblem).toContain('cannot carry');
});
