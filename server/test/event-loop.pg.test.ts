import { beforeAll, expect, inject, test } from 'vitest';
import { HEADERS, SERVER_TIMING, type ServerTimingComponent } from '../contract.ts';
import { KeepAliveLoad } from './keep-alive-client.ts';
import { seed } from './seeded.ts';
import { eventually, type ServerOverrides, ServerProcess } from './server-process.ts';

const postgres = inject('postgres');
beforeAll(() => seed(postgres));

const HOLD_MS = 30;
const BLOCKED = { NODE_OPTIONS: `--import ${new URL('./block-loop.ts', import.meta.url)}` };

type Timing = Readonly<Record<ServerTimingComponent, number>>;

/** What a worker of its own says of answers to two clients in a closed loop, the first ones left out. */
async function timingsOf(
  path: string,
  answers: number,
  overrides: Omit<ServerOverrides, 'database'> = {},
): Promise<readonly Timing[]> {
  await using server = await ServerProcess.ready({
    database: postgres.api,
    workers: 1,
    ...overrides,
  });
  await using load = new KeepAliveLoad(server.url + path, 2);
  await eventually(() => load.answers.length > WARMUP + answers);
  await load.stop();
  return load.answers
    .slice(WARMUP)
    .map(({ headers }) => timingFrom(String(headers[HEADERS.serverTiming])));
}

const WARMUP = 10;

function timingFrom(header: string): Timing {
  const durationMs = (name: string): number =>
    Number(new RegExp(`${name};dur=([\\d.]+)`).exec(header)?.[1] ?? Number.NaN);
  const [wait, connect, db, loop, total] = SERVER_TIMING.map(durationMs);
  return {
    wait: wait ?? Number.NaN,
    connect: connect ?? Number.NaN,
    db: db ?? Number.NaN,
    loop: loop ?? Number.NaN,
    total: total ?? Number.NaN,
  };
}

/** Not the mean: on a machine with other work the database is slow now and then, and says so rightly. */
function median(timings: readonly Timing[], component: ServerTimingComponent): number {
  const sorted = timings.map((timing) => timing[component]).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

test('a slow query in an idle process is the database’s time alone', async () => {
  const timings = await timingsOf(`/w/hold?ms=${HOLD_MS}`, 30);
  expect(median(timings, 'db')).toBeGreaterThanOrEqual(HOLD_MS);
  expect(median(timings, 'loop')).toBeLessThan(3);
});

test('a process that is busy with something else is not taken for a slow database', async () => {
  const timings = await timingsOf(`/w/hold?ms=${HOLD_MS}`, 80, { environment: BLOCKED });
  const slow = timings.filter(({ total }) => total > HOLD_MS + 10);
  expect(slow.length).toBeGreaterThan(10);
  const excessMs = median(slow, 'total') - HOLD_MS;
  expect(median(slow, 'loop')).toBeGreaterThan(0.4 * excessMs);
  expect(median(slow, 'loop')).toBeGreaterThan(1.5 * (median(slow, 'db') - HOLD_MS));
});

test('what makes a fast query slow in a busy process is the process', async () => {
  const timings = await timingsOf('/w/point', 400, { environment: BLOCKED });
  const slow = timings.filter(({ total }) => total > 10);
  expect(slow.length).toBeGreaterThan(5);
  expect(median(slow, 'loop')).toBeGreaterThan(0.6 * median(slow, 'total'));
  expect(median(slow, 'loop')).toBeGreaterThan(2 * median(slow, 'db'));
});

test.each([
  ['/w/point', {}],
  ['/w/hot', {}],
  ['/w/fan-out?mode=sequential', {}],
  ['/w/point', BLOCKED],
  ['/w/fan-out?mode=sequential', BLOCKED],
])('the parts of %s are never negative nor more than the whole', async (path, environment) => {
  for (const timing of await timingsOf(path, 60, { environment })) {
    const { wait, connect, db, loop, total } = timing;
    expect(Math.min(wait, connect, db, loop)).toBeGreaterThanOrEqual(0);
    // Five numbers, each rounded to a microsecond.
    expect(wait + connect + db + loop).toBeLessThanOrEqual(total + 0.003);
  }
});

test('without instrumentation nothing is said of the event loop', async () => {
  const timings = await timingsOf('/w/point', 5, { instrumentation: false, environment: BLOCKED });
  expect(timings.every(({ loop }) => Number.isNaN(loop))).toBe(true);
  expect(timings.every(({ db }) => db > 0)).toBe(true);
});
