import { expect, test } from 'vitest';
import { POOL_DEFAULTS, serverSideSampleSchema } from '../../server/contract.ts';
import type { BackendGroup, ServerLimits } from '../postgres/monitor-queries.ts';
import { serverSideSample } from './server-side-sample.ts';

const LIMITS: ServerLimits = {
  version: '18.4',
  maxConnections: 30,
  superuserReservedConnections: 3,
  reservedConnections: 2,
  databaseConnectionLimit: null,
  roleConnectionLimit: null,
  apiRoleKind: 'ordinary',
  durability: { fsync: 'on', synchronousCommit: 'on', fullPageWrites: 'on', walLevel: 'replica' },
  sharedBuffersBytes: 1,
};

function sampleOf(
  groups: readonly Partial<BackendGroup>[],
  pool: Partial<typeof POOL_DEFAULTS> = {},
) {
  const sample = serverSideSample({
    takenAtMs: 0,
    groups: groups.map((group) => ({
      applicationName: 'pool-lab-w1',
      role: 'api',
      database: 'lab',
      address: '127.0.0.1',
      state: 'idle',
      waitEvent: null,
      backends: 1,
      ...group,
    })),
    counts: null,
    limits: LIMITS,
    plan: {
      workers: 4,
      pool: { ...POOL_DEFAULTS, poolSize: 2, maxOverflow: 3, ...pool },
      pooler: null,
    },
    pgbouncer: null,
  });
  // What is sent must be what the API takes.
  return serverSideSampleSchema.parse(sample);
}

test.each([
  ['pool-lab-w12', 'idle', '12'],
  ['pool-lab-monitor', 'active', 'monitor'],
  ['pool-lab-seed', 'idle', 'others'],
  ['psql', 'active', 'others'],
  ['', 'starting', 'unknown'],
  ['', 'unknown', 'others'],
  ['pool-lab-w', 'idle', 'others'],
  ['pool-lab-w1"} 1', 'idle', 'others'],
  ['pool-lab-w٣', 'idle', 'others'],
  ['pool-lab-w1234567890', 'idle', 'others'],
])('a session that calls itself "%s" and is %s belongs to %s', (applicationName, state, worker) => {
  expect(sampleOf([{ applicationName, state }]).connections).toMatchObject([{ worker }]);
});

test.each([
  ['active', 'active'],
  ['idle', 'idle'],
  ['idle in transaction', 'idle_in_transaction'],
  ['idle in transaction (aborted)', 'idle_in_transaction_aborted'],
  ['starting', 'starting'],
  ['fastpath function call', 'other'],
  ['disabled', 'other'],
  ['unknown', 'other'],
])('a session that is "%s" is counted as %s', (state, label) => {
  expect(sampleOf([{ state }]).connections).toEqual([
    { state: label, worker: '1', connections: 1 },
  ]);
});

test.each([
  [null, 'none'],
  ['Lock/transactionid', 'Lock'],
  ['LWLock/WALWrite', 'LWLock'],
  ['Client/ClientRead', 'Client'],
  ['Extension/a/b', 'Extension'],
  ['Brandnew/Thing', 'other'],
])('an active worker that waits for %s is counted as %s', (waitEvent, waitEventType) => {
  expect(sampleOf([{ state: 'active', waitEvent, backends: 2 }]).active).toEqual([
    { waitEventType, connections: 2 },
  ]);
});

test('groups that differ in the event only are one series, and others’ waits are nobody’s', () => {
  const { connections, active } = sampleOf([
    { state: 'active', waitEvent: 'Lock/tuple', backends: 3 },
    { state: 'active', waitEvent: 'Lock/transactionid', backends: 2 },
    { state: 'idle', waitEvent: 'Client/ClientRead', backends: 4 },
    { applicationName: 'psql', state: 'active', waitEvent: 'Lock/tuple', backends: 7 },
  ]);
  expect(connections).toEqual([
    { state: 'active', worker: '1', connections: 5 },
    { state: 'idle', worker: '1', connections: 4 },
    { state: 'active', worker: 'others', connections: 7 },
  ]);
  expect(active).toEqual([{ waitEventType: 'Lock', connections: 5 }]);
});

test('the budget is the formula with the others of this moment, those connecting left out', () => {
  const groups = [
    { applicationName: 'pool-lab-w1', backends: 9 },
    { applicationName: 'pool-lab-monitor', backends: 1 },
    { applicationName: 'psql', backends: 2 },
    { applicationName: '', state: 'starting', backends: 5 },
  ];
  expect(sampleOf(groups).budget).toEqual({ floor: 8, ceiling: 20, usable: 30 - 3 - 2 - 3 });
  expect(sampleOf(groups, { maxOverflow: -1 }).budget).toMatchObject({ floor: 8, ceiling: null });
  expect(sampleOf(groups, { kind: 'null' }).budget).toMatchObject({ floor: null, ceiling: null });
});
