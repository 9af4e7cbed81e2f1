import { Agent } from 'node:http';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { beforeAll, expect, inject, test } from 'vitest';
import { HEADERS, POOL_KINDS } from '../contract.ts';
import { KeepAliveLoad, request } from './keep-alive-client.ts';
import { seed } from './seeded.ts';
import { eventually, isAlive, ServerProcess } from './server-process.ts';

const postgres = inject('postgres');
const database = postgres.api;

/** A deadline of the server's is missed when the machine is busy: late thrice in a row is late. */
const TIMED = { retry: 2 };

beforeAll(() => seed(postgres));

test('it is ready when every worker is, and serves from all of them', async () => {
  await using server = await ServerProcess.ready({ database, workers: 3 });
  const ready = await server.message('ready');
  expect(ready.workers).toHaveLength(3);
  expect(await server.readyStatus()).toBe(200);
  const workers = new Set<unknown>();
  for (let i = 0; i < 3; i++) {
    const agent = new Agent();
    const answer = await request(`${server.url}/w/point`, agent);
    expect(answer.status).toBe(200);
    workers.add(answer.headers[HEADERS.worker]);
  }
  expect(workers.size).toBe(3);
});

test.each(POOL_KINDS)('it serves and stops with the pool kind %s', async (kind) => {
  await using server = await ServerProcess.ready({ database, workers: 1, pool: { kind } });
  const agent = new Agent({ keepAlive: true });
  for (let i = 0; i < 3; i++) {
    expect((await request(`${server.url}/w/hot`, agent)).status).toBe(200);
  }
  server.send({ type: 'stop' });
  expect(await server.exited).toBe(0);
  agent.destroy();
});

test('a killed worker is replaced within 2 s and told of', TIMED, async () => {
  await using server = await ServerProcess.ready({ database });
  const victim = server.workerPid;
  const killedAt = performance.now();
  process.kill(victim, 'SIGKILL');
  const died = await server.message('worker-died');
  expect(died.signal).toBe('SIGKILL');
  await eventually(async () => (await server.readyStatus()) === 200);
  expect(performance.now() - killedAt).toBeLessThan(2_000);
  const { workers, crashes } = await server.stats();
  expect(crashes).toBe(1);
  expect(workers.filter(({ alive }) => alive)).toHaveLength(2);
  expect(workers.map(({ worker }) => worker).sort()).toEqual([1, 2, 3]);
});

test('three quick deaths in one place end it, with the last lines the worker wrote', async () => {
  const crash = new URL('./crash-at-start.ts', import.meta.url);
  await using server = new ServerProcess({
    database,
    workers: 1,
    environment: { NODE_OPTIONS: `--import ${crash}` },
  });
  const failed = await server.message('failed');
  expect(failed.code).toBe('crash_loop');
  expect(failed.message).toContain('crashed on purpose');
  expect(server.messages.filter(({ type }) => type === 'worker-died')).toHaveLength(3);
  expect(await server.exited).toBe(1);
});

test('a port that is taken is said so before anything is forked', async () => {
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve));
  const address = squatter.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await using server = new ServerProcess({ database, port });
  const failed = await server.message('failed');
  expect(failed).toMatchObject({ code: 'port_in_use' });
  expect(failed.message).toContain(String(port));
  expect(await server.exited).toBe(1);
  await new Promise((resolve) => squatter.close(resolve));
});

test(
  'a graceful stop answers what is running and ends idle keep-alive connections in time',
  TIMED,
  async () => {
    await using server = await ServerProcess.ready({ database, graceMs: 1_000 });
    const idle = new Agent({ keepAlive: true });
    await request(`${server.url}/noop`, idle);
    await using load = new KeepAliveLoad(`${server.url}/w/hold?ms=30`, 4);
    const slow = request(`${server.url}/w/hold?ms=400`, new Agent());
    await eventually(() => load.answers.length >= 8);
    const stoppedAt = performance.now();
    server.send({ type: 'stop' });
    expect((await slow).status).toBe(200);
    expect(await server.exited).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(2_000);
    await load.stop();
    // Nobody's request was broken off; those that came too late found nobody listening.
    expect(load.answers.every(({ status }) => status === 200)).toBe(true);
    expect(load.failures.map((error) => (error as NodeJS.ErrnoException).code)).toEqual(
      load.failures.map(() => 'ECONNREFUSED'),
    );
    expect(server.messages.at(-1)).toEqual({ type: 'stopped' });
    idle.destroy();
  },
);

test('a request longer than the grace does not hold up the stop', TIMED, async () => {
  await using server = await ServerProcess.ready({ database, graceMs: 200 });
  const endless = request(`${server.url}/w/hold?ms=60000`, new Agent());
  const broken = expect(endless).rejects.toThrow();
  await eventually(async () => {
    const { workers } = await server.stats();
    return workers.some(({ pool }) => pool.held === 1);
  });
  const stoppedAt = performance.now();
  server.send({ type: 'stop' });
  await broken;
  expect(await server.exited).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(1_200);
});

test('workers do not outlive a primary that was killed', TIMED, async () => {
  await using server = await ServerProcess.ready({ database });
  const pids = server.workerPids;
  const killedAt = performance.now();
  server.child.kill('SIGKILL');
  await eventually(() => !pids.some(isAlive));
  expect(performance.now() - killedAt).toBeLessThan(1_000);
});

test('it stops by itself when its parent is gone', async () => {
  await using server = await ServerProcess.ready({ database });
  const pids = server.workerPids;
  server.child.disconnect();
  expect(await server.exited).toBe(0);
  expect(pids.some(isAlive)).toBe(false);
});

test('SIGTERM stops it as gracefully as a message does', async () => {
  await using server = await ServerProcess.ready({ database });
  server.child.kill('SIGTERM');
  // As wrappers do, which pass on what the whole group got already.
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  expect(server.messages.at(-1)).toEqual({ type: 'stopped' });
});

test('a configuration with problems ends it with status 2 and every problem on a line', async () => {
  await using server = new ServerProcess({
    database,
    environment: { POOL_LAB_POOL_SIZE: '-1', POOL_LAB_WORKERS: '0' },
  });
  expect(await server.exited).toBe(2);
  await eventually(() => server.output.trim().split('\n').length === 2);
  expect(server.output).not.toContain(database.password);
});
