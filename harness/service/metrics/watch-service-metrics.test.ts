import { createServer, type RequestListener } from 'node:http';
import { expect, test, vi } from 'vitest';
import { watchServiceMetrics } from './watch-service-metrics.ts';

/** Answers each request by the next listener, and by the last ever after. */
async function withService<T>(
  listeners: readonly RequestListener[],
  use: (service: { readonly origin: string; readonly asked: () => number }) => Promise<T>,
): Promise<T> {
  let asked = 0;
  const server = createServer((request, response) => {
    const listener = listeners[Math.min(asked, listeners.length - 1)];
    asked += 1;
    listener?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address !== 'string' ? address.port : 0;
  try {
    return await use({ origin: `http://127.0.0.1:${port}`, asked: () => asked });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const tells =
  (...lines: readonly string[]): RequestListener =>
  (_, response) => {
    response.end(`${lines.join('\n')}\n`);
  };
const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): RequestListener =>
  (_, response) => {
    response.writeHead(code, headers).end();
  };

const hikari = (used: number, waiting: number, timeouts: number, acquired: number): string[] => [
  'hikaricp_connections_max{pool="p"} 10',
  `hikaricp_connections_active{pool="p"} ${used}`,
  `hikaricp_connections_pending{pool="p"} ${waiting}`,
  `hikaricp_connections_timeout_total{pool="p"} ${timeouts}`,
  `hikaricp_connections_acquire_seconds_count{pool="p"} ${acquired}`,
  `hikaricp_connections_acquire_seconds_sum{pool="p"} ${acquired * 0.01}`,
];

const signal = new AbortController().signal;
const common = { path: '/metrics', workers: 1, signal, intervalMs: 20 } as const;

test('gauges are of the load alone, counters from before it until after it', async () => {
  const readings = [
    tells(...hikari(9, 9, 5, 100)),
    tells(...hikari(4, 1, 6, 150)),
    tells(...hikari(10, 3, 7, 200)),
    tells(...hikari(0, 0, 8, 300)),
  ];
  await withService(readings, async ({ origin, asked }) => {
    const watch = await watchServiceMetrics({ ...common, origin });
    await vi.waitFor(() => expect(asked()).toBe(3), { interval: 1 });
    const { metrics, unseen } = await watch.stop();
    expect(unseen).toEqual([]);
    // The last reading of the load may have been given up for the end; then one remains.
    expect([1, 2]).toContain(metrics?.readings);
    expect(metrics).toMatchObject({
      source: 'hikaricp',
      max: 10,
      timeouts: 3,
      waitMeanMs: expect.closeTo(10, 6),
      connectMeanMs: null,
    });
    expect(metrics?.usedPeak).toBeLessThanOrEqual(10);
    expect(metrics?.usedMean).toBeGreaterThanOrEqual(4);
  });
});

test.each([
  ['has none', status(404), 'GET /metrics answers 404'],
  ['sends elsewhere', status(302, { location: 'http://127.0.0.1:1/' }), 'GET /metrics answers 302'],
  ['wants a password', status(401), 'GET /metrics answers 401'],
])('one that %s is asked once, and why nothing is known is said', async (_, listener, why) => {
  await withService([listener], async ({ origin, asked }) => {
    const watch = await watchServiceMetrics({ ...common, origin });
    const { metrics, unseen } = await watch.stop();
    expect(metrics).toBeNull();
    expect(unseen).toEqual([expect.stringContaining(why)]);
    expect(asked()).toBe(1);
  });
});

test('metrics of everything but a pool are told as such', async () => {
  await withService([tells('http_requests_total 5')], async ({ origin }) => {
    const watch = await watchServiceMetrics({ ...common, origin });
    const { metrics, unseen } = await watch.stop();
    expect(metrics).toBeNull();
    expect(unseen[0]).toMatch(/none of the names that are known/);
  });
});

test('failures and more than there is room for disturb nobody', async () => {
  const endless: RequestListener = (_, response) => {
    const more = (): boolean => response.write('x'.repeat(1_000_000));
    response.on('drain', more);
    more();
  };
  for (const [listener, why] of [
    [status(503), /answers 503/],
    [(_: unknown, response: { destroy(): unknown }) => response.destroy(), /fails/],
    [endless, /more than/],
  ] as const) {
    await withService([listener], async ({ origin }) => {
      const watch = await watchServiceMetrics({ ...common, origin });
      expect((await watch.stop()).unseen).toEqual([expect.stringMatching(why)]);
    });
  }
  const gone = await withService([], async ({ origin }) => origin);
  const nobody = await watchServiceMetrics({ ...common, origin: gone });
  expect((await nobody.stop()).unseen[0]).toMatch(/fails \(ECONNREFUSED\)/);
});

test('a reading that is under way when the load ends is given up', async () => {
  const silent: RequestListener = () => undefined;
  const readings = [tells(...hikari(1, 0, 0, 1)), silent, tells(...hikari(0, 0, 0, 2))];
  await withService(readings, async ({ origin, asked }) => {
    const watch = await watchServiceMetrics({ ...common, origin });
    await vi.waitFor(() => expect(asked()).toBe(2), { interval: 1 });
    const { metrics, unseen } = await watch.stop();
    expect(metrics).toMatchObject({ readings: 0, usedPeak: null, timeouts: 0 });
    expect(unseen).toEqual([expect.stringMatching(/nothing of the pools during the load/)]);
  });
});

test('of several workers that answer each for itself nothing is taken', async () => {
  const worker = (start: number, timeouts: number) =>
    tells(`process_start_time_seconds ${start}`, ...hikari(3, 0, timeouts, 10));
  await withService([worker(1, 0), worker(2, 9), worker(1, 0)], async ({ origin, asked }) => {
    const watch = await watchServiceMetrics({ ...common, workers: null, origin });
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(2), { interval: 1 });
    const { metrics, unseen } = await watch.stop();
    expect(metrics).toBeNull();
    expect(unseen).toEqual([
      expect.stringMatching(/each process answers GET \/metrics for itself/),
    ]);
  });
  await withService([worker(1, 0)], async ({ origin }) => {
    const watch = await watchServiceMetrics({ ...common, workers: 4, origin });
    expect((await watch.stop()).metrics).toBeNull();
  });
});

test('what was counted before the load is not taken for the load’s own', async () => {
  await withService([status(503), tells(...hikari(1, 0, 5_000, 9))], async ({ origin, asked }) => {
    const watch = await watchServiceMetrics({ ...common, origin });
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(2), { interval: 1 });
    const { metrics, unseen } = await watch.stop();
    expect(metrics).toMatchObject({ max: 10, timeouts: null, waitMeanMs: null });
    expect(unseen).toEqual([expect.stringContaining('told nothing of the pools before the load')]);
  });
});

test('counters that go backwards are those of several, or of one that began anew', async () => {
  const readings = [tells(...hikari(1, 0, 5, 10)), tells(...hikari(1, 0, 2, 4))];
  await withService(readings, async ({ origin }) => {
    const watch = await watchServiceMetrics({ ...common, origin });
    expect((await watch.stop()).metrics).toBeNull();
  });
});

test('several workers that one answer names are one account', async () => {
  const both = (used: number) =>
    tells(
      ...['1', '2'].flatMap((worker) => [
        `db_client_connection_count{state="used",worker="${worker}"} ${used}`,
        `db_client_connection_max{worker="${worker}"} 5`,
      ]),
    );
  await withService([both(1), both(4)], async ({ origin, asked }) => {
    const watch = await watchServiceMetrics({ ...common, workers: 2, origin });
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(2), { interval: 1 });
    expect(await watch.stop()).toMatchObject({
      metrics: { source: 'opentelemetry', max: 10, usedPeak: 8, usedMean: 8 },
      unseen: [],
    });
  });
});

test('one pool is not taken for those of several workers', async () => {
  const one = tells('pg_pool_max 4', 'pg_pool_total 4', 'pg_pool_idle 4', 'pg_pool_waiting 0');
  const told = async (workers: number, poolMost: number | null) =>
    await withService([one], async ({ origin, asked }) => {
      const watch = await watchServiceMetrics({ ...common, workers, poolMost, origin });
      await vi.waitFor(() => expect(asked()).toBeGreaterThan(2), { interval: 1 });
      return await watch.stop();
    });
  const { metrics, unseen } = await told(2, 4);
  expect(metrics).toBeNull();
  expect(unseen).toEqual([expect.stringMatching(/each process answers GET \/metrics for itself/)]);
  // Two pools of two are four, and of a pool whose size nobody told nothing can be said.
  expect((await told(2, 2)).metrics).toMatchObject({ max: 4 });
  expect((await told(2, null)).metrics).toMatchObject({ max: 4 });
  expect((await told(1, 4)).metrics).toMatchObject({ max: 4 });
});

test('several workers that no answer names are an account with a doubt', async () => {
  await withService([tells('pg_pool_total 9', 'pg_pool_idle 1')], async ({ origin, asked }) => {
    const watch = await watchServiceMetrics({ ...common, workers: 3, origin });
    await vi.waitFor(() => expect(asked()).toBeGreaterThan(2), { interval: 1 });
    const { metrics, unseen } = await watch.stop();
    expect(metrics).toMatchObject({ source: 'prom-client', usedPeak: 8 });
    expect(unseen).toEqual([expect.stringMatching(/answers for all 3 workers is not known/)]);
  });
});
