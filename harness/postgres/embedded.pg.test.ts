import { Client } from 'pg';
import { expect, inject, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';

const { api, superuser } = inject('postgres');

async function ask(
  config: DatabaseConfig,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(config);
  client.on('error', () => {
    // A refused login is told by `connect`.
  });
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test('the API’s role is an ordinary one', async () => {
  const [role] = await ask(
    api,
    'SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user',
  );
  expect(role).toEqual({
    rolsuper: false,
    rolcreatedb: false,
    rolcreaterole: false,
    rolreplication: false,
  });
});

test('the server keeps PostgreSQL’s defaults for durability', async () => {
  const [settings] = await ask(
    api,
    `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
            current_setting('synchronous_commit') AS synchronous_commit,
            current_setting('data_checksums') AS data_checksums`,
  );
  expect(settings).toEqual({
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    data_checksums: 'on',
  });
});

test('it listens on loopback alone', async () => {
  const [row] = await ask(api, "SELECT current_setting('listen_addresses') AS addresses");
  expect(row).toEqual({ addresses: '127.0.0.1' });
});

test.each([
  { who: 'the API’s role', config: api },
  { who: 'the superuser', config: superuser },
])('$who is refused without its password', async ({ config }) => {
  await expect(ask({ ...config, password: 'wrong' }, 'SELECT 1')).rejects.toMatchObject({
    code: '28P01',
  });
  await expect(ask({ ...config, password: '' }, 'SELECT 1')).rejects.toThrow(/password/);
});

test('passwords are stored as SCRAM verifiers, each with a salt of its own', async () => {
  const rows = await ask(
    superuser,
    // Other tests on this server leave roles of their own behind.
    `SELECT rolpassword FROM pg_authid WHERE rolname IN ('${api.user}', '${superuser.user}')`,
  );
  const stored = rows.map(({ rolpassword }) => String(rolpassword));
  expect(stored).toHaveLength(2);
  for (const password of stored) expect(password).toMatch(/^SCRAM-SHA-256\$4096:/);
  expect(new Set(stored).size).toBe(2);
});
