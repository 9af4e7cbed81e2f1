import { expect, test } from 'vitest';
import { METRICS, PG_CONNECTION_STATES, type ServerSideSample } from '../contract.ts';
import { renderMetrics } from './registry.ts';
import { createServerSideMetrics } from './server-side-metrics.ts';

const SAMPLE: ServerSideSample = {
  takenAtMs: 1_000,
  maxConnections: 30,
  superuserReserved: 3,
  reserved: 2,
  connections: [
    { state: 'active', worker: '1', connections: 4 },
    { state: 'idle', worker: '2', connections: 1 },
    { state: 'active', worker: 'monitor', connections: 1 },
  ],
  active: [
    { waitEventType: 'Lock', connections: 3 },
    { waitEventType: 'none', connections: 1 },
  ],
  transactions: { committed: 100, rolledBack: 5, sessions: 40 },
  budget: { floor: 10, ceiling: 30, usable: 24 },
  pgbouncer: null,
};

/** Series and values, as a scrape `ageMs` after the sample shows them. */
async function seriesOf(
  sample: ServerSideSample | null,
  { ageMs = 0, workers = [1, 2] }: { ageMs?: number; workers?: number[] } = {},
): Promise<Map<string, number>> {
  const metrics = createServerSideMetrics();
  if (sample !== null) metrics.update(sample);
  const text = await renderMetrics([await metrics.collect(1_000 + ageMs, workers)]);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

test('before the first sample nothing is told, not even zeros', async () => {
  expect(await seriesOf(null)).toEqual(new Map());
});

test('the limits, the budget and what PostgreSQL counts are told', async () => {
  const series = await seriesOf(SAMPLE);
  expect(series.get(METRICS.pgMaxConnections)).toBe(30);
  expect(series.get(METRICS.pgReservedConnections)).toBe(5);
  expect(series.get(`${METRICS.budgetConnections}{bound="floor"}`)).toBe(10);
  expect(series.get(`${METRICS.budgetConnections}{bound="ceiling"}`)).toBe(30);
  expect(series.get(`${METRICS.budgetConnections}{bound="usable"}`)).toBe(24);
  expect(series.get(`${METRICS.pgTransactionsTotal}{result="commit"}`)).toBe(100);
  expect(series.get(`${METRICS.pgTransactionsTotal}{result="rollback"}`)).toBe(5);
  expect(series.get(METRICS.pgSessionsTotal)).toBe(40);
  expect(series.get(`${METRICS.pgActiveConnections}{wait_event_type="Lock"}`)).toBe(3);
  expect(series.get(`${METRICS.pgActiveConnections}{wait_event_type="IO"}`)).toBe(0);
});

test('every live worker and every other owner is there in every state', async () => {
  const series = await seriesOf(SAMPLE, { workers: [2, 3] });
  const owners = ['1', '2', '3', 'monitor', 'others', 'unknown'];
  const told = [...series.keys()].filter((name) => name.startsWith(`${METRICS.pgConnections}{`));
  expect(new Set(told)).toEqual(
    new Set(
      owners.flatMap((worker) =>
        PG_CONNECTION_STATES.map(
          (state) => `${METRICS.pgConnections}{state="${state}",worker="${worker}"}`,
        ),
      ),
    ),
  );
  expect(series.get(`${METRICS.pgConnections}{state="active",worker="1"}`)).toBe(4);
  expect(told.reduce((sum, name) => sum + (series.get(name) ?? Number.NaN), 0)).toBe(6);
});

test('a worker that is gone from the next sample is gone from the metrics', async () => {
  const metrics = createServerSideMetrics();
  metrics.update(SAMPLE);
  await metrics.collect(1_000, [1]);
  metrics.update({ ...SAMPLE, takenAtMs: 1_500, connections: [] });
  const text = await renderMetrics([await metrics.collect(1_500, [2])]);
  expect(text).not.toContain('worker="1"');
});

test('of a sample that is too old only its age is told', async () => {
  expect((await seriesOf(SAMPLE, { ageMs: 3_000 })).size).toBeGreaterThan(10);
  expect(await seriesOf(SAMPLE, { ageMs: 3_001 })).toEqual(
    new Map([[METRICS.pgSampleAgeSeconds, 3.001]]),
  );
});

test('what is unbounded or unknown is absent', async () => {
  const series = await seriesOf({
    ...SAMPLE,
    transactions: { committed: 1, rolledBack: 0, sessions: null },
    budget: { floor: null, ceiling: null, usable: 24 },
  });
  const of = (metric: string) => [...series.keys()].filter((name) => name.startsWith(metric));
  expect(of(METRICS.budgetConnections)).toEqual([`${METRICS.budgetConnections}{bound="usable"}`]);
  expect(of(METRICS.pgSessionsTotal)).toEqual([]);
  expect(of('pool_lab_pgbouncer')).toEqual([]);
  const untold = await seriesOf({ ...SAMPLE, transactions: null });
  expect([...untold.keys()].join()).not.toContain(METRICS.pgTransactionsTotal);
});

test('PgBouncer is told of where there is one', async () => {
  const series = await seriesOf({
    ...SAMPLE,
    pgbouncer: {
      clients: { active: 2, waiting: 4 },
      servers: { active: 2, idle: 0, used: 1, tested: 0, login: 0 },
      maxWaitMs: 1_250,
      totals: { transactions: 7, queries: 9, waitMs: 2_500 },
    },
  });
  expect(series.get(`${METRICS.pgbouncerClients}{state="waiting"}`)).toBe(4);
  expect(series.get(`${METRICS.pgbouncerServers}{state="used"}`)).toBe(1);
  expect(series.get(`${METRICS.pgbouncerServers}{state="login"}`)).toBe(0);
  expect(series.get(METRICS.pgbouncerMaxWaitSeconds)).toBe(1.25);
  expect(series.get(METRICS.pgbouncerTransactionsTotal)).toBe(7);
  expect(series.get(METRICS.pgbouncerQueriesTotal)).toBe(9);
  expect(series.get(METRICS.pgbouncerWaitSecondsTotal)).toBe(2.5);
});
