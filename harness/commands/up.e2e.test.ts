import { existsSync, readFileSync, statSync } from 'node:fs';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { startCli } from '../test/cli-child.ts';

const addressSchema = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  database: z.string(),
});
const upSchema = z.object({
  url: z.string(),
  adminUrl: z.string(),
  passwordFile: z.string(),
  superuser: addressSchema,
  api: addressSchema,
});

test('everything it prints can be used, and Ctrl-C leaves nothing of it', async () => {
  const { child, seen, ended, said } = startCli(['up', '--json', '--workers', '2']);
  await said(/^{"url":.*\n/);
  const up = upSchema.parse(JSON.parse(seen.stdout));

  expect((await fetch(new URL('/w/point', up.url))).status).toBe(200);
  expect(await (await fetch(new URL('/metrics', up.adminUrl))).text()).toContain(
    'db_client_connection_count',
  );
  expect(statSync(up.passwordFile).mode & 0o777).toBe(0o600);
  for (const address of [up.superuser, up.api]) {
    const password = passwordOf(up.passwordFile, address.user);
    const client = new Client({ ...address, password });
    await client.connect();
    const { rows } = await client.query<{ user: string }>('SELECT current_user AS user');
    expect(rows).toEqual([{ user: address.user }]);
    await client.end();
    expect(seen.stdout + seen.stderr).not.toContain(password);
  }
  await said(/connections: \d+ of the API, \d+ of 100 in all/);

  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(existsSync(up.passwordFile)).toBe(false);
  await expect(fetch(up.url)).rejects.toThrow();
});

test('with --load it is exhausted while one looks at it', async () => {
  const line = '--load --workload hold --param ms=200 --connections 40 --max-connections 15';
  const { child, ended, said } = startCli(['up', ...line.split(' ')]);
  await said(/The load .* is running/);
  await said(/connections: 11 of the API, 1\d of 15 in all/);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
});

/** Fields of libpq's password file: host, port, database, user, password. */
function passwordOf(path: string, user: string): string {
  const line = readFileSync(path, 'utf8')
    .split('\n')
    .map((text) => text.split(':'))
    .find((fields) => fields[3] === user);
  return line?.[4] ?? '';
}
