import { createServer, type Socket } from 'node:net';
import { describe, expect, test, vi } from 'vitest';
import { POOL_DEFAULTS, type PoolConfig } from '../contract.ts';
import {
  type ServerCertificate,
  startScriptedPostgres as startScripted,
  tlsFile,
} from '../test/scripted-postgres.ts';
import { createPool } from './create-pool.ts';
import { NO_POOL_RECORDER, type Pool } from './pool.ts';
import { NO_DATABASE } from './test/pool-under-test.ts';

const SOON = { timeout: 5_000, interval: 5 };
/** Long enough for a local connect, short enough for a test to wait for it. */
const SHORT_DEADLINE_MS = 150;

/** Over real sockets to a PostgreSQL that behaves as the test wants. */
function openPool({ port, tls, ...config }: Partial<PoolConfig> & PoolPlace): Pool {
  const verified = { sslMode: 'verify-full', sslRootCert: tlsFile('authority.crt') } as const;
  return createPool({
    config: { ...POOL_DEFAULTS, poolSize: 2, maxOverflow: 2, poolTimeoutMs: 5_000, ...config },
    database: { ...NO_DATABASE, port, ...(tls === null ? {} : verified) },
    applicationName: 'pool-faults',
    recorder: NO_POOL_RECORDER,
    loop: null,
  });
}

interface PoolPlace {
  readonly port: number;
  readonly tls: ServerCertificate | null;
}

/** Whatever goes wrong ends alike whether the connection is encrypted or not. */
describe.each(['unencrypted', 'encrypted'] as const)('%s', (transport) => {
  const tls: ServerCertificate | null = transport === 'encrypted' ? 'server' : null;

  describe('opening a connection', () => {
    test('slow accept: the time is the connect time, not wait', async () => {
      await using postgres = await startScripted({
        tls,
        onStartup: (session) => {
          setTimeout(() => session.welcome(), 50);
        },
      });
      const pool = openPool({ port: postgres.port, tls });
      const checkout = await pool.checkout();
      expect(checkout.connectMs).toBeGreaterThan(45);
      expect(checkout.waitMs).toBeLessThan(25);
      checkout.release();
      await pool.end(0);
      expect(postgres.live()).toBe(0);
    });

    test.for(['queue', 'null'] as const)(
      'silent accept: a pool of kind %s gives up at its deadline and leaves no session',
      async (kind) => {
        await using postgres = await startScripted({ tls, onStartup: () => undefined });
        const pool = openPool({ port: postgres.port, tls, kind, poolTimeoutMs: SHORT_DEADLINE_MS });
        await expect(pool.checkout()).rejects.toMatchObject({
          errorClass: 'db_unavailable',
          reason: 'connect_timeout',
        });
        await vi.waitFor(() => expect(postgres.live()).toBe(0), SOON);
        await vi.waitFor(() =>
          expect(pool.snapshot()).toMatchObject({ closing: 0, connecting: 0 }),
        );
        await pool.end(0);
      },
    );

    test('a listener that never reads: one deadline for queue and connect', async () => {
      const sockets: Socket[] = [];
      const backlog = createServer({ pauseOnConnect: true }, (socket) => sockets.push(socket));
      await new Promise<void>((resolve) => backlog.listen(0, '127.0.0.1', resolve));
      const address = backlog.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const pool = openPool({
        port: port,
        tls,
        poolSize: 1,
        maxOverflow: 0,
        poolTimeoutMs: SHORT_DEADLINE_MS,
      });
      const started = performance.now();
      const answers = await Promise.allSettled([pool.checkout(), pool.checkout()]);
      expect(performance.now() - started).toBeLessThan(2 * SHORT_DEADLINE_MS + 500);
      expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
      await pool.end(0);
      for (const socket of sockets) socket.destroy();
      backlog.close();
    });

    test('nobody listens: db_unavailable, and the slot is free again', async () => {
      const { port } = await startScripted({ tls }).then(async (postgres) => {
        await postgres[Symbol.asyncDispose]();
        return postgres;
      });
      const pool = openPool({ port: port, tls });
      await expect(pool.checkout()).rejects.toMatchObject({
        errorClass: 'db_unavailable',
        reason: 'econnrefused',
      });
      await vi.waitFor(() => expect(pool.snapshot()).toMatchObject({ closing: 0, overflow: -2 }));
      await pool.end(0);
    });

    test('auth failure: db_auth, tried once, no session left by a server that does not hang up', async () => {
      await using postgres = await startScripted({
        tls,
        onStartup: (session) => {
          session.refuse('28P01', 'password authentication failed for user "nobody"');
        },
      });
      const pool = openPool({ port: postgres.port, tls });
      await expect(pool.checkout()).rejects.toMatchObject({
        errorClass: 'db_auth',
        sqlstate: '28P01',
      });
      expect(postgres.sessions).toHaveLength(1);
      await pool.end(0);
      expect(postgres.live()).toBe(0);
    });

    test.for([
      ['reset', (session: { reset(): void }) => session.reset()],
      ['hung up', (session: { end(): void }) => session.end()],
    ] as const)('%s during startup: db_unavailable', async ([, act]) => {
      await using postgres = await startScripted({ tls, onStartup: act });
      const pool = openPool({ port: postgres.port, tls });
      await expect(pool.checkout()).rejects.toMatchObject({ errorClass: 'db_unavailable' });
      await pool.end(0);
    });

    test.for([
      ['no message of PostgreSQL', [0x01, 0, 0, 0, 4]],
      ['an unknown authentication request', [0x52, 0, 0, 0, 8, 0, 0, 0, 99]],
      ['an authentication request cut short', [0x52, 0, 0, 0, 4]],
    ] as const)('garbage during startup (%s): an error, no crash', async ([, bytes]) => {
      await using postgres = await startScripted({
        tls,
        onStartup: (session) => session.send(Buffer.from(bytes)),
      });
      const pool = openPool({ port: postgres.port, tls, poolTimeoutMs: 1_000 });
      await expect(pool.checkout()).rejects.toMatchObject({ errorClass: 'db_unavailable' });
      await vi.waitFor(() => expect(postgres.live()).toBe(0), SOON);
      await pool.end(0);
    });

    test.for([
      ['sorry, too many clients already', 'all_slots'],
      [
        'remaining connection slots are reserved for roles with the SUPERUSER attribute',
        'superuser_reserved',
      ],
      [
        'remaining connection slots are reserved for non-replication superuser connections',
        'superuser_reserved',
      ],
      [
        'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role',
        'reserved',
      ],
    ] as const)('refused with "%s": in order, no slot lost', async ([words, reason]) => {
      await using postgres = await startScripted({
        tls,
        onStartup: (session) => session.refuse('53300', words),
      });
      const pool = openPool({ port: postgres.port, tls, poolSize: 1, maxOverflow: 1 });
      const order: number[] = [];
      await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          pool.checkout().catch((error: unknown) => {
            expect(error).toMatchObject({ errorClass: 'too_many_connections', reason });
            order.push(index);
          }),
        ),
      );
      expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(postgres.livePeak).toBeLessThanOrEqual(2);
      postgres.script.onStartup = (session) => session.welcome();
      const both = await Promise.all([pool.checkout(), pool.checkout()]);
      for (const checkout of both) checkout.release();
      await pool.end(0);
    });
  });

  describe('a connection in use', () => {
    test.for([
      ['RST', (session: { reset(): void }) => session.reset()],
      ['end', (session: { end(): void }) => session.end()],
      [
        'garbage',
        (session: { send(bytes: Uint8Array): void }) => session.send(Buffer.from([1, 0, 0, 0, 4])),
      ],
      [
        'a message that makes the parser throw',
        (session: { send(bytes: Uint8Array): void }) =>
          session.send(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 99])),
      ],
    ] as const)(
      '%s in a query: the holder errs, others do not, it is not pooled',
      async ([, act]) => {
        await using postgres = await startScripted({ tls });
        const pool = openPool({ port: postgres.port, tls });
        const victim = await pool.checkout();
        const other = await pool.checkout();
        postgres.script.onQuery = (session, text) =>
          text === 'SELECT victim' ? act(session) : session.complete();
        const error: unknown = await victim.client.query('SELECT victim').catch((reason) => reason);
        expect(error).toBeInstanceOf(Error);
        await other.client.query('SELECT other');
        victim.release(error);
        other.release();
        await vi.waitFor(() =>
          expect(pool.snapshot()).toMatchObject({ idle: 1, held: 0, closing: 0 }),
        );
        await pool.end(0);
        expect(postgres.live()).toBe(0);
      },
    );

    test.for([
      ['RST', (session: { reset(): void }) => session.reset()],
      [
        'garbage',
        (session: { send(bytes: Uint8Array): void }) => session.send(Buffer.from([1, 0, 0, 0, 4])),
      ],
    ] as const)('%s while idle: dropped without anybody noticing', async ([, act]) => {
      await using postgres = await startScripted({ tls });
      const pool = openPool({ port: postgres.port, tls });
      (await pool.checkout()).release();
      const [session] = postgres.sessions;
      if (session !== undefined) act(session);
      await vi.waitFor(() => expect(pool.snapshot()).toMatchObject({ idle: 0, closing: 0 }), SOON);
      const next = await pool.checkout();
      await next.client.query('SELECT 1');
      next.release();
      await pool.end(0);
    });

    test('given back in the middle of a query: canceled, then closed', async () => {
      await using postgres = await startScripted({ tls, onQuery: () => undefined });
      const pool = openPool({ port: postgres.port, tls });
      const checkout = await pool.checkout();
      const query = checkout.client.query('SELECT pg_sleep(60)');
      await vi.waitFor(() => expect(checkout.client.getTransactionStatus()).toBe('I'), SOON);
      checkout.release();
      await vi.waitFor(() => expect(postgres.canceled).toEqual([postgres.sessions[0]?.processId]));
      expect(postgres.canceledSecretly).toEqual(tls === null ? [] : postgres.canceled);
      expect(pool.snapshot()).toMatchObject({ closing: 1, closed: 0 });
      postgres.sessions[0]?.fail('57014', 'canceling statement due to user request');
      await expect(query).rejects.toThrow('user request');
      await vi.waitFor(
        () => expect(pool.snapshot()).toMatchObject({ closing: 0, closed: 1 }),
        SOON,
      );
      await pool.end(0);
    });

    test('half-open: broken off within the grace of end and a second', async () => {
      await using postgres = await startScripted({
        tls,
        onQuery: () => undefined,
        onGoodbye: () => undefined,
      });
      const pool = openPool({ port: postgres.port, tls });
      const checkout = await pool.checkout();
      const query = checkout.client.query('SELECT 1').catch((error: Error) => error);
      const started = performance.now();
      await pool.end(100);
      expect(performance.now() - started).toBeLessThan(1_100);
      expect(await query).toBeInstanceOf(Error);
      expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0, closing: 0 });
    });
  });

  describe('bursts of 4 over 2 + 2 with a server slow to close', () => {
    test.for([
      ['queue', true],
      ['plain', false],
    ] as const)('a pool of kind %s stays within 4 sessions: %s', async ([kind, isStrict]) => {
      await using postgres = await startScripted({
        tls,
        onGoodbye: (session) => {
          setTimeout(() => session.end(), 30);
        },
      });
      const pool = openPool({ port: postgres.port, tls, kind });
      for (let burst = 0; burst < 10; burst += 1) {
        const held = await Promise.all(Array.from({ length: 4 }, () => pool.checkout()));
        await Promise.all(held.map(({ client }) => client.query('SELECT 1')));
        // Errors make pg-pool close connections too; on its own it would keep all four.
        for (const checkout of held)
          checkout.release(kind === 'plain' ? new Error('x') : undefined);
      }
      expect(postgres.livePeak <= 4, `${postgres.livePeak} sessions`).toBe(isStrict);
      await pool.end(1_000);
      expect(postgres.live()).toBe(0);
    });
  });

  test('200 holders that give up in the middle of a query leave nothing', async () => {
    await using postgres = await startScripted({ tls, onQuery: () => undefined });
    const pool = openPool({
      port: postgres.port,
      tls,
      poolSize: 5,
      maxOverflow: 5,
      poolTimeoutMs: 20_000,
    });
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        const checkout = await pool.checkout();
        const query = checkout.client.query('SELECT 1').catch(() => undefined);
        checkout.release();
        const { processID } = Object(checkout.client);
        await vi.waitFor(() => expect(postgres.canceled).toContain(processID), SOON);
        postgres.sessions
          .find(({ processId }) => processId === processID)
          ?.fail('57014', 'canceled');
        await query;
      }),
    );
    await vi.waitFor(() => expect(pool.snapshot()).toMatchObject({ held: 0, closing: 0 }), SOON);
    expect(postgres.livePeak).toBeLessThanOrEqual(10);
    await pool.end(0);
    expect(postgres.live()).toBe(0);
  }, 30_000);
});
