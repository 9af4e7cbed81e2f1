import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type DatabaseConfig, POOL_DEFAULTS } from '../contract.ts';
import { LoopTurns, NODE_LOOP } from '../event-loop/loop-turns.ts';
import {
  type PostgresScript,
  type ScriptedPostgres,
  startScriptedPostgres,
  tlsFile,
} from '../test/scripted-postgres.ts';
import { createPool } from './create-pool.ts';
import { NO_POOL_RECORDER, type Pool } from './pool.ts';
import { NO_DATABASE } from './test/pool-under-test.ts';

const AUTHORITY = tlsFile('authority.crt');
const BUSY_MS = 30;

// Some set it for another server, once, and never again think of it.
beforeAll(() => {
  vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

function poolOf(
  database: ScriptedPostgres,
  asked: Partial<DatabaseConfig>,
  { loop = null, poolTimeoutMs = 5_000 }: { loop?: LoopTurns | null; poolTimeoutMs?: number } = {},
): Pool {
  return createPool({
    config: { ...POOL_DEFAULTS, poolSize: 1, maxOverflow: 0, poolTimeoutMs },
    database: { ...NO_DATABASE, port: database.port, ...asked },
    applicationName: 'encrypted-connection-test',
    recorder: NO_POOL_RECORDER,
    loop,
  });
}

type Asked = Pick<DatabaseConfig, 'sslMode' | 'sslRootCert' | 'host' | 'hostAddress'>;
const elsewhere = { host: 'elsewhere.test', hostAddress: '127.0.0.1' };
const here = { host: '127.0.0.1' };

const BELIEVED: readonly (readonly [string, PostgresScript['tls'], Asked])[] = [
  ['require: whoever answers', 'expired', { ...here, sslMode: 'require' }],
  [
    'verify-ca: another host',
    'elsewhere',
    { ...here, sslMode: 'verify-ca', sslRootCert: AUTHORITY },
  ],
  [
    'verify-full: the address',
    'server',
    { ...here, sslMode: 'verify-full', sslRootCert: AUTHORITY },
  ],
  [
    'verify-full: the name, behind another address',
    'elsewhere',
    { ...elsewhere, sslMode: 'verify-full', sslRootCert: AUTHORITY },
  ],
];

test.each(BELIEVED)('%s is believed', async (_what, tls, asked) => {
  await using database = await startScriptedPostgres({ tls });
  const pool = poolOf(database, asked);
  const checkout = await pool.checkout();
  await checkout.client.query('SELECT 1');
  checkout.release();
  await pool.end(100);
  expect(database.live()).toBe(0);
});

const REFUSED: readonly (readonly [string, PostgresScript['tls'], Asked, string, string])[] = [
  [
    'an unknown authority',
    'server',
    { ...here, sslMode: 'verify-full' },
    'db_auth',
    'tls_untrusted',
  ],
  ['an unknown authority', 'server', { ...here, sslMode: 'verify-ca' }, 'db_auth', 'tls_untrusted'],
  [
    'another host’s',
    'elsewhere',
    { ...here, sslMode: 'verify-full', sslRootCert: AUTHORITY },
    'db_auth',
    'tls_wrong_host',
  ],
  [
    'the address’s where a name was asked for',
    'server',
    { ...elsewhere, sslMode: 'verify-full', sslRootCert: AUTHORITY },
    'db_auth',
    'tls_wrong_host',
  ],
  [
    'an expired one',
    'expired',
    { ...here, sslMode: 'verify-full', sslRootCert: AUTHORITY },
    'db_auth',
    'tls_expired',
  ],
  [
    'an expired one, where an authority is named',
    'expired',
    { ...here, sslMode: 'require', sslRootCert: AUTHORITY },
    'db_auth',
    'tls_expired',
  ],
  ['none at all', null, { ...here, sslMode: 'require' }, 'db_unavailable', 'tls_not_offered'],
];

test.each(REFUSED)(
  'the certificate is %s (%s): nothing is said, tried once',
  async (_what, tls, asked, errorClass, reason) => {
    await using database = await startScriptedPostgres({ tls });
    const pool = poolOf(database, asked);
    await expect(pool.checkout()).rejects.toMatchObject({ errorClass, reason });
    expect(database.sessions).toEqual([]);
    await vi.waitFor(() => expect(pool.snapshot()).toMatchObject({ closing: 0, connecting: 0 }));
    await pool.end(0);
  },
);

test('a handshake that never ends is given up at the deadline', async () => {
  await using database = await startScriptedPostgres({ tls: 'silence' });
  const asked = { ...here, sslMode: 'require' } as const;
  const pool = poolOf(database, asked, { poolTimeoutMs: 150 });
  await expect(pool.checkout()).rejects.toMatchObject({
    errorClass: 'db_unavailable',
    reason: 'connect_timeout',
  });
  await vi.waitFor(() => expect(pool.snapshot()).toMatchObject({ closing: 0, connecting: 0 }));
  await pool.end(0);
});

describe('the authority’s file', () => {
  test.each([
    ['that is not there', '/nonexistent/authority.crt', 'ENOENT'],
    ['that holds a key', tlsFile('server.key'), 'error:'],
  ])('%s is named before anything is opened', async (_what, sslRootCert, said) => {
    await using database = await startScriptedPostgres({ tls: 'server' });
    expect(() => poolOf(database, { sslMode: 'verify-full', sslRootCert })).toThrow(
      expect.objectContaining({
        name: 'PoolConfigError',
        message: expect.stringMatching(new RegExp(`sslRootCert = "${sslRootCert}".*${said}`)),
      }),
    );
  });
});

test('the answer that waits for a busy process is late over an encrypted connection too', async () => {
  const loop = new LoopTurns(NODE_LOOP);
  await using database = await startScriptedPostgres({ tls: 'server' });
  const pool = poolOf(
    database,
    { ...here, sslMode: 'verify-full', sslRootCert: AUTHORITY },
    { loop },
  );
  const checkout = await pool.checkout();
  // What an answer takes is learned first.
  for (let i = 0; i < 20; i++) await checkout.client.query('SELECT 1');
  const lateMsBefore = checkout.holdLoopMs;
  database.script.onQuery = (session) => {
    session.complete();
    const startedAt = performance.now();
    while (performance.now() - startedAt < BUSY_MS) {
      // Busy, and the pool with it.
    }
  };
  const askedAt = performance.now();
  await checkout.client.query('SELECT 1');
  const tookMs = performance.now() - askedAt;
  const lateMs = checkout.holdLoopMs - lateMsBefore;
  expect(lateMs).toBeGreaterThan(0.8 * BUSY_MS);
  expect(lateMs).toBeLessThanOrEqual(tookMs);
  checkout.release();
  await pool.end(100);
  loop.stop();
});
