import { Client } from 'pg';
import { expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { databaseUrl, withForeignServer } from '../postgres/test/foreign-server.ts';
import { recordingIo } from '../test/recording-io.ts';
import { inspectCommand } from './inspect.ts';

async function inspect(address: DatabaseConfig): Promise<string> {
  const io = recordingIo({ env: { DATABASE_URL: databaseUrl(address) } });
  await inspectCommand.run({ window: '250ms' }, io, []);
  return io.stdoutText().replace(/\s+/g, ' ');
}

test('as slots run out, each kind of role is told what is left for whom', async () => {
  await withForeignServer(
    { maxConnections: 10, superuserReservedConnections: 2, reservedConnections: 2 },
    async ({ superuser, query }) => {
      await query("CREATE ROLE ordinary LOGIN PASSWORD 'canary-ordinary'");
      await query("CREATE ROLE reserve LOGIN PASSWORD 'canary-reserve'");
      await query('GRANT pg_use_reserved_connections, pg_monitor TO reserve');
      const ordinary = { ...superuser, user: 'ordinary', password: 'canary-ordinary' };
      const reserve = { ...superuser, user: 'reserve', password: 'canary-reserve' };
      await using stack = new AsyncDisposableStack();
      const take = async (address: DatabaseConfig, count: number): Promise<void> => {
        for (let taken = 0; taken < count; taken += 1) {
          const client = stack.adopt(new Client(address), (it) => it.end());
          await client.connect();
        }
      };
      const refusedTo = (address: DatabaseConfig) =>
        inspect(address).then(
          (text) => expect.unreachable(text),
          (error: { readonly message: string; readonly hint: string }) => error,
        );

      await take(ordinary, 6);
      expect(await refusedTo(ordinary)).toMatchObject({
        message: expect.stringMatching(
          /only the slots of reserved_connections are left.*53300: remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role/,
        ),
        hint: expect.stringContaining('GRANT pg_use_reserved_connections, pg_monitor'),
      });
      expect(await inspect(reserve)).toMatch(
        /^0 of 6 usable slots are left; .* 2 for pg_use_reserved_connections\. Left: 0 for ordinary roles, 2 for pg_use_reserved_connections, 4 for superusers/,
      );

      await take(reserve, 2);
      expect(await refusedTo(reserve)).toMatchObject({
        message: expect.stringMatching(
          /only the slots of superuser_reserved_connections are left.*53300: remaining connection slots are reserved for roles with the SUPERUSER attribute/,
        ),
        hint: expect.stringContaining('a superuser in DATABASE_URL'),
      });
      expect(await inspect(superuser)).toMatch(
        /^0 of 6 usable slots are left; .* 2 for superusers/,
      );

      await take(superuser, 2);
      expect(await refusedTo(superuser)).toMatchObject({
        code: 'NO_SLOT_FOR_MONITOR',
        message: expect.stringMatching(
          /nobody can connect now, whatever the role .*53300: sorry, too many clients already/,
        ),
      });
    },
  );
});
