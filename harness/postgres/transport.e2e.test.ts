import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { ask, isUsable, withPostgres } from './test/embedded-fixture.ts';
import { sharedLabParent } from './test/lab-parent.ts';

const lab = sharedLabParent();
const AS_WHOM = process.getuid?.() === 0 ? 65_534 : process.getuid?.();

const HOW_I_CAME = `
  SELECT ssl, coalesce(client_addr::text, 'socket') AS from_where
    FROM pg_stat_activity LEFT JOIN pg_stat_ssl USING (pid) WHERE pid = pg_backend_pid()`;

async function refusal(config: DatabaseConfig): Promise<string> {
  return await ask(config, 'SELECT 1').then(
    () => 'let in',
    (error: unknown) => String(error),
  );
}

test('over tls everybody is encrypted and knows the server; who is not finds no rule', async () => {
  await withPostgres(
    { labParent: lab.path },
    async (postgres) => {
      const { api, superuser } = postgres;
      for (const role of [api, superuser]) {
        expect(role).toMatchObject({ host: '127.0.0.1', sslMode: 'verify-full' });
        expect(await ask(role, HOW_I_CAME)).toEqual({ ssl: true, from_where: '127.0.0.1/32' });
        expect(await refusal({ ...role, sslMode: 'disable' })).toContain('no encryption');
      }
      expect(await ask({ ...api, host: 'localhost' }, 'SELECT 1 AS one')).toEqual({ one: 1 });
      const elsewhere = { ...api, host: 'elsewhere.test', hostAddress: '127.0.0.1' };
      expect(await refusal(elsewhere)).toContain("does not match certificate's altnames");
      const { sslRootCert: _unknown, ...stranger } = api;
      expect(await refusal(stranger)).toContain('unable to verify');
      const run = dirname(postgres.dataDirectory ?? '');
      const { mode, uid } = statSync(join(run, 'server.key'));
      expect([mode & 0o777, uid]).toEqual([0o600, AS_WHOM]);
    },
    { transport: 'tls' },
  );
});

test('two starts have two authorities: a client of the one does not believe the other', async () => {
  await withPostgres(
    { labParent: lab.path },
    async (first) => {
      await withPostgres(
        { labParent: lab.path },
        async (second) => {
          const { sslRootCert = '' } = second.api;
          expect(await refusal({ ...first.api, sslRootCert })).toMatch(/certificate/);
        },
        { transport: 'tls' },
      );
      await isUsable(first);
    },
    { transport: 'tls' },
  );
});

test('over a socket the API shows its password, the superuser who it is, and nobody listens besides', async () => {
  await withPostgres(
    { labParent: lab.path },
    async ({ api, superuser }) => {
      expect(api.host).toMatch(/^\//);
      expect(await ask(api, HOW_I_CAME)).toEqual({ ssl: false, from_where: 'socket' });
      expect(await refusal({ ...api, password: 'guessed' })).toContain('authentication failed');
      expect(await ask({ ...superuser, password: '' }, 'SELECT session_user AS me')).toEqual({
        me: superuser.user,
      });
      expect(await refusal({ ...api, host: '127.0.0.1' })).toContain('ECONNREFUSED');
      expect(await ask(superuser, 'SHOW listen_addresses')).toEqual({ listen_addresses: '' });
    },
    { transport: 'socket' },
  );
});
