import { Agent } from 'node:http';
import { performance } from 'node:perf_hooks';
import { Client } from 'pg';
import { beforeAll, expect, inject, test } from 'vitest';
import { HEADERS } from '../contract.ts';
import { request } from './keep-alive-client.ts';
import { seed } from './seeded.ts';
import { eventually, ServerProcess } from './server-process.ts';
import { TcpProxy } from './tcp-proxy.ts';

const postgres = inject('postgres');
const database = postgres.api;

beforeAll(() => seed(postgres));

test('without a database it serves refusals and gets ready when the database does', async () => {
  await using proxy = await TcpProxy.reserved(database);
  await using server = new ServerProcess({
    database: { ...database, host: '127.0.0.1', port: proxy.port },
  });
  const waiting = await server.message('waiting');
  expect(waiting.message).toContain(`127.0.0.1:${proxy.port}`);
  expect(await server.readyStatus()).toBe(503);
  const agent = new Agent();
  const refused = await request(`${server.url}/w/point`, agent);
  expect(refused.status).toBe(503);
  expect(refused.headers[HEADERS.errorClass]).toBe('db_unavailable');
  await proxy.up();
  await server.message('ready');
  expect((await request(`${server.url}/w/point`, agent)).status).toBe(200);
});

test('when the database goes away and comes back, every request gets one answer', async () => {
  await using proxy = await TcpProxy.reserved(database);
  await proxy.up();
  await using server = await ServerProcess.ready({
    database: { ...database, host: '127.0.0.1', port: proxy.port },
  });
  const pids = server.workerPids;
  // Eight over four connections: half of them hold one, the others wait for it.
  const agents = Array.from({ length: 8 }, () => new Agent());
  const answers = agents.map((agent) => request(`${server.url}/w/hold?ms=5000`, agent));
  await eventually(async () => {
    const { workers } = await server.stats();
    return workers.reduce((held, { pool }) => held + pool.held, 0) === 4;
  });
  await proxy.down();
  for (const { status, headers } of await Promise.all(answers)) {
    expect(status).toBeGreaterThanOrEqual(500);
    expect(['conn_lost', 'db_unavailable']).toContain(headers[HEADERS.errorClass]);
  }
  await proxy.up();
  const backAt = performance.now();
  await eventually(
    async () => (await request(`${server.url}/w/point`, new Agent())).status === 200,
  );
  expect(performance.now() - backAt).toBeLessThan(2_000);
  const { crashes, workers } = await server.stats();
  expect(crashes).toBe(0);
  expect(workers.map(({ pid }) => pid)).toEqual(pids);
});

test('a wrong password ends it at once, without being shown', async () => {
  const password = 'wrong-canary';
  await using server = new ServerProcess({ database: { ...database, password } });
  const failed = await server.message('failed');
  expect(failed.code).toBe('db_auth');
  expect(failed.message).toContain(`${database.host}:${database.port}`);
  expect(await server.exited).toBe(1);
  expect(`${JSON.stringify(server.messages)}${server.output}`).not.toContain(password);
});

test('a database that does not exist ends it with its name', async () => {
  await using server = new ServerProcess({ database: { ...database, database: 'nowhere' } });
  const failed = await server.message('failed');
  expect(failed).toMatchObject({ code: 'db_unavailable' });
  expect(failed.message).toContain('nowhere');
});

test('a refusal for lack of slots counts as an answer: ready, and refusing with the reason', async () => {
  const admin = new Client({ ...postgres.superuser });
  await admin.connect();
  const role = { user: 'pool_lab_one_slot', password: 'one-slot' };
  try {
    await admin.query(
      `CREATE ROLE ${role.user} LOGIN PASSWORD '${role.password}' CONNECTION LIMIT 1`,
    );
    await using server = await ServerProcess.ready({ database: { ...database, ...role } });
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => request(`${server.url}/w/hold?ms=1`, new Agent())),
    );
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const { headers } of refused) {
      expect(headers[HEADERS.errorClass]).toBe('too_many_connections');
      expect(headers[HEADERS.errorReason]).toBe('role_limit');
    }
  } finally {
    await eventually(async () => {
      const { rowCount } = await admin.query('SELECT FROM pg_stat_activity WHERE usename = $1', [
        role.user,
      ]);
      return rowCount === 0;
    });
    await admin.query(`DROP ROLE ${role.user}`);
    await admin.end();
  }
});

test('two hundred clients that hang up leak nothing', async () => {
  await using proxy = await TcpProxy.reserved(database);
  await proxy.up();
  await using server = await ServerProcess.ready({
    database: { ...database, host: '127.0.0.1', port: proxy.port },
    workers: 1,
  });
  for (let round = 0; round < 4; round++) {
    const controllers = Array.from({ length: 50 }, () => new AbortController());
    const requests = controllers.map(({ signal }) =>
      fetch(`${server.url}/w/hold?ms=20`, { signal }).catch(() => undefined),
    );
    await eventually(async () => {
      const { workers } = await server.stats();
      return (workers[0]?.http.started ?? 0) >= (round + 1) * 50;
    });
    for (const controller of controllers) controller.abort();
    await Promise.all(requests);
  }
  await eventually(async () => {
    const { workers } = await server.stats();
    const [worker] = workers;
    return worker?.pool.held === 0 && worker.pool.waiting === 0 && worker.http.inFlight === 0;
  });
  const { workers } = await server.stats();
  const http = workers[0]?.http ?? { started: 0, finished: 0, aborted: 0 };
  expect(http.started).toBe(200);
  expect(http.finished + http.aborted).toBe(200);
  expect(http.aborted).toBeGreaterThan(100);
  expect((await request(`${server.url}/w/point`, new Agent())).status).toBe(200);
  expect(proxy.connections).toBeLessThanOrEqual(2);
});

test('a stream that nobody reads to the end gives its connection back', async () => {
  await using server = await ServerProcess.ready({ database, workers: 1 });
  for (let i = 0; i < 10; i++) {
    const controller = new AbortController();
    const response = await fetch(`${server.url}/w/stream?rows=50000`, {
      signal: controller.signal,
    });
    await response.body?.getReader().read();
    controller.abort();
  }
  await eventually(async () => (await server.stats()).workers[0]?.pool.held === 0);
  const { workers } = await server.stats();
  expect(workers[0]?.pool).toMatchObject({ acquireOk: 11, held: 0 });
});
