import { expect, test, vi } from 'vitest';
import { POOL_DEFAULTS, type ServerSideSample } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import type { BackendsSeen } from './monitor.ts';
import { type ServerSideFeedOptions, startServerSideFeed } from './server-side-feed.ts';

const ASKED_AT_MS = 7_000;
const IDLE: BackendsSeen = {
  groups: [
    {
      applicationName: 'pool-lab-w1',
      role: 'api',
      database: 'lab',
      address: '127.0.0.1',
      state: 'idle',
      waitEvent: null,
      backends: 3,
    },
  ],
  askedAtMs: ASKED_AT_MS,
};

function feeding(change: Partial<ServerSideFeedOptions['monitor']> = {}) {
  const shown: ServerSideSample[] = [];
  const warnings: string[] = [];
  const feed = startServerSideFeed({
    monitor: {
      limits: {
        version: '18.4',
        maxConnections: 30,
        superuserReservedConnections: 3,
        reservedConnections: 0,
        databaseConnectionLimit: null,
        roleConnectionLimit: null,
        apiRoleKind: 'ordinary',
        durability: { fsync: '', synchronousCommit: '', fullPageWrites: '', walLevel: '' },
        sharedBuffersBytes: 1,
      },
      backendsNow: async () => IDLE,
      databaseCounts: async () => ({ committed: 5, rolledBack: 1, sessions: 2 }),
      lost: new Promise(() => undefined),
      ...change,
    },
    plan: { workers: 1, pool: POOL_DEFAULTS, pooler: null },
    show: (sample) => shown.push(sample),
    warn: (sentence) => warnings.push(sentence),
    pgbouncer: null,
    intervalMs: 5,
  });
  return { feed, shown, warnings };
}

test('samples are shown from the start on, until it is stopped', async () => {
  const { feed, shown, warnings } = feeding();
  await vi.waitFor(() => expect(shown.length).toBeGreaterThan(2));
  expect(shown[0]).toMatchObject({
    connections: [{ worker: '1', state: 'idle', connections: 3 }],
    transactions: { committed: 5, rolledBack: 1, sessions: 2 },
    pgbouncer: null,
  });
  await feed.stop();
  const count = shown.length;
  await feed.stop();
  expect(shown).toHaveLength(count);
  expect(warnings).toEqual([]);
});

test('a sample that is read while it is stopped is not shown', async () => {
  const backends = Promise.withResolvers<BackendsSeen>();
  let asked = 0;
  const { feed, shown } = feeding({
    backendsNow: () => {
      asked += 1;
      return backends.promise;
    },
  });
  await vi.waitFor(() => expect(asked).toBe(1));
  const stopped = feed.stop();
  backends.resolve(IDLE);
  await stopped;
  expect(shown).toEqual([]);
});

test('where the window’s last sample is too old nothing is shown, and the next one is', async () => {
  let asked = 0;
  const { feed, shown } = feeding({
    backendsNow: async () => {
      asked += 1;
      return asked < 3 ? null : IDLE;
    },
  });
  await vi.waitFor(() => expect(shown.length).toBeGreaterThan(0));
  await feed.stop();
  expect(shown.length).toBeLessThanOrEqual(asked - 2);
});

test('a sample is asked for that is younger than the next one would be', async () => {
  const agesMsMax: number[] = [];
  const { feed, shown } = feeding({
    backendsNow: async (ageMsMax) => {
      agesMsMax.push(ageMsMax);
      return IDLE;
    },
  });
  await vi.waitFor(() => expect(shown.length).toBeGreaterThan(0));
  await feed.stop();
  for (const ageMsMax of agesMsMax) expect(ageMsMax).toBeLessThan(500);
});

test('a monitor that is lost ends it without a word: the lab tells that', async () => {
  const lost = Promise.withResolvers<LabError>();
  let asked = 0;
  const { feed, shown, warnings } = feeding({
    lost: lost.promise,
    databaseCounts: () => {
      asked += 1;
      return Promise.reject(new Error('terminating connection due to administrator command'));
    },
  });
  await vi.waitFor(() => expect(asked).toBe(1));
  lost.resolve(new LabError('DATABASE_UNREACHABLE', { message: 'gone', hint: 'look' }));
  await lost.promise;
  await feed.stop();
  expect(asked).toBe(1);
  expect(shown).toEqual([]);
  expect(warnings).toEqual([]);
});

test('a sample is as old as its backends, however long the rest takes to read', async () => {
  const counts = Promise.withResolvers<{
    committed: number;
    rolledBack: number;
    sessions: number;
  }>();
  const { feed, shown } = feeding({ databaseCounts: () => counts.promise });
  counts.resolve({ committed: 1, rolledBack: 0, sessions: 1 });
  await vi.waitFor(() => expect(shown.length).toBeGreaterThan(0));
  await feed.stop();
  expect(shown[0]?.takenAtMs).toBe(ASKED_AT_MS);
});

test('any other reason why it ends is a warning', async () => {
  const { feed, warnings } = feeding({
    backendsNow: () => Promise.reject(new Error('permission denied')),
  });
  await vi.waitFor(() => expect(warnings).toHaveLength(1), { timeout: 5_000 });
  expect(warnings[0]).toContain('permission denied');
  await feed.stop();
});
