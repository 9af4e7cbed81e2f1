import { Agent } from 'node:http';
import { beforeAll, expect, inject, test } from 'vitest';
import {
  ADMIN_PATHS,
  METRICS,
  type ServerSideSample,
  serverDescriptionSchema,
} from '../contract.ts';
import { KeepAliveLoad, request } from './keep-alive-client.ts';
import { seed } from './seeded.ts';
import { eventually, ServerProcess } from './server-process.ts';

const postgres = inject('postgres');
const database = postgres.api;

/** What the database's monitor would tell; each number another. */
const SERVER_SIDE: ServerSideSample = {
  maxConnections: 31,
  superuserReserved: 3,
  reserved: 1,
  connections: [
    { state: 'idle', worker: '1', connections: 2 },
    { state: 'active', worker: 'monitor', connections: 1 },
  ],
  active: [],
  transactions: { committed: 11, rolledBack: 7, sessions: 5 },
  budget: { floor: 4, ceiling: 6, usable: 26 },
  pgbouncer: {
    clients: { active: 8, waiting: 9 },
    servers: { active: 1, idle: 1, used: 1, tested: 1, login: 1 },
    maxWaitMs: 1,
  },
};

beforeAll(() => seed(postgres));

test('every metric of the contract is there once the database’s side is told', async () => {
  await using server = await ServerProcess.ready({ database });
  const agent = new Agent();
  await request(`${server.url}/w/point`, agent);
  const missing = async (): Promise<string[]> => {
    const { text } = await server.metrics();
    return Object.values(METRICS).filter((name) => !text.includes(`# TYPE ${name} `));
  };
  expect(await missing()).toEqual(
    Object.values(METRICS).filter((name) => /_(?:pg|pgbouncer|budget)_/.test(name)),
  );
  server.send({ type: 'server-side', sample: SERVER_SIDE });
  await eventually(async () => (await missing()).length === 0);
  const { text } = await server.metrics();
  expect(text).toContain(`\n${METRICS.pgMaxConnections} 31\n`);
  expect(text).toContain(`\n${METRICS.pgReservedConnections} 4\n`);
  expect(text).toContain(`\n${METRICS.pgConnections}{state="active",worker="2"} 0\n`);
});

test('whoever did not start the server is told its shape, and no password', async () => {
  await using server = await ServerProcess.ready({ database, workers: 1, seed: 9 });
  const { body } = await request(`${server.adminUrl}${ADMIN_PATHS.config}`, new Agent());
  expect(serverDescriptionSchema.parse(JSON.parse(body))).toMatchObject({
    workers: 1,
    seed: 9,
    pool: { kind: 'queue', poolSize: 2 },
  });
  expect(body).not.toContain(database.password);
  expect(body).not.toContain(database.user);
});

test('a worker that is stopped does not delay the metrics, and its numbers show their age', async () => {
  await using server = await ServerProcess.ready({ database });
  const blocked = server.workerPid;
  await server.metrics();
  process.kill(blocked, 'SIGSTOP');
  try {
    await eventually(async () => {
      const { workers } = await server.stats();
      return workers.some(({ pid, ageMs }) => pid === blocked && ageMs > 1_000);
    });
    const durations: number[] = [];
    for (let i = 0; i < 5; i++) durations.push((await server.metrics()).durationMs);
    // The median: one late wake-up of this shared machine is not the server's.
    expect(durations.sort((a, b) => a - b)[2]).toBeLessThan(100);
    const { text } = await server.metrics();
    const ages = samplesOf(text, METRICS.snapshotAgeSeconds);
    expect(Math.max(...ages.values())).toBeGreaterThan(1);
    expect(ages.size).toBe(2);
  } finally {
    process.kill(blocked, 'SIGCONT');
  }
});

test('no counter falls when a worker is killed and replaced', async () => {
  await using server = await ServerProcess.ready({ database });
  await using load = new KeepAliveLoad(`${server.url}/w/point`, 2);
  await eventually(() => load.answers.length > 50);
  await load.stop();
  const before = countersOf((await server.metrics()).text);
  const victim = server.workerPid;
  process.kill(victim, 'SIGKILL');
  await server.message('worker-died');
  const during = countersOf((await server.metrics()).text);
  await eventually(async () => (await server.readyStatus()) === 200);
  const after = countersOf((await server.metrics()).text);
  for (const later of [during, after]) {
    const fallen = [...before].filter(([series, value]) => (later.get(series) ?? -1) < value);
    expect(fallen).toEqual([]);
  }
  expect(before.size).toBeGreaterThan(50);
  expect(after.get(`${METRICS.workerRestartsTotal}{reason="crash"}`)).toBe(1);
});

test('the statistics add up at rest, and keep those of dead workers', async () => {
  await using server = await ServerProcess.ready({ database });
  await using load = new KeepAliveLoad(`${server.url}/w/point`, 4);
  await eventually(() => load.answers.length > 200);
  await load.stop();
  const { workers } = await server.stats();
  const sum = (read: (worker: (typeof workers)[number]) => number) =>
    workers.reduce((total, worker) => total + read(worker), 0);
  expect(sum(({ http }) => http.finished)).toBe(load.answers.length);
  expect(sum(({ http }) => http.inFlight + http.aborted)).toBe(0);
  for (const { pool, http } of workers) {
    expect(http.started).toBe(http.finished);
    expect(pool.acquireStarted).toBe(pool.acquireOk + pool.acquireTimeout + pool.acquireError);
    expect(pool.held + pool.waiting).toBe(0);
  }
});

test('without instrumentation there are no metrics, and the statistics are still right', async () => {
  await using server = await ServerProcess.ready({ database, instrumentation: false });
  await request(`${server.url}/w/point`, new Agent());
  expect((await server.metrics()).text).toBe('');
  const { workers } = await server.stats();
  expect(workers.reduce((total, { http }) => total + http.finished, 0)).toBe(1);
});

test('the admin port answers no other name than its own and those it was given', async () => {
  await using server = await ServerProcess.ready({
    database,
    workers: 1,
    allowedHosts: ['api:9464'],
  });
  const agent = new Agent();
  const answer = await request(`${server.adminUrl}/metrics`, agent);
  expect(answer.status).toBe(200);
  const foreign = await request(`${server.adminUrl}/metrics`, agent, { host: 'lab.example' });
  expect(foreign.status).toBe(403);
  const allowed = await request(`${server.adminUrl}/metrics`, agent, { host: 'api:9464' });
  expect(allowed.status).toBe(200);
  const crossSite = await request(`${server.adminUrl}/metrics`, agent, { origin: 'null' });
  expect(crossSite.status).toBe(403);
});

function countersOf(text: string): Map<string, number> {
  const counters = new Map<string, number>();
  for (const [name] of text.matchAll(/^# TYPE (\S+) (?:counter|histogram)$/gm)) {
    const metric = name.split(' ')[2] ?? '';
    for (const [series, value] of samplesOf(text, metric)) counters.set(series, value);
  }
  return counters;
}

/** Samples of a metric, with a histogram's buckets, sum and count, by their whole series name. */
function samplesOf(text: string, metric: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(metric));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}
