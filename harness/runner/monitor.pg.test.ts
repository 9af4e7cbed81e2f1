import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { afterEach, expect, inject, test } from 'vitest';
import { MONITOR_APPLICATION_NAME } from '../../server/contract.ts';
import { machineClockMs } from '../machine-clock.ts';
import { LOOK_APPLICATION_NAME } from '../postgres/database-consent.ts';
import type { Watched } from '../postgres/watched-sessions.ts';
import { openMonitor } from './monitor.ts';

const { api, superuser } = inject('postgres');
const opened: Client[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.end()));
});

async function connectAs(applicationName: string): Promise<Client> {
  const client = new Client({ ...api, application_name: applicationName });
  client.on('error', () => {
    // Some tests end the session from outside.
  });
  await client.connect();
  opened.push(client);
  return client;
}

/** Prefix of this file's own sessions: other files use the server at the same time. */
const PREFIX = 'monitor-test-w';
const WATCHED: Watched = { kind: 'names', prefix: PREFIX };
const FIRST_WORKER: Watched = { kind: 'names', prefix: `${PREFIX}1` };

async function withMonitor<T>(
  use: (monitor: Awaited<ReturnType<typeof openMonitor>>) => Promise<T>,
) {
  const monitor = await openMonitor({ superuser, api, intervalMs: 10 });
  try {
    return await use(monitor);
  } finally {
    await monitor.close();
  }
}

async function until(condition: () => boolean | Promise<boolean>, deadlineMs = 5_000) {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms`);
    await delay(5);
  }
}

test('the limits in force are read, with the durability settings', async () => {
  await withMonitor(async ({ limits }) => {
    expect(limits).toEqual({
      version: expect.stringMatching(/^18\./),
      maxConnections: 100,
      superuserReservedConnections: 3,
      reservedConnections: 0,
      databaseConnectionLimit: null,
      roleConnectionLimit: null,
      apiRoleKind: 'ordinary',
      durability: {
        fsync: 'on',
        synchronousCommit: 'on',
        fullPageWrites: 'on',
        walLevel: 'replica',
      },
      sharedBuffersBytes: 128 * 1024 * 1024,
    });
  });
});

test('a role’s own connection limit and its right to reserved slots are seen', async () => {
  const admin = new Client(superuser);
  await admin.connect();
  try {
    await admin.query('CREATE ROLE monitor_test_limited CONNECTION LIMIT 7');
    await admin.query('GRANT pg_use_reserved_connections TO monitor_test_limited');
    const monitor = await openMonitor({
      superuser,
      api: { user: 'monitor_test_limited', database: api.database },
    });
    await monitor.close();
    expect(monitor.limits).toMatchObject({ roleConnectionLimit: 7, apiRoleKind: 'reserved' });
  } finally {
    await admin.query('DROP ROLE IF EXISTS monitor_test_limited');
    await admin.end();
  }
});

test('a window reports the peak, by worker, of connections that were closed before it ended', async () => {
  await withMonitor(async (monitor) => {
    const sampling = monitor.startSampling(WATCHED);
    const first = await connectAs(`${PREFIX}1`);
    await connectAs(`${PREFIX}1`);
    await connectAs(`${PREFIX}2`);
    await delay(50);
    await first.end();
    opened.splice(opened.indexOf(first), 1);
    await until(async () => (await monitor.waitUntilGone(FIRST_WORKER, 0)) === 1);
    const window = await sampling.stop();
    expect(window).toMatchObject({
      workerConnectionsPeak: 3,
      peakByWorker: { [`${PREFIX}1`]: 2, [`${PREFIX}2`]: 1 },
      lost: null,
    });
    expect(window.clientBackendsPeak).toBeGreaterThanOrEqual(4);
    expect(window.samples).toBeGreaterThanOrEqual(3);
  });
});

test('a session that waits for a row lock shows up as waiting for the lock’s transaction', async () => {
  const holder = await connectAs(`${PREFIX}1`);
  const waiter = await connectAs(`${PREFIX}2`);
  const admin = new Client(superuser);
  await admin.connect();
  opened.push(admin);
  await admin.query('CREATE SCHEMA monitor_test AUTHORIZATION pool_lab_api');
  try {
    await holder.query('CREATE TABLE monitor_test.counter AS SELECT 1 AS id');
    await holder.query('BEGIN');
    await holder.query('UPDATE monitor_test.counter SET id = 2');
    const waiting = waiter.query('UPDATE monitor_test.counter SET id = 3');
    const window = await withMonitor(async (monitor) => {
      const sampling = monitor.startSampling(WATCHED);
      await delay(100);
      return sampling.stop();
    });
    await holder.query('COMMIT');
    await waiting;
    expect(window.waitEventShares['Lock/transactionid']).toBeGreaterThan(0.9);
    expect(window.meanByState['idle in transaction']).toBe(1);
    expect(window.meanByState['active']).toBe(1);
    expect(window.seconds[0]?.waitingForLocksMean).toBeGreaterThan(0.9);
  } finally {
    await admin.query('DROP SCHEMA monitor_test CASCADE');
  }
});

test('others are everybody but the workers and a lab that only looks, the monitor itself among them', async () => {
  await withMonitor(async (monitor) => {
    const before = await monitor.countOthers(WATCHED);
    expect(before).toBeGreaterThanOrEqual(1);
    await connectAs(`${PREFIX}1`);
    await connectAs(LOOK_APPLICATION_NAME);
    expect(await monitor.countOthers(WATCHED)).toBe(before);
    await connectAs('somebody-else');
    expect(await monitor.countOthers(WATCHED)).toBe(before + 1);
  });
});

test('processes of PostgreSQL that take no slot of max_connections are not seen', async () => {
  const own = new Client(superuser);
  await own.connect();
  opened.push(own);
  await withMonitor(async (monitor) => {
    const { rows } = await own.query<{ all: number; clients: number }>(
      `SELECT count(*)::int AS all, count(*) FILTER (WHERE backend_type = 'client backend')::int AS clients
         FROM pg_stat_activity`,
    );
    const [there = { all: 0, clients: 0 }] = rows;
    expect(there.all).toBeGreaterThan(there.clients);
    const seen = await monitor.backendsNow(0);
    expect(seen?.groups.reduce((sum, { backends }) => sum + backends, 0)).toBe(there.clients);
  });
});

test('committed and rolled back transactions of a window are counted', async () => {
  await withMonitor(async (monitor) => {
    const sampling = monitor.startSampling(WATCHED);
    // The monitor asks one thing at a time: when this is answered, the window's first count is.
    await monitor.databaseCounts();
    const client = await connectAs(`${PREFIX}1`);
    for (let i = 0; i < 20; i += 1) await client.query('BEGIN; SELECT 1; ROLLBACK');
    await client.end();
    opened.splice(opened.indexOf(client), 1);
    // A session's last transactions are counted at its end, which its client does not wait for.
    expect(await monitor.waitUntilGone(FIRST_WORKER, 5_000)).toBe(0);
    const window = await sampling.stop();
    expect(window.transactions?.rolledBack).toBeGreaterThanOrEqual(20);
  });
});

test('who asks while a window is sampled gets its last sample, unless that is too old', async () => {
  // Of an interval this long there is one sample.
  const monitor = await openMonitor({ superuser, api, intervalMs: 60_000 });
  try {
    await connectAs(`${PREFIX}1`);
    const askedFromMs = machineClockMs();
    const before = await monitor.backendsNow(60_000);
    expect(before?.askedAtMs).toBeGreaterThanOrEqual(askedFromMs);
    expect(before?.groups).toContainEqual(
      expect.objectContaining({ applicationName: `${PREFIX}1`, state: 'idle', backends: 1 }),
    );
    const sampling = monitor.startSampling(WATCHED);
    await until(async () => (await monitor.backendsNow(60_000)) !== null);
    const sample = await monitor.backendsNow(60_000);
    await connectAs(`${PREFIX}2`);
    expect(await monitor.backendsNow(60_000)).toBe(sample);
    expect(await monitor.backendsNow(-1)).toBeNull();
    expect((await sampling.stop()).samples).toBe(1);
    expect((await monitor.backendsNow(0))?.groups).toContainEqual(
      expect.objectContaining({ applicationName: `${PREFIX}2` }),
    );
  } finally {
    await monitor.close();
  }
});

test('transactions and sessions of the API’s database are as PostgreSQL counts them', async () => {
  await withMonitor(async (monitor) => {
    const before = await monitor.databaseCounts();
    const client = await connectAs(`${PREFIX}1`);
    for (let i = 0; i < 20; i += 1) await client.query('BEGIN; SELECT 1; ROLLBACK');
    await client.end();
    opened.splice(opened.indexOf(client), 1);
    await until(async () => {
      const { rolledBack, sessions } = await monitor.databaseCounts();
      return rolledBack >= before.rolledBack + 20 && (sessions ?? 0) > (before.sessions ?? 0);
    });
    expect(before.sessions).not.toBeNull();
  });
});

test('waiting for sessions to go tells how many are left at the deadline', async () => {
  await withMonitor(async (monitor) => {
    const client = await connectAs(`${PREFIX}1`);
    expect(await monitor.waitUntilGone(FIRST_WORKER, 30)).toBe(1);
    const gone = monitor.waitUntilGone(FIRST_WORKER, 5_000);
    await client.end();
    opened.splice(opened.indexOf(client), 1);
    expect(await gone).toBe(0);
  });
});

test('a window keeps what was seen and says so when the monitor’s session is terminated', async () => {
  const monitor = await openMonitor({ superuser, api, intervalMs: 10 });
  const sampling = monitor.startSampling(WATCHED);
  const admin = new Client(superuser);
  await admin.connect();
  await delay(50);
  // Other files' monitors may be open too; this one, at 10 ms, is the one that asked last.
  const { rows } = await admin.query(
    `SELECT pid FROM pg_stat_activity WHERE application_name = 'pool-lab-monitor'
      ORDER BY state_change DESC LIMIT 1`,
  );
  await admin.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]);
  await admin.end();
  const error = await monitor.lost;
  expect(error.code).toBe('DATABASE_UNREACHABLE');
  const window = await sampling.stop();
  expect(window.samples).toBeGreaterThan(0);
  // Who was just asking may get the reset of the connection in place of the farewell.
  expect(window.lost).toMatch(/terminat|ECONNRESET/i);
  await monitor.close();
});

test.each([
  { what: 'a wrong password', change: { password: 'wrong' }, code: 'DATABASE_AUTH' },
  { what: 'a database that is not there', change: { database: 'nowhere' }, code: 'DATABASE_AUTH' },
  { what: 'a port nobody listens on', change: { port: 1 }, code: 'DATABASE_UNREACHABLE' },
])('$what is told as $code, with a hint', async ({ change, code }) => {
  await expect(openMonitor({ superuser: { ...superuser, ...change }, api })).rejects.toMatchObject({
    code,
    hint: expect.stringMatching(/\w/),
    message: expect.not.stringContaining('undefined'),
  });
});

test('a service is told by its role whatever it calls itself, and the lab’s own sessions are not its', async () => {
  const admin = new Client(superuser);
  await admin.connect();
  opened.push(admin);
  await admin.query("CREATE ROLE monitor_test_service LOGIN PASSWORD 'monitor-test'");
  const service = { ...api, user: 'monitor_test_service', password: 'monitor-test' };
  const connectService = async (applicationName: string) => {
    const client = new Client({ ...service, application_name: applicationName });
    await client.connect();
    return client;
  };
  const watched: Watched = { kind: 'role', role: service.user };
  try {
    await withMonitor(async (monitor) => {
      const others = await monitor.countOthers(watched);
      const sampling = monitor.startSampling(watched);
      const clients = await Promise.all(
        ['', '', 'worker of a stranger', MONITOR_APPLICATION_NAME].map(connectService),
      );
      await until(() => sampling.live().workersNow === 3);
      const transaction = clients[2]?.query('BEGIN');
      await transaction;
      await delay(50);
      expect(await monitor.countOthers(watched)).toBeGreaterThanOrEqual(1);
      expect(others).toBeGreaterThanOrEqual(1);
      expect(await monitor.waitUntilGone(watched, 0)).toBe(3);
      await Promise.all(clients.map((client) => client.end()));
      expect(await monitor.waitUntilGone(watched, 5_000)).toBe(0);
      const window = await sampling.stop();
      expect(window).toMatchObject({
        workerConnectionsPeak: 3,
        peakByWorker: {},
        transports: { encrypted: 0 },
      });
      const who = { role: service.user, address: '127.0.0.1' };
      expect(window.sessions).toMatchObject([
        { applicationName: '', ...who, peak: 2 },
        { applicationName: 'worker of a stranger', ...who, peak: 1 },
      ]);
      expect(window.sessions[1]?.meanByState['idle in transaction']).toBeGreaterThan(0);
      expect(await sampling.stop()).toBe(window);
    });
  } finally {
    await admin.query('DROP ROLE monitor_test_service');
  }
});

test('where others share its role, a service is told by its database', async () => {
  await withMonitor(async (monitor) => {
    const client = await connectAs('told-by-its-database');
    const watched: Watched = { kind: 'database', database: api.database };
    const here = await monitor.waitUntilGone(watched, 0);
    expect(here).toBeGreaterThanOrEqual(1);
    expect(await monitor.waitUntilGone({ kind: 'database', database: 'postgres_none' }, 0)).toBe(0);
    const window = monitor.startSampling(watched);
    await until(() => window.live().workersNow > 0);
    const { sessions } = await window.stop();
    expect(sessions.map(({ applicationName }) => applicationName)).toContain(
      'told-by-its-database',
    );
    await client.end();
    opened.splice(opened.indexOf(client), 1);
  });
});
