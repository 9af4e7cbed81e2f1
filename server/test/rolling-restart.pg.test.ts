import { beforeAll, expect, inject, test } from 'vitest';
import { METRICS } from '../contract.ts';
import { KeepAliveLoad } from './keep-alive-client.ts';
import { Scraped } from './scraped.ts';
import { seed } from './seeded.ts';
import { eventually, ServerProcess } from './server-process.ts';
import { TcpProxy } from './tcp-proxy.ts';

const postgres = inject('postgres');
const database = postgres.api;

beforeAll(() => seed(postgres));

test.each([1, 2])('under load, no request fails while %i at a time are replaced', async (surge) => {
  await using server = await ServerProcess.ready({ database, workers: 2, graceMs: 2_000 });
  const before = server.workerPids;
  await using load = new KeepAliveLoad(`${server.url}/w/point`, 8);
  await eventually(() => load.answers.length > 100);
  server.send({ type: 'rolling-restart', surge });
  const done = await server.message('rolling-restart-done');
  expect(done).toMatchObject({ replaced: 2, workersPeak: 2 + surge });
  const answeredByThen = load.answers.length;
  await eventually(() => load.answers.length > answeredByThen + 100);
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(load.answers.filter(({ status }) => status !== 200)).toEqual([]);
  const { workers, crashes } = await server.stats();
  expect(crashes).toBe(0);
  expect(workers.filter(({ alive }) => alive).map(({ pid }) => pid)).not.toContain(before[0]);
  expect(workers.filter(({ alive }) => alive)).toHaveLength(2);
  // To the last request of those that were replaced.
  await eventually(async () => {
    const scraped = new Scraped((await server.metrics()).text);
    const ofRoute = { route: '/w/point', code: '200' };
    return scraped.sum(`${METRICS.httpRequestSeconds}_count`, ofRoute) === load.answers.length;
  });
});

test('the sessions of replaced workers are gone, ids are never used twice', async () => {
  await using proxy = await TcpProxy.reserved(database);
  await proxy.up();
  await using server = await ServerProcess.ready({
    database: { ...database, host: '127.0.0.1', port: proxy.port },
  });
  server.send({ type: 'rolling-restart', surge: 1 });
  await server.message('rolling-restart-done');
  const { workers } = await server.stats();
  expect(workers.map(({ worker }) => worker).sort()).toEqual([1, 2, 3, 4]);
  const sessions = workers
    .filter(({ alive }) => alive)
    .reduce((sum, { pool }) => sum + pool.idle + pool.held + pool.closing, 0);
  await eventually(() => proxy.connections === sessions);
});

test('a second one is refused while the first is going on', async () => {
  await using server = await ServerProcess.ready({ database, workers: 1 });
  server.send({ type: 'rolling-restart', surge: 1 });
  server.send({ type: 'rolling-restart', surge: 1 });
  expect(await server.message('rolling-restart-failed')).toMatchObject({
    message: 'the server is already restarting',
  });
  await server.message('rolling-restart-done');
});
