import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { type DatabaseConfig, POOL_DEFAULTS, type PoolConfig } from '../contract.ts';
import { classify } from './classify-error.ts';
import { createPool } from './create-pool.ts';
import { type Checkout, NO_POOL_RECORDER, type Pool } from './pool.ts';
import { ServerSide } from './test/server-side.ts';

const APPLICATION_NAME = 'pool-pg-test';
const SOON = { timeout: 10_000, interval: 10 };

const { api, superuser } = inject('postgres');
let server: ServerSide;

beforeAll(async () => {
  server = await ServerSide.connect(superuser, APPLICATION_NAME);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function poolOf(config: Partial<PoolConfig>, database: Partial<DatabaseConfig> = {}): Pool {
  return createPool({
    config: { ...POOL_DEFAULTS, poolTimeoutMs: 10_000, ...config },
    database: { ...api, ...database },
    applicationName: APPLICATION_NAME,
    recorder: NO_POOL_RECORDER,
    loop: null,
  });
}

async function pidOf(checkout: Checkout): Promise<number> {
  const { rows } = await checkout.client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  return rows[0]?.pid ?? 0;
}

/** The error of a query on a held connection, given back with it. */
async function failing(checkout: Checkout, text: string) {
  const error: unknown = await checkout.client.query(text).catch((reason: unknown) => reason);
  checkout.release(error);
  return classify(error);
}

describe('a backend terminated', () => {
  test('while idle: nobody is told', async () => {
    const pool = poolOf({ poolSize: 2, maxOverflow: 0 });
    const held = await pool.checkout();
    const pid = await pidOf(held);
    held.release();
    await server.terminate(pid);
    await vi.waitFor(() => expect(pool.snapshot().idle).toBe(0), SOON);
    const next = await pool.checkout();
    expect(await pidOf(next)).not.toBe(pid);
    next.release();
    await pool.end(1_000);
  });

  test('in a query: one error for the holder, none for the other', async () => {
    const pool = poolOf({ poolSize: 2, maxOverflow: 0 });
    const [victim, other] = [await pool.checkout(), await pool.checkout()];
    const pid = await pidOf(victim);
    const failed = failing(victim, 'SELECT pg_sleep(60)');
    await server.terminate(pid);
    expect(await failed).toMatchObject({ errorClass: 'conn_lost', sqlstate: '57P01' });
    await pidOf(other);
    other.release();
    await vi.waitFor(() => expect(pool.snapshot()).toMatchObject({ idle: 1, held: 0 }), SOON);
    await pool.end(1_000);
  });

  test('in a transaction, between queries: the next query says so', async () => {
    const pool = poolOf({ poolSize: 2, maxOverflow: 0 });
    const held = await pool.checkout();
    const pid = await pidOf(held);
    await held.client.query('BEGIN');
    await server.terminate(pid);
    await vi.waitFor(async () => expect(await server.sessions()).toEqual([]), SOON);
    expect(await failing(held, 'SELECT 1')).toMatchObject({ errorClass: 'conn_lost' });
    // The slot is free when the socket is closed, which may be a moment after the error.
    await vi.waitFor(
      () => expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0, overflow: -2 }),
      SOON,
    );
    await pool.end(1_000);
  });
});

describe('a session that goes on after its error is kept', () => {
  test('statement timeout', async () => {
    const pool = poolOf({ poolSize: 1, maxOverflow: 0, statementTimeoutMs: 30 });
    const held = await pool.checkout();
    const pid = await pidOf(held);
    expect(await failing(held, 'SELECT pg_sleep(60)')).toMatchObject({
      errorClass: 'statement_timeout',
    });
    await sameBackend(pool, pid);
  });

  test('lock timeout', async () => {
    const pool = poolOf({ poolSize: 2, maxOverflow: 0, lockTimeoutMs: 30 });
    const [owner, held] = [await pool.checkout(), await pool.checkout()];
    const pid = await pidOf(held);
    await owner.client.query('SELECT pg_advisory_lock(4711)');
    expect(await failing(held, 'SELECT pg_advisory_lock(4711)')).toMatchObject({
      errorClass: 'lock_timeout',
    });
    await sameBackend(pool, pid);
    owner.release();
  });

  test('deadlock', async () => {
    const pool = poolOf({ poolSize: 2, maxOverflow: 0, order: 'lifo' });
    const both = [await pool.checkout(), await pool.checkout()] as const;
    for (const { client } of both)
      await client.query(`SET deadlock_timeout = '20ms'`).catch(() => undefined);
    await both[0].client.query('SELECT pg_advisory_lock(1)');
    await both[1].client.query('SELECT pg_advisory_lock(2)');
    const outcomes = await Promise.all([
      both[0].client.query('SELECT pg_advisory_lock(2)').then(
        () => undefined,
        async (error: unknown) => {
          await both[0].client.query('SELECT pg_advisory_unlock_all()');
          return error;
        },
      ),
      both[1].client.query('SELECT pg_advisory_lock(1)').then(
        () => undefined,
        async (error: unknown) => {
          await both[1].client.query('SELECT pg_advisory_unlock_all()');
          return error;
        },
      ),
    ]);
    const error = outcomes.find((outcome) => outcome !== undefined);
    expect(classify(error)).toMatchObject({ errorClass: 'deadlock', connectionUsable: true });
    both[0].release(outcomes[0]);
    both[1].release(outcomes[1]);
    expect(pool.snapshot()).toMatchObject({ idle: 2, closed: 0 });
    await pool.end(1_000);
  });

  async function sameBackend(pool: Pool, pid: number): Promise<void> {
    const again = await pool.checkout();
    expect(await pidOf(again)).toBe(pid);
    again.release();
    await pool.end(1_000);
  }
});

describe('a session that does not go on is not pooled', () => {
  test('idle in a transaction for too long', async () => {
    const pool = poolOf({ poolSize: 1, maxOverflow: 0, idleInTransactionTimeoutMs: 30 });
    const held = await pool.checkout();
    await held.client.query('BEGIN');
    await vi.waitFor(async () => expect(await server.sessions()).toEqual([]), SOON);
    expect(await failing(held, 'SELECT 1')).toMatchObject({ errorClass: 'conn_lost' });
    expect(pool.snapshot()).toMatchObject({ held: 0, idle: 0 });
    await pool.end(1_000);
  });

  test('a transaction left open; the next holder gets none', async () => {
    const pool = poolOf({ poolSize: 1, maxOverflow: 0 });
    const held = await pool.checkout();
    await held.client.query('BEGIN');
    held.release();
    const next = await pool.checkout();
    const { rows } = await next.client.query('SELECT now() = statement_timestamp() AS fresh');
    expect(rows).toEqual([{ fresh: true }]);
    next.release();
    await pool.end(1_000);
  });

  test('resetOnReturn rolls back and keeps it', async () => {
    const pool = poolOf({ poolSize: 1, maxOverflow: 0, resetOnReturn: true });
    const held = await pool.checkout();
    const pid = await pidOf(held);
    await held.client.query('BEGIN');
    held.release();
    const next = await pool.checkout();
    expect(await pidOf(next)).toBe(pid);
    expect(next.client.getTransactionStatus()).toBe('I');
    next.release();
    await pool.end(1_000);
  });
});

describe('a refused connection', () => {
  test('wrong password: db_auth', async () => {
    const pool = poolOf({}, { password: 'wrong' });
    await expect(pool.checkout()).rejects.toMatchObject({ errorClass: 'db_auth' });
    await pool.end(1_000);
  });

  test('no such database: db_unavailable', async () => {
    const pool = poolOf({}, { database: 'no_such_database' });
    await expect(pool.checkout()).rejects.toMatchObject({ reason: 'no_such_database' });
    await pool.end(1_000);
  });

  test('a role at its limit: too_many_connections, and the pool recovers', async () => {
    await server.query(`DROP ROLE IF EXISTS pool_limited`);
    await server.query(`CREATE ROLE pool_limited LOGIN PASSWORD 'limited' CONNECTION LIMIT 2`);
    const pool = poolOf({ poolSize: 4 }, { user: 'pool_limited', password: 'limited' });
    const held = [await pool.checkout(), await pool.checkout()];
    await expect(pool.checkout()).rejects.toMatchObject({
      errorClass: 'too_many_connections',
      reason: 'role_limit',
      sqlstate: '53300',
    });
    for (const checkout of held) checkout.release();
    await vi.waitFor(() => expect(pool.snapshot()).toMatchObject({ idle: 2, overflow: -2 }), SOON);
    await pool.end(1_000);
    await server.query('DROP ROLE pool_limited');
  });
});

test('bursts of 4 over 2 + 2: the server never sees more than 4', async () => {
  const pool = poolOf({ poolSize: 2, maxOverflow: 2 });
  const peak = await server.peakDuring(async () => {
    for (let burst = 0; burst < 30; burst += 1) {
      await Promise.all(
        Array.from({ length: 4 }, async () => {
          const checkout = await pool.checkout();
          await checkout.client.query('SELECT 1');
          checkout.release();
        }),
      );
    }
  });
  expect(peak).toBeGreaterThan(1);
  expect(peak).toBeLessThanOrEqual(4);
  await pool.end(1_000);
  expect(await server.sessions()).toEqual([]);
});

test('queries given up by their holders end on the server too, and never add sessions', async () => {
  const pool = poolOf({ poolSize: 2, maxOverflow: 2 });
  const peak = await server.peakDuring(() =>
    Promise.all(
      Array.from({ length: 40 }, async () => {
        const checkout = await pool.checkout();
        const query = checkout.client.query('SELECT pg_sleep(60)').catch(() => undefined);
        checkout.release();
        await query;
      }),
    ),
  );
  expect(peak).toBeLessThanOrEqual(4);
  await pool.end(1_000);
  expect(await server.sessions()).toEqual([]);
});

test('sessions are shared one after the other: a setting written is the setting read back', async () => {
  const pool = poolOf({ poolSize: 2, maxOverflow: 1 });
  const owners = new Map<number, number>();
  await Promise.all(
    Array.from({ length: 60 }, async (_, request) => {
      await using checkout = await pool.checkout();
      const { client } = checkout;
      const pid = await pidOf(checkout);
      expect(owners.has(pid), 'nobody else holds this session').toBe(false);
      owners.set(pid, request);
      await client.query('SELECT set_config($1, $2, false)', ['pool_lab.request', String(request)]);
      await client.query('SELECT pg_sleep(0.002)');
      const { rows } = await client.query('SELECT current_setting($1) AS request', [
        'pool_lab.request',
      ]);
      expect(rows).toEqual([{ request: String(request) }]);
      owners.delete(pid);
    }),
  );
  expect(pool.snapshot()).toMatchObject({ acquireOk: 60, held: 0, heldPeak: 3 });
  await pool.end(1_000);
});

test('end() with idle, busy, connecting and waiting leaves nothing on the server', async () => {
  const pool = poolOf({ poolSize: 2, maxOverflow: 1 });
  const [busy, idle] = [await pool.checkout(), await pool.checkout()];
  const query = busy.client.query('SELECT pg_sleep(60)').catch((error: Error) => error.message);
  idle.release();
  const others = [pool.checkout(), pool.checkout(), pool.checkout()].map((answer) =>
    answer.then(
      () => 'ok',
      (error: unknown) => classify(error).reason,
    ),
  );
  const started = performance.now();
  await pool.end(100);
  expect(performance.now() - started).toBeLessThan(1_100);
  // The idle one is taken before the end is told; the others connect or wait.
  expect((await Promise.all(others)).toSorted()).toEqual(['closing', 'closing', 'ok']);
  expect(await query).toMatch(/user request|terminated/);
  await vi.waitFor(async () => expect(await server.sessions()).toEqual([]), SOON);
  busy.release();
});

const SEQUENCES = 300;
const behaviours = ['query', 'transaction', 'dirty', 'error', 'give up', 'die', 'twice'] as const;

test(`the invariants hold in ${SEQUENCES} random sequences`, async () => {
  const shape = fc.record({
    poolSize: fc.integer({ min: 1, max: 3 }),
    maxOverflow: fc.integer({ min: 0, max: 2 }),
    order: fc.constantFrom('fifo' as const, 'lifo' as const),
    prePing: fc.boolean(),
    resetOnReturn: fc.boolean(),
  });
  const tasks = fc.array(fc.constantFrom(...behaviours), { minLength: 3, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(shape, tasks, async (config, sequence) => {
      const pool = poolOf(config);
      const slots = config.poolSize + config.maxOverflow;
      const owners = new Set<object>();
      const served: number[] = [];
      const peak = await server.peakDuring(async () => {
        await Promise.all(
          sequence.map(async (behaviour, index) => {
            const checkout = await pool.checkout();
            served.push(index);
            expect(owners.has(checkout.client), 'one owner per connection').toBe(false);
            owners.add(checkout.client);
            const { held, idle, connecting, closing } = pool.snapshot();
            expect(held + idle + connecting + closing).toBeLessThanOrEqual(slots);
            expect(idle).toBeLessThanOrEqual(config.poolSize);
            const { rows } = await checkout.client.query(
              `SELECT now() = statement_timestamp() AS fresh`,
            );
            expect(rows, 'nobody inherits a transaction').toEqual([{ fresh: true }]);
            await behave(checkout, behaviour, () => owners.delete(checkout.client));
          }),
        );
      });
      expect(peak).toBeLessThanOrEqual(slots);
      expect(pool.snapshot()).toMatchObject({ waiting: 0, acquireOk: sequence.length });
      await pool.end(2_000);
      expect(await server.sessions(), 'after end() nothing lives').toEqual([]);
    }),
    { numRuns: SEQUENCES },
  );
}, 180_000);

async function behave(
  checkout: Checkout,
  behaviour: (typeof behaviours)[number],
  disown: () => void,
): Promise<void> {
  const { client } = checkout;
  const leave = (error?: unknown): void => {
    disown();
    checkout.release(error);
  };
  switch (behaviour) {
    case 'query':
      await client.query('SELECT $1::int', [1]);
      return leave();
    case 'transaction':
      await client.query('BEGIN');
      await client.query('COMMIT');
      return leave();
    case 'dirty':
      await client.query('BEGIN');
      return leave();
    case 'error':
      return client.query('SELECT 1 / 0').then(() => leave(), leave);
    case 'give up': {
      const query = client.query('SELECT pg_sleep(60)').catch(() => undefined);
      leave();
      await query;
      return;
    }
    case 'die':
      return client
        .query('SELECT pg_terminate_backend(pg_backend_pid())')
        .then(() => leave(), leave);
    case 'twice':
      leave();
      expect(() => checkout.release()).toThrow('released twice');
  }
}
