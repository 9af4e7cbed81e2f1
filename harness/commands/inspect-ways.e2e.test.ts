import { expect, test } from 'vitest';
import { withForeignServer } from '../postgres/test/foreign-server.ts';
import { inspected } from './test/inspected-command.ts';

test('the address says how it is encrypted, and whose certificate is believed', async () => {
  await withForeignServer({ transport: 'tls' }, async ({ superuser, query }) => {
    const { sslRootCert } = superuser;
    const looking = inspected(superuser, {
      parameters: `?sslmode=verify-full&sslrootcert=${sslRootCert}`,
      window: '1s',
    });
    const encrypted = async (): Promise<unknown> => {
      const [row] = await query(
        "SELECT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'pool-lab-inspect'",
      );
      return row?.['ssl'];
    };
    let seen: unknown;
    while (seen === undefined) seen = await encrypted();
    expect(seen).toBe(true);
    expect(await looking).toMatch(/usable slots are left; nothing wrong/);
    expect(await inspected(superuser, { parameters: '?sslmode=require' })).toContain(
      'nothing wrong',
    );
    await expect(
      inspected(superuser, { parameters: '?sslmode=verify-full' }),
    ).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
      message: expect.stringMatching(/^The certificate of .* is not believed/),
      hint: expect.stringContaining('sslrootcert=/path.pem'),
    });
    await expect(inspected(superuser)).rejects.toMatchObject({
      code: 'DATABASE_AUTH',
      message: expect.stringContaining('takes no connection without TLS'),
      hint: expect.stringContaining('?sslmode=verify-full'),
    });
  });
});

test('a socket is looked at as any other address', async () => {
  await withForeignServer({ transport: 'socket' }, async ({ superuser }) => {
    expect(superuser.host).toMatch(/^\//);
    expect(await inspected(superuser)).toContain('nothing wrong');
  });
});
