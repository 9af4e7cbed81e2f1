import { expect, test } from 'vitest';
import { METRICS, POOL_DEFAULTS, type PoolConfig } from '../contract.ts';
import { postgresError, settled } from '../pool/test/fake-database.ts';
import { type PoolUnderTest, poolUnderTest } from '../pool/test/pool-under-test.ts';
import { Scraped } from '../test/scraped.ts';
import type { EventLoopDelay } from './event-loop.ts';
import { renderMetrics } from './registry.ts';
import { createWorkerMetrics, type WorkerMetrics } from './worker-metrics.ts';

/** Names cut down to what tells them apart, and short labels: `wait{ok} 2`. */
function short(series: string): string {
  return series
    .replace(/^(?:db_client_connection_|pool_lab_)/, '')
    .replace(/worker="1",?|"|\b(?:state|result|reason|sqlstate)=/g, '')
    .replace(/_time_seconds_count|_seconds_count|_total/, '')
    .replace(/,?\}$/, '}')
    .replace('{}', '');
}

/** What a worker with this pool exports now. */
async function scrape(
  metrics: WorkerMetrics,
  { pool }: PoolUnderTest,
  eventLoop: EventLoopDelay = { p50Ms: 0, p99Ms: 0, maxMs: 0 },
): Promise<Scraped> {
  return new Scraped(await renderMetrics([await metrics.collect(pool.snapshot(), eventLoop)]));
}

/** All counts that are not 0 after something happened to a pool, without durations and limits. */
async function countsAfter(
  config: Partial<PoolConfig>,
  happen: (parts: PoolUnderTest) => Promise<unknown>,
): Promise<string[]> {
  const metrics = createWorkerMetrics({ worker: '1', pool: { ...POOL_DEFAULTS, ...config } });
  const parts = poolUnderTest(config, metrics.pool);
  await happen(parts);
  await settled();
  const scraped = await scrape(metrics, parts);
  return [...scraped.metrics]
    .flatMap(([, { samples }]) => [...samples])
    .filter(([series, value]) => value !== 0 && !/_(?:max|bucket|sum|seconds)\b/.test(series))
    .map(([series, value]) => `${short(series)} ${value}`)
    .sort();
}

const ONE = { poolSize: 1, maxOverflow: 0, poolTimeoutMs: 1_000 } as const;
const FULL = () => postgresError('53300', 'sorry, too many clients already', 'FATAL');
const refused = (promise: Promise<unknown>) => expect(promise).rejects.toThrow();

test('a connection that is held', async () => {
  expect(await countsAfter(ONE, ({ pool }) => pool.checkout())).toEqual([
    'connections_opened 1',
    'connections_used_peak 1',
    'count{used} 1',
    'create{ok} 1',
    'wait{ok} 1',
  ]);
});

test('a hold that is over, and one of the same connection', async () => {
  const counts = await countsAfter(ONE, async ({ pool }) => {
    (await pool.checkout()).release();
    (await pool.checkout()).release();
  });
  expect(counts).toEqual([
    'connections_opened 1',
    'connections_used_peak 1',
    'count{idle} 1',
    'create{ok} 1',
    'use 2',
    'wait{ok} 2',
  ]);
});

test('two queue, and one of them gives up', async () => {
  const counts = await countsAfter(ONE, async ({ pool, clock }) => {
    const held = await pool.checkout();
    const late = pool.checkout();
    clock.advance(500);
    const next = pool.checkout();
    const gaveUp = refused(late);
    clock.advance(500);
    await gaveUp;
    held.release();
    await next;
    void pool.checkout();
  });
  expect(counts).toEqual([
    'connections_opened 1',
    'connections_used_peak 1',
    'count{used} 1',
    'create{ok} 1',
    'pending_request_seconds 1.5',
    'pending_requests 1',
    'pending_requests_peak 2',
    'saturated_seconds 1',
    'timeouts 1',
    'use 1',
    'wait{ok} 2',
    'wait{timeout} 1',
  ]);
});

test('a queue that is full refuses: a timeout without a wait', async () => {
  const counts = await countsAfter({ ...ONE, maxWaiting: 0 }, async ({ pool }) => {
    await pool.checkout();
    await refused(pool.checkout());
  });
  expect(counts).toContain('timeouts 1');
  expect(counts).toContain('wait{timeout} 1');
  expect(counts.join()).not.toContain('pending');
});

test('PostgreSQL refuses: no timeout, and nothing was opened or closed', async () => {
  const counts = await countsAfter(ONE, async ({ pool, database }) => {
    database.refusals.push(FULL());
    await refused(pool.checkout());
  });
  expect(counts).toEqual([
    'connect_errors{53300,too_many_clients} 1',
    'create{error} 1',
    'wait{error} 1',
  ]);
});

test('a connect that takes longer than the pool’s timeout: the database is unavailable', async () => {
  const counts = await countsAfter(ONE, async ({ pool, database, clock }) => {
    database.habits.accepts = false;
    const checkout = refused(pool.checkout());
    clock.advance(1_000);
    await checkout;
  });
  expect(counts).toEqual(['connect_errors{,unavailable} 1', 'create{error} 1', 'wait{error} 1']);
});

test('while a connection is being opened its request queues no more and it is neither used nor idle', async () => {
  const counts = await countsAfter({ ...ONE, maxOverflow: 1 }, async ({ pool, database }) => {
    await pool.checkout();
    database.habits.accepts = false;
    void pool.checkout();
  });
  expect(counts).toEqual([
    'connections_opened 1',
    'connections_used_peak 1',
    'count{used} 1',
    'create{ok} 1',
    'overflow_connections 1',
    'wait{ok} 1',
  ]);
});

test('overflow that is returned is closed', async () => {
  const counts = await countsAfter({ ...ONE, maxOverflow: 1 }, async ({ pool }) => {
    for (const held of [await pool.checkout(), await pool.checkout()]) held.release();
  });
  expect(counts).toEqual([
    'connections_closed{overflow} 1',
    'connections_opened 2',
    'connections_used_peak 2',
    'count{idle} 1',
    'create{ok} 2',
    'overflow_opened 1',
    'use 2',
    'wait{ok} 2',
  ]);
});

test('a connection that is too old is replaced within one checkout', async () => {
  const counts = await countsAfter({ ...ONE, recycleMs: 100 }, async ({ pool, clock }) => {
    (await pool.checkout()).release();
    clock.advance(101);
    await pool.checkout();
  });
  expect(counts).toEqual([
    'connections_closed{lifetime} 1',
    'connections_opened 2',
    'connections_used_peak 1',
    'count{used} 1',
    'create{ok} 2',
    'use 1',
    'wait{ok} 2',
  ]);
});

test('without a pool every checkout opens and closes, and nobody queues', async () => {
  const counts = await countsAfter({ ...ONE, kind: 'null' }, async ({ pool }) => {
    const held = [await pool.checkout(), await pool.checkout()];
    for (const checkout of held) checkout.release();
  });
  expect(counts).toEqual([
    'connections_closed{overflow} 2',
    'connections_opened 2',
    'connections_used_peak 2',
    'create{ok} 2',
    'use 2',
    'wait{ok} 2',
  ]);
});

test('the plain pool counts alike', async () => {
  const counts = await countsAfter({ ...ONE, kind: 'plain' }, async ({ pool }) => {
    const held = await pool.checkout();
    const next = pool.checkout();
    held.release();
    await next;
  });
  expect(counts).toEqual([
    'connections_opened 1',
    'connections_used_peak 1',
    'count{used} 1',
    'create{ok} 1',
    'pending_requests_peak 1',
    'use 1',
    'wait{ok} 2',
  ]);
});

const { connectionMax: max, connectionIdleMax: idleMax, poolTimeoutSeconds: timeout } = METRICS;

test.each([
  [{}, { [max]: 15, [idleMax]: 5, [timeout]: 30 }],
  [{ maxOverflow: -1 }, { [idleMax]: 5, [timeout]: 30 }],
  [{ poolSize: 0 }, { [timeout]: 30 }],
  [{ kind: 'null', poolTimeoutMs: 0 }, { [idleMax]: 0 }],
  [
    { kind: 'plain', poolTimeoutMs: 250 },
    { [max]: 15, [idleMax]: 15, [timeout]: 0.25 },
  ],
] satisfies [Partial<PoolConfig>, Record<string, number>][])(
  'the limits of %o',
  async (change, limits) => {
    const pool = { ...POOL_DEFAULTS, ...change };
    const metrics = createWorkerMetrics({ worker: '1', pool });
    const scraped = await scrape(metrics, poolUnderTest(change));
    const told = [max, idleMax, timeout].flatMap((name) => scraped.samples(name));
    expect(Object.fromEntries(told.map(({ name, value }) => [name, value]))).toEqual(limits);
  },
);

test('every series that a rate or an alert needs is there with zero', async () => {
  const metrics = createWorkerMetrics({ worker: '1', pool: POOL_DEFAULTS });
  const scraped = await scrape(metrics, poolUnderTest({}));
  const series = Object.values(METRICS).flatMap((name) =>
    scraped.metrics.get(name)?.type === 'histogram'
      ? scraped.samples(`${name}_count`)
      : scraped.samples(name),
  );
  const counted = new Map<string, number>();
  for (const { name } of series) counted.set(name, (counted.get(name) ?? 0) + 1);
  expect(Object.fromEntries(counted)).toEqual({
    [METRICS.connectionCount]: 2,
    [METRICS.connectionMax]: 1,
    [METRICS.connectionIdleMax]: 1,
    [METRICS.pendingRequests]: 1,
    [`${METRICS.waitSeconds}_count`]: 3,
    [`${METRICS.useSeconds}_count`]: 1,
    [`${METRICS.createSeconds}_count`]: 2,
    [METRICS.timeoutsTotal]: 1,
    [METRICS.pendingSecondsTotal]: 1,
    [METRICS.saturatedSecondsTotal]: 1,
    [METRICS.pendingPeak]: 1,
    [METRICS.usedPeak]: 1,
    [METRICS.overflowConnections]: 1,
    [METRICS.overflowOpenedTotal]: 1,
    [METRICS.connectErrorsTotal]: 15,
    [METRICS.connectionsOpenedTotal]: 1,
    [METRICS.connectionsClosedTotal]: 4,
    [METRICS.errorsTotal]: 21,
    [METRICS.eventLoopDelaySeconds]: 3,
    [METRICS.poolTimeoutSeconds]: 1,
  });
  expect(series.filter(({ name, value }) => name.endsWith('_total') && value !== 0)).toEqual([]);
});

test('the delay of the event loop is told by percentile, in seconds', async () => {
  const metrics = createWorkerMetrics({ worker: '1', pool: POOL_DEFAULTS });
  const scraped = await scrape(metrics, poolUnderTest({}), { p50Ms: 1, p99Ms: 20, maxMs: 300 });
  const told = scraped.samples(METRICS.eventLoopDelaySeconds);
  expect(
    Object.fromEntries(told.map(({ labels, value }) => [labels['percentile'], value])),
  ).toEqual({ '0.5': 0.001, '0.99': 0.02, '1': 0.3 });
});
