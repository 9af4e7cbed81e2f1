import { expect, test } from 'vitest';
import { METRICS, type ServerSideSample } from '../../server/contract.ts';
import { exposition } from './exposition.ts';
import { ServerSideMetrics } from './server-side-metrics.ts';
import { scrapeText } from './test/scrape-text.ts';

const SAMPLE: ServerSideSample = {
  takenAtMs: 1_000,
  maxConnections: 30,
  superuserReserved: 3,
  reserved: 2,
  connections: [
    { state: 'active', worker: '1', connections: 4 },
    { state: 'idle', worker: 'monitor', connections: 1 },
  ],
  active: [{ waitEventType: 'Lock', connections: 3 }],
  transactions: { committed: 100, rolledBack: 5, sessions: null },
  budget: { floor: 8, ceiling: null, usable: 24 },
  pgbouncer: {
    clients: { active: 6, waiting: 2 },
    servers: { active: 2, idle: 0, used: 0, tested: 0, login: 0 },
    maxWaitMs: 1_500,
    totals: { transactions: 7, queries: 9, waitMs: 2_500 },
  },
};

function shown(sample: ServerSideSample, ageMs = 0): ReadonlyMap<string, number> {
  let nowMs = 1_000;
  const metrics = new ServerSideMetrics(() => nowMs);
  metrics.show(sample);
  nowMs += ageMs;
  return scrapeText(exposition(metrics.families()));
}

test('nothing is shown of a database that nobody told of', () => {
  expect(new ServerSideMetrics().families()).toEqual([]);
});

test.each([
  [`${METRICS.pgConnections}{state="active",worker="1"}`, 4],
  [`${METRICS.pgConnections}{state="idle_in_transaction",worker="1"}`, 0],
  [`${METRICS.pgConnections}{state="idle",worker="others"}`, 0],
  [`${METRICS.pgActiveConnections}{wait_event_type="Lock"}`, 3],
  [`${METRICS.pgActiveConnections}{wait_event_type="none"}`, 0],
  [METRICS.pgMaxConnections, 30],
  [METRICS.pgReservedConnections, 5],
  [`${METRICS.budgetConnections}{bound="usable"}`, 24],
  [`${METRICS.budgetConnections}{bound="ceiling"}`, undefined],
  [`${METRICS.pgTransactionsTotal}{result="rollback"}`, 5],
  [METRICS.pgSessionsTotal, undefined],
  [`${METRICS.pgbouncerClients}{state="waiting"}`, 2],
  [`${METRICS.pgbouncerServers}{state="active"}`, 2],
  [METRICS.pgbouncerMaxWaitSeconds, 1.5],
  [METRICS.pgbouncerTransactionsTotal, 7],
  [METRICS.pgbouncerQueriesTotal, 9],
  [METRICS.pgbouncerWaitSecondsTotal, 2.5],
  [METRICS.pgSampleAgeSeconds, 0],
])('%s is %d', (series, value) => {
  expect(shown(SAMPLE).get(series)).toBe(value);
});

test('without PgBouncer there is nothing of it', () => {
  const names = [...shown({ ...SAMPLE, pgbouncer: null }).keys()];
  expect(names.filter((name) => name.includes('pgbouncer'))).toEqual([]);
});

test('of a sample that is too old only its age is left', () => {
  expect(shown(SAMPLE, 3_000).get(METRICS.pgMaxConnections)).toBe(30);
  expect(shown(SAMPLE, 3_001)).toEqual(new Map([[METRICS.pgSampleAgeSeconds, 3.001]]));
});
