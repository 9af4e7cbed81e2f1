import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';
import { beforeAll, expect, inject, test } from 'vitest';
import { ERROR_CLASSES, HEADERS, METRICS, type ServerStats } from '../contract.ts';
import { type Answered, KeepAliveLoad, request } from './keep-alive-client.ts';
import { Scraped } from './scraped.ts';
import { seed } from './seeded.ts';
import { eventually, ServerProcess } from './server-process.ts';

const postgres = inject('postgres');
const database = postgres.api;

beforeAll(() => seed(postgres));

const CLIENTS = 300;
/** Each holds a connection until its caller hangs up; one worker has room for all of them. */
const ABORTED = 4;
const PATHS = ['/w/point', '/w/hold?ms=20', '/w/fan-out?n=2', '/noop', '/nowhere', '/w/hold?ms=x'];

const routeOf = (path: string): string =>
  path === '/nowhere' ? 'unmatched' : (path.split('?', 1)[0] ?? path);

function countBy<Item>(items: readonly Item[], keyOf: (item: Item) => string | undefined) {
  const counts: Record<string, number> = {};
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

test('hundreds of requests at once are counted as their clients and the account count them', async () => {
  await using server = await ServerProcess.ready({
    database,
    workers: 2,
    pool: { poolSize: 2, maxOverflow: 2, poolTimeoutMs: 150, maxWaiting: 60 },
  });
  const answers: { readonly path: string; readonly answered: Answered }[] = [];
  const client = async (index: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let i = 0; i < PATHS.length; i++) {
      const path = PATHS[(index + i) % PATHS.length] ?? '';
      answers.push({ path, answered: await request(server.url + path, agent) });
    }
    agent.destroy();
  };
  const endless = Array.from({ length: ABORTED }, () =>
    // Its end is an error, as it is for whoever hangs up.
    get(`${server.url}/w/remote-call?ms=60000`, { agent: new Agent() }).on(
      'error',
      () => undefined,
    ),
  );
  let stats = await server.stats();
  await eventually(async () => {
    stats = await server.stats();
    return sumOf(stats, ({ pool }) => pool.held) === ABORTED;
  });
  const clients = Array.from({ length: CLIENTS }, (_, index) => client(index));
  await Promise.race(clients);
  for (const sent of endless) sent.destroy();
  await Promise.all(clients);
  await eventually(async () => {
    stats = await server.stats();
    return stats.workers.every(
      ({ http, pool }) => http.inFlight + pool.held + pool.connecting + pool.closing === 0,
    );
  });
  const scraped = new Scraped((await server.metrics()).text);

  const routes = scraped.samples(`${METRICS.httpRequestSeconds}_count`);
  const byRoute = Object.fromEntries(
    routes
      .filter(({ labels }) => labels['code'] !== '499')
      .map(({ labels, value }) => [`${labels['route']} ${labels['code']}`, value]),
  );
  expect(byRoute).toEqual(
    countBy(answers, ({ path, answered }) => `${routeOf(path)} ${answered.status}`),
  );
  const aborted = sumOf(stats, ({ http }) => http.aborted);
  expect(scraped.sum(`${METRICS.httpRequestSeconds}_count`, { code: '499' })).toBe(aborted);
  expect(aborted).toBe(ABORTED);
  const failures = countBy(answers, ({ answered }) =>
    answered.headers[HEADERS.errorClass]?.toString(),
  );
  for (const errorClass of ERROR_CLASSES) {
    const expected = (failures[errorClass] ?? 0) + (errorClass === 'client_abort' ? aborted : 0);
    expect([errorClass, scraped.sum(METRICS.errorsTotal, { class: errorClass })]).toEqual([
      errorClass,
      expected,
    ]);
  }
  // The load did what it was made for: some queued for too long, others found the queue full.
  for (const reason of ['deadline', 'queue_full']) {
    expect(scraped.sum(METRICS.errorsTotal, { reason })).toBeGreaterThan(0);
  }
  expectAccount(scraped, stats);
});

/** Every number of a worker's metrics against its account; at rest they are the same. */
function expectAccount(scraped: Scraped, { workers }: ServerStats): void {
  for (const { worker: id, pool, http } of workers) {
    const worker = String(id);
    const sum = (name: string, labels: Readonly<Record<string, string>> = {}): number =>
      scraped.sum(name, { worker, ...labels });
    expect({
      ok: sum(`${METRICS.waitSeconds}_count`, { result: 'ok' }),
      timeout: sum(`${METRICS.waitSeconds}_count`, { result: 'timeout' }),
      error: sum(`${METRICS.waitSeconds}_count`, { result: 'error' }),
      timeouts: sum(METRICS.timeoutsTotal),
      holds: sum(`${METRICS.useSeconds}_count`),
      created: sum(`${METRICS.createSeconds}_count`, { result: 'ok' }),
      notCreated: sum(`${METRICS.createSeconds}_count`, { result: 'error' }),
      connectErrors: sum(METRICS.connectErrorsTotal),
      opened: sum(METRICS.connectionsOpenedTotal),
      closed: sum(METRICS.connectionsClosedTotal),
      open: sum(METRICS.connectionCount),
      failed: sum(METRICS.errorsTotal),
    }).toEqual({
      ok: pool.acquireOk,
      timeout: pool.acquireTimeout,
      error: pool.acquireError,
      timeouts: pool.acquireTimeout,
      holds: pool.acquireOk,
      created: pool.opened,
      notCreated: pool.openFailed,
      connectErrors: pool.openFailed,
      opened: pool.opened,
      closed: pool.closed,
      open: pool.opened - pool.closed,
      failed: http.aborted + Object.values(http.errors).reduce((all, one) => all + one, 0),
    });
    expect(sum(METRICS.pendingSecondsTotal)).toBeCloseTo(pool.waitingSeconds, 6);
    expect(sum(METRICS.saturatedSecondsTotal)).toBeCloseTo(pool.saturatedSeconds, 6);
    expect(sum(`${METRICS.useSeconds}_sum`)).toBeCloseTo(pool.holdSeconds, 6);
    // Two ways to the same: how long each waited, and how many waited for how long.
    const waited = sum(`${METRICS.waitSeconds}_sum`);
    expect(Math.abs(waited - pool.waitingSeconds)).toBeLessThan(0.01 * waited);
    expect(sum(METRICS.pendingPeak)).toBe(pool.waitingPeak);
    expect(sum(METRICS.usedPeak)).toBe(pool.heldPeak);
    expect(sum(METRICS.overflowOpenedTotal)).toBeGreaterThan(0);
  }
}

function sumOf(
  { workers }: ServerStats,
  read: (worker: ServerStats['workers'][number]) => number,
): number {
  return workers.reduce((total, worker) => total + read(worker), 0);
}

test('the integral of the queue is the area under its gauge', async () => {
  await using server = await ServerProcess.ready({ database, workers: 2 });
  await using load = new KeepAliveLoad(`${server.url}/w/hold?ms=10`, 40);
  await eventually(() => load.answers.length > 200);
  const gauge = async () => {
    const startedAtMs = performance.now();
    const scraped = new Scraped((await server.metrics()).text);
    return {
      startedAtMs,
      endedAtMs: performance.now(),
      pending: scraped.sum(METRICS.pendingRequests),
      peak: scraped.sum(METRICS.pendingPeak),
      pendingSeconds: scraped.sum(METRICS.pendingSecondsTotal),
      saturatedSeconds: scraped.sum(METRICS.saturatedSecondsTotal),
    };
  };
  const first = await gauge();
  let last = first;
  let areaSeconds = 0;
  while (last.startedAtMs - first.endedAtMs < 1_500) {
    const next = await gauge();
    // Neither of the two queues ever empties, so this is time by the workers' own clock: when within a scrape
    // that took long they looked, nobody else knows.
    const seconds = (next.saturatedSeconds - last.saturatedSeconds) / 2;
    areaSeconds += ((last.pending + next.pending) / 2) * seconds;
    expect(next.peak).toBeGreaterThanOrEqual(next.pending);
    last = next;
  }
  await load.stop();
  const saturatedSeconds = last.saturatedSeconds - first.saturatedSeconds;
  const counted = last.pendingSeconds - first.pendingSeconds;
  // Forty clients, four connections: about 36 wait at any moment.
  expect(counted / (saturatedSeconds / 2)).toBeGreaterThan(25);
  expect(Math.abs(areaSeconds - counted)).toBeLessThan(0.05 * counted);
  const shortestSeconds = (last.startedAtMs - first.endedAtMs) / 1_000;
  const longestSeconds = (last.endedAtMs - first.startedAtMs) / 1_000;
  expect(saturatedSeconds).toBeGreaterThan(0.95 * 2 * shortestSeconds);
  expect(saturatedSeconds).toBeLessThan(1.01 * 2 * longestSeconds);
});
