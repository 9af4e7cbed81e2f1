import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, inject, test } from 'vitest';
import {
  ADMIN_PATHS,
  METRICS,
  type ServerSideSample,
  serverDescriptionSchema,
} from '../contract.ts';
import { machineClockMs } from '../machine-clock.ts';
import { KeepAliveLoad, request } from './keep-alive-client.ts';
import { RestlessLoad } from './restless-load.ts';
import { Scraped } from './scraped.ts';
import { seed } from './seeded.ts';
import { eventually, ServerProcess } from './server-process.ts';

const postgres = inject('postgres');
const database = postgres.api;

/** What the database's monitor would tell; each number another. */
const SERVER_SIDE: Omit<ServerSideSample, 'takenAtMs'> = {
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
    totals: { transactions: 7, queries: 9, waitMs: 2_500 },
  },
};

/** More often than anybody scrapes, and not so often that nothing else gets done. */
const SCRAPE_PAUSE_MS = 20;
/** Among them is the one that finds a worker blocked. */
const FIRST_SCRAPES = 3;

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
  server.send({ type: 'server-side', sample: { ...SERVER_SIDE, takenAtMs: machineClockMs() } });
  await eventually(async () => (await missing()).length === 0);
  const { text } = await server.metrics();
  expect(text).toContain(`\n${METRICS.pgMaxConnections} 31\n`);
  expect(text).toContain(`\n${METRICS.pgReservedConnections} 4\n`);
  expect(text).toContain(`\n${METRICS.pgConnections}{state="active",worker="2"} 0\n`);
});

test('what was seen long ago is not shown as if it were of now, however late it is told', async () => {
  await using server = await ServerProcess.ready({ database, workers: 1 });
  const takenAtMs = machineClockMs() - 60_000;
  server.send({ type: 'server-side', sample: { ...SERVER_SIDE, takenAtMs } });
  await eventually(async () => (await server.metrics()).text.includes(METRICS.pgSampleAgeSeconds));
  const { text } = await server.metrics();
  expect(new Scraped(text).sum(METRICS.pgSampleAgeSeconds)).toBeGreaterThanOrEqual(60);
  expect(text).not.toContain(METRICS.pgMaxConnections);
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

test('a busy worker does not delay the metrics, and its numbers show their age', async () => {
  await using server = await ServerProcess.ready({
    database,
    environment: {
      NODE_OPTIONS: `--import ${new URL('./block-on-signal.ts', import.meta.url)}`,
    },
  });
  const free = await scrapeMs(server, () => false);
  process.kill(server.workerPid, 'SIGUSR2');
  let age = 0;
  const blocked = await scrapeMs(server, (scraped) => {
    const ages = scraped.samples(METRICS.snapshotAgeSeconds).map(({ value }) => value);
    expect(ages).toHaveLength(2);
    age = Math.max(...ages);
    return age < 1;
  });
  expect(age).toBeGreaterThan(1);
  // The first scrape after the signal has arrived waits for the worker: compared with the slowest that waited for
  // nobody, since this machine is shared. No other does, so those are told by their median.
  const waiting = Math.max(...blocked.slice(0, FIRST_SCRAPES));
  expect(waiting - Math.max(...free)).toBeLessThan(100);
  expect(median(blocked) - median(free)).toBeLessThan(25);
});

/** How long each of at least eleven scrapes took, one after the other, and further ones while `more` says so. */
async function scrapeMs(
  server: ServerProcess,
  more: (scraped: Scraped) => boolean,
): Promise<number[]> {
  const durationsMs: number[] = [];
  let wanted = true;
  while (wanted || durationsMs.length < 11) {
    const { text, durationMs } = await server.metrics();
    durationsMs.push(durationMs);
    wanted = more(new Scraped(text));
    await delay(SCRAPE_PAUSE_MS);
  }
  return durationsMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

test('a scrape shows what has happened just before it, each time', async () => {
  await using server = await ServerProcess.ready({ database, workers: 1 });
  const agent = new Agent({ keepAlive: true });
  for (let requests = 1; requests <= 10; requests += 1) {
    await request(`${server.url}/w/point`, agent);
    const scraped = new Scraped((await server.metrics()).text);
    expect(scraped.sum(`${METRICS.httpRequestSeconds}_count`)).toBe(requests);
    // Longer than a scrape may wait for the worker, and shorter than the time between its reports.
    await delay(70);
  }
  agent.destroy();
});

test('no total falls while workers are killed, replaced and killed in a rolling restart', async () => {
  await using server = await ServerProcess.ready({ database, workers: 2, graceMs: 2_000 });
  await using load = new RestlessLoad(`${server.url}/w/point`, 6);
  const scrapes: Scraped[] = [];
  const scraping = new AbortController();
  const scraper = (async () => {
    while (!scraping.signal.aborted) {
      scrapes.push(new Scraped((await server.metrics()).text));
      await delay(SCRAPE_PAUSE_MS);
    }
  })();
  const killOne = async (): Promise<void> => {
    const { workers } = await server.stats();
    const victim = workers.findLast(({ alive, ready }) => alive && ready);
    if (victim === undefined) throw new Error('nobody to kill');
    process.kill(victim.pid, 'SIGKILL');
    await eventually(async () =>
      (await server.stats()).workers.some(({ pid, alive }) => pid === victim.pid && !alive),
    );
  };
  await eventually(() => load.answered > 50);
  await killOne();
  await eventually(async () => (await server.readyStatus()) === 200);
  server.send({ type: 'rolling-restart', surge: 1 });
  await eventually(async () => (await server.stats()).workers.length > 3);
  await killOne();
  await eventually(() => server.messages.some(({ type }) => type.startsWith('rolling-restart-')));
  const answered = load.answered;
  await eventually(() => load.answered > answered + 50);
  scraping.abort();
  await scraper;
  await load.stop();
  expect(fallsWithin(scrapes)).toEqual([]);
  const last = scrapes.at(-1);
  expect(last?.sum(METRICS.workerRestartsTotal, { reason: 'crash' })).toBeGreaterThan(0);
  expect(last?.totalsOverWorkers.size).toBeGreaterThan(100);
  expect(scrapes.length).toBeGreaterThan(20);
});

/** Series that are less than in the scrape before, or missing: each by itself, and summed over workers. */
function fallsWithin(scrapes: readonly Scraped[]): string[] {
  return scrapes.slice(1).flatMap((scrape, index) => {
    const before = scrapes[index];
    if (before === undefined) return [];
    const fallen = (was: Map<string, number>, is: Map<string, number>) =>
      [...was].filter(([series, value]) => (is.get(series) ?? -1) < value).map(([name]) => name);
    return [
      ...fallen(before.totals, scrape.totals),
      ...fallen(before.totalsOverWorkers, scrape.totalsOverWorkers),
    ];
  });
}

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
