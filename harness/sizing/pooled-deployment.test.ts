import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerPooledBudget } from './budget-answer.ts';
import type { DeployedPooler } from './deployed-pooler.ts';
import type { Deployment } from './deployment-budget.ts';
import { computePooledBudget, type PooledLimit } from './pooled-deployment.ts';
import type { SlotSettings } from './usable-slots.ts';

const DEPLOYMENT: Deployment = {
  replicas: 6,
  workers: 4,
  claim: { idle: 5, most: 15 },
  surge: { kind: 'percent', percent: 25 },
  replicasMax: null,
};
const SLOTS: SlotSettings = {
  maxConnections: 100,
  superuserReserved: 3,
  reserved: 0,
  others: 0,
  role: 'ordinary',
};
const POOLER: DeployedPooler = {
  mode: 'transaction',
  defaultPoolSize: 20,
  reservePoolSize: 0,
  maxClientConn: 500,
  processes: 1,
  pairs: 1,
};

const budget = ({
  pooler = {},
  deployment = {},
  keepsConnections = true,
}: {
  readonly pooler?: Partial<DeployedPooler>;
  readonly deployment?: Partial<Deployment>;
  readonly keepsConnections?: boolean;
} = {}) =>
  computePooledBudget({
    deployment: { ...DEPLOYMENT, ...deployment },
    slots: SLOTS,
    pooler: { ...POOLER, ...pooler },
    keepsConnections,
  });
const exceeded = (of: ReturnType<typeof budget>) => [
  ...new Set(of.situations.flatMap(({ exceeds }) => exceeds)),
];

test('360 clients of 500 are 20 connections of 97', () => {
  const { situations, ...rest } = budget();
  expect(
    situations.map(({ situation, clients, connections, fits }) => [
      situation,
      clients,
      connections,
      fits,
    ]),
  ).toEqual([
    ['floor', 120, 20, true],
    ['ceiling', 360, 20, true],
    ['rollout', 480, 20, true],
  ]);
  expect(rest).toEqual({
    usable: 97,
    takes: 500,
    opens: 20,
    opensForOthers: 0,
    perProcessNow: 20,
    perProcessSafe: 15,
    maxClientConnNeeded: 480,
    defaultPoolSizeFits: 97,
    maxConnectionsNeeded: 23,
  });
});

test('connections are pairs × (default_pool_size + reserve_pool_size) × processes', () => {
  const found = budget({
    pooler: { pairs: 3, processes: 2, reservePoolSize: 5, maxClientConn: 250 },
  });
  expect(found).toMatchObject({ takes: 500, opens: 50, opensForOthers: 100 });
  expect(found.situations.map(({ connections }) => connections)).toEqual([150, 150, 150]);
  expect(exceeded(found)).toEqual(['usable']);
  // 3 pairs × (11 + 5) × 2 processes = 96 of 97.
  expect(found).toMatchObject({ defaultPoolSizeFits: 11, maxConnectionsNeeded: 153 });
  expect(found.maxClientConnNeeded).toBe(240);
});

test.each<[string, Parameters<typeof budget>[0], readonly PooledLimit[]]>([
  ['as many clients as a deploy makes', { pooler: { maxClientConn: 480 } }, []],
  ['one client fewer', { pooler: { maxClientConn: 479 } }, ['max_client_conn']],
  ['as many connections as usable', { pooler: { defaultPoolSize: 97 } }, []],
  ['one connection more', { pooler: { defaultPoolSize: 98 } }, ['usable']],
  ['session mode and pools that keep', { pooler: { mode: 'session' } }, ['sessions']],
  ['session mode and no pool', { pooler: { mode: 'session' }, keepsConnections: false }, []],
  [
    'session mode with a connection for each client',
    { pooler: { mode: 'session', defaultPoolSize: 80 }, deployment: { replicas: 1, workers: 2 } },
    [],
  ],
  [
    'pools without a limit',
    { deployment: { claim: { idle: 2, most: null } } },
    ['max_client_conn'],
  ],
])('%s: too little is %j %j', (_, given, limits) => {
  expect(exceeded(budget(given))).toEqual(limits);
});

test('pools without a limit claim all clients, and no more of PostgreSQL than the pooler opens', () => {
  const found = budget({ deployment: { claim: { idle: 0, most: null } } });
  expect(found.situations.at(-1)).toMatchObject({ clients: null, connections: 20 });
  expect(found).toMatchObject({ maxClientConnNeeded: null, maxConnectionsNeeded: 23 });
});

test('the verdict is as it is without a pooler: the worst situation asked for decides', () => {
  const verdict = (pooler: Partial<DeployedPooler>, most: number | null = 15) =>
    answerPooledBudget({
      deployment: { ...DEPLOYMENT, claim: { idle: 5, most } },
      slots: SLOTS,
      dialect: 'sqlalchemy',
      pooler: { ...POOLER, ...pooler },
      keepsConnections: true,
    }).verdict;
  expect(verdict({})).toBe('fits');
  expect(verdict({ maxClientConn: 400 })).toBe('over-during-rollout');
  expect(verdict({ maxClientConn: 100 })).toBe('over');
  expect(verdict({ defaultPoolSize: 200 })).toBe('over');
  expect(verdict({ mode: 'session' })).toBe('over');
  expect(verdict({}, null)).toBe('unbounded');
});

test('what is said to fit fits, and one connection a process more does not', () => {
  const sizes = fc.integer({ min: 1, max: 120 });
  fc.assert(
    fc.property(
      fc.record({
        mode: fc.constantFrom('session', 'transaction'),
        defaultPoolSize: sizes,
        reservePoolSize: fc.integer({ min: 0, max: 20 }),
        maxClientConn: fc.integer({ min: 1, max: 2_000 }),
        processes: fc.integer({ min: 1, max: 3 }),
        pairs: fc.integer({ min: 1, max: 3 }),
      }),
      fc.integer({ min: 1, max: 8 }),
      (pooler, workers) => {
        const at = (most: number) =>
          budget({ pooler, deployment: { replicas: 1, workers, claim: { idle: most, most } } });
        const isSound = (most: number): boolean => exceeded(at(most)).length === 0;
        const most = at(1).perProcessSafe;
        expect(most < 1 || isSound(most)).toBe(true);
        expect(isSound(most + 1)).toBe(false);
      },
    ),
  );
});
