import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';
import { ConnectionCount } from './connection-count.ts';
import { ClientList, type Lease } from './pg-pool-adapter.ts';
import { NO_POOL_RECORDER } from './pool.ts';
import type { PoolClient } from './pool-client.ts';
import { FakeDatabase, settled } from './test/fake-database.ts';
import { NO_DATABASE, poolUnderTest } from './test/pool-under-test.ts';
import { VirtualClock } from './test/virtual-clock.ts';

/**
 * The adapter overrides and calls what pg-pool and pg keep to themselves. When one of these fails
 * after an upgrade: read what changed, adapt, run the model and the seeded bugs, then set the new values.
 */
const REVIEWED = {
  'pg-pool': { version: '3.14.0', file: 'index.js' },
  pg: { version: '8.23.1', file: 'lib/client.js' },
} as const;

const require = createRequire(import.meta.url);

function textOf(name: keyof typeof REVIEWED, file: string): string {
  // Not through `exports`, which do not show what is private.
  const root = require.resolve(name).replace(/(.*node_modules\/[^/]+\/).*/, '$1');
  return readFileSync(root + file, 'utf8');
}

describe('the reviewed versions', () => {
  test.for(['pg-pool', 'pg'] as const)('%s is the one the adapter was written for', (name) => {
    expect(JSON.parse(textOf(name, 'package.json'))).toMatchObject({
      version: REVIEWED[name].version,
    });
  });

  test.for([
    ['pg-pool', '6f304776edaabde2'],
    ['pg', 'ad6aa93c26b0bf26'],
  ] as const)('the source of %s is the one that was read', ([name, fingerprint]) => {
    const text = textOf(name, REVIEWED[name].file);
    expect(createHash('sha256').update(text).digest('hex').slice(0, 16)).toBe(fingerprint);
  });
});

describe('the private members', () => {
  test('of pg-pool are where they were', () => {
    const { list } = clientList(1);
    for (const field of ['_clients', '_idle', '_pendingQueue']) {
      expect(Reflect.get(list, field), field).toBeInstanceOf(Array);
    }
    const inherited = Object.getPrototypeOf(ClientList.prototype);
    for (const method of [
      'newClient',
      '_acquireClient',
      '_release',
      '_remove',
      '_isFull',
      '_pulseQueue',
    ]) {
      expect(Reflect.get(inherited, method), method).toBeTypeOf('function');
    }
  });

  test('of pg are where they were', () => {
    const client = new Client({ password: 'x' });
    expect(client).toMatchObject({
      _queryable: true,
      _ending: false,
      _activeQuery: null,
      _queryQueue: [],
      processID: null,
      secretKey: null,
    });
  });
});

describe('the list', () => {
  test('keeps a slot taken until the socket is closed', async () => {
    const { list, database } = clientList(1);
    database.habits.closes = false;
    const lease = await open(list);
    lease.release(true);
    expect(list).toMatchObject({ held: 0, idle: 0, closing: 1, occupied: 1, isFull: true });
    database.connections[0]?.close();
    await settled();
    expect(list).toMatchObject({ closing: 0, occupied: 0, isFull: false });
  });

  test('keeps the slot of a refused connect until its socket is closed', async () => {
    const { list, database } = clientList(1);
    database.refusals.push(new Error('refused'));
    const failures: Error[] = [];
    let occupiedAtAnswer = 0;
    list.open(
      () => undefined,
      (error) => {
        failures.push(error);
        occupiedAtAnswer = list.occupied;
      },
    );
    await settled();
    expect(failures).toHaveLength(1);
    expect(occupiedAtAnswer).toBe(1);
    expect(list).toMatchObject({ connecting: 0, closing: 0, occupied: 0 });
  });

  test('hands the idle out in either order', async () => {
    const { list, database } = clientList(3);
    const leases = [await open(list), await open(list), await open(list)];
    for (const lease of leases) lease.release();
    const idOf = (client: PoolClient): number => database.of(client).id;
    expect(idOf(list.take('fifo').client)).toBe(1);
    expect(idOf(list.take('lifo').client)).toBe(3);
    expect(idOf(list.take('fifo').client)).toBe(2);
    expect(() => list.take('fifo')).toThrow('idle');
  });

  test('drops an idle client that dies, and tells that there is room', async () => {
    const { list, database, changes } = clientList(1);
    (await open(list)).release();
    const before = changes();
    database.connections[0]?.terminate();
    await settled();
    expect(list).toMatchObject({ idle: 0, occupied: 0 });
    expect(changes()).toBeGreaterThan(before);
  });

  test('frees the slot of a client that died in the hands of its holder only on release', async () => {
    const { list, database } = clientList(1);
    const lease = await open(list);
    database.connections[0]?.terminate();
    await settled();
    expect(list).toMatchObject({ held: 1, isFull: true });
    lease.release();
    expect(list).toMatchObject({ occupied: 0, isFull: false });
  });
});

test('neither a pool nor its errors show the password', async () => {
  const { pool, database } = poolUnderTest({});
  const checkout = await pool.checkout();
  const { inspect } = await import('node:util');
  expect(inspect(pool, { depth: 12, showHidden: true })).not.toContain(NO_DATABASE.password);
  expect(inspect(checkout.client, { depth: 12 })).not.toContain(NO_DATABASE.password);
  expect(database.accepted).toBe(1);
});

function clientList(connectionsMax: number) {
  const database = new FakeDatabase();
  let changes = 0;
  const list = new ClientList({
    connectionsMax,
    client: { user: 'nobody', password: 'x' },
    Client: database.Client,
    clock: new VirtualClock(),
    observer: new ConnectionCount(NO_POOL_RECORDER),
    onChange: () => {
      changes += 1;
    },
  });
  return { list, database, changes: () => changes };
}

function open(list: ClientList): Promise<Lease> {
  return new Promise((resolve, reject) => list.open(resolve, reject));
}
