import { expect, test } from 'vitest';
import type { RawFlags } from '../plan/option-table.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { expandCells } from '../plan/sweep/cells.ts';
import { parseSweepPlan } from '../plan/sweep/parse-sweep-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { FOUND_DATABASE } from '../postgres/test/found-database.ts';
import { requireFreeSlots } from './exhaustion-consent.ts';

/** 30 connections, 3 of them reserved, the monitor and six of others: 20 usable. */
const DATABASE = {
  ...FOUND_DATABASE,
  settings: {
    ...FOUND_DATABASE.settings,
    maxConnections: 30,
    superuserReservedConnections: 3,
    reservedConnections: 0,
  },
  others: 7,
};
const URL_ASKED = {
  kind: 'url',
  allowRemoteDb: null,
  sharedDbOk: true,
  exhaust: false,
  apiVia: null,
  serverSettings: [],
} as const;

function cellsOf(flags: RawFlags) {
  const { plan } = parseSweepPlan({ flags: { config: 'none', ...flags }, env: {}, file: null });
  return expandCells(plan);
}

function refusalOf(flags: RawFlags, load: 'own' | 'anybody' = 'own'): unknown {
  const [cell] = cellsOf(flags);
  if (cell === undefined) throw new Error('no cell');
  try {
    requireFreeSlots(DATABASE, URL_ASKED, { cells: [{ ...cell, id: null }], load });
    return null;
  } catch (error) {
    return error;
  }
}

const POOL: RawFlags = { workers: '1', maxOverflow: '0', connections: '96' };
const SERVED: RawFlags = { command: 'serve {port} {workers} {poolSize}' };
const FAN_OUT: RawFlags = { workload: 'fan-out', param: ['n=4'] };

test.each<[name: string, flags: RawFlags, load: 'own' | 'anybody', fits: boolean]>([
  ['a pool that leaves three', { ...POOL, poolSize: '17' }, 'own', true],
  ['a pool that leaves two', { ...POOL, poolSize: '18' }, 'own', false],
  [
    'a pool that its load does not fill',
    { ...POOL, poolSize: '18', connections: '9' },
    'own',
    true,
  ],
  [
    'the same under anybody’s load',
    { ...POOL, poolSize: '18', connections: '9' },
    'anybody',
    false,
  ],
  ['a rolling deploy of it', { ...POOL, poolSize: '9', rollout: '1' }, 'own', false],
  ['the same without a deploy', { ...POOL, poolSize: '9' }, 'own', true],
  ['a pool that a fan-out fills', { ...POOL, ...FAN_OUT, poolSize: '18' }, 'own', false],
  [
    'a fan-out of too few to fill it',
    { ...POOL, ...FAN_OUT, poolSize: '18', connections: '4' },
    'own',
    true,
  ],
  [
    'a pool without a limit in a deploy',
    { ...POOL, poolSize: '0', connections: '1', rollout: '1' },
    'own',
    false,
  ],
  ['no pool and few clients', { ...POOL, poolKind: 'null', connections: '8' }, 'own', true],
  [
    'no pool and a client more, whose last connection may still end',
    { ...POOL, poolKind: 'null', connections: '9' },
    'own',
    false,
  ],
  [
    'a pool that is broken off once',
    { ...POOL, poolSize: '9', dbFault: ['reset@1s'] },
    'own',
    false,
  ],
  ['one that only waits', { ...POOL, poolSize: '9', dbFault: ['stall@1s:1s'] }, 'own', true],
  ['arrivals that may be many at once', { workers: '1', poolSize: '0', rate: '9/s' }, 'own', false],
  [
    'a service of few callers, which may open its pool when it starts',
    { ...POOL, ...SERVED, poolSize: '18', connections: '1' },
    'own',
    false,
  ],
  ['a service that leaves three', { ...POOL, ...SERVED, poolSize: '17' }, 'own', true],
  ['a deploy of one', { ...POOL, ...SERVED, poolSize: '9', rollout: '1' }, 'own', false],
  ['the same without its deploy', { ...POOL, ...SERVED, poolSize: '9' }, 'own', true],
])('%s: whether three slots stay free', (_, flags, load, fits) => {
  expect(refusalOf(flags, load) === null).toBe(fits);
});

test('a pooler of the lab’s own bounds what reaches the server', () => {
  const flags = { ...POOL, poolSize: '30', pooler: 'pgbouncer', poolerSize: '17' };
  expect(refusalOf(flags)).toBeNull();
  expect(refusalOf({ ...flags, poolerSize: '18' })).not.toBeNull();
});

test('what faults leave behind is said in the refusal, and does not pass a pooler', () => {
  const flags = { ...POOL, poolSize: '8', dbFault: ['blackhole@1s:1s', 'reset@3s'] };
  expect(refusalOf(flags)).toMatchObject({
    message: expect.stringContaining(
      '1 × (8+0) with what 2 faults leave behind opens up to 24 of 20 usable',
    ),
  });
  expect(refusalOf({ ...flags, pooler: 'pgbouncer', poolerSize: '17' })).toBeNull();
});

test('the refusal has the arithmetic, and both remedies', () => {
  expect(
    refusalOf({ workers: '4', poolSize: '5', maxOverflow: '10', connections: '96' }),
  ).toMatchObject({
    code: 'REFUSED_EXHAUSTION',
    exitCode: 5,
    message:
      'this can leave others on this PostgreSQL fewer than 3 slots: 4 × (5+10) opens up to 60 of 20 usable (max_connections 30 − 3 reserved − 7 of others and the monitor)',
    hint: 'use smaller pools or fewer workers, of up to 17 connections in all; or, where nobody else needs them now, add --exhaust',
  });
});

test('a service that may open nobody knows how many is refused, with what would tell', () => {
  expect(refusalOf({ command: 'serve {port}', connections: '1' })).toMatchObject({
    code: 'REFUSED_EXHAUSTION',
    message: expect.stringContaining(
      'a service of which nobody said how many connections it may open; 20 usable',
    ),
    hint: expect.stringContaining('say it, by --workers, --pool-size and --max-overflow'),
  });
});

test('of a sweep the first cells are named that leave too few', () => {
  const cells = cellsOf({ ...POOL, workers: '1,2,3,4,5', poolSize: '9' });
  const check = (asked: Parameters<typeof requireFreeSlots>[1]) => () =>
    requireFreeSlots(DATABASE, asked, { cells, load: 'own' });
  expect(check(URL_ASKED)).toThrow(
    '4 of 5 cells can open more than that leaves: c002 2 × (9+0) up to 18; c003 3 × (9+0) up to 27; c004 4 × (9+0) up to 36 …; there are 20 usable',
  );
  expect(check({ ...URL_ASKED, exhaust: true })).not.toThrow();
});

test('a server of the lab’s own may be exhausted', () => {
  const cells = cellsOf({ ...POOL, poolSize: '30' });
  expect(() => requireFreeSlots(null, { kind: 'embedded' }, { cells, load: 'own' })).not.toThrow();
});

test('a service of which nobody said how many connections it opens may take them all', () => {
  const target = { target: 'http://127.0.0.1:8080', postgres: 'url' };
  const { plan } = parseTrialPlan({ flags: target, env: {} });
  const told = { ...target, workers: '1', poolSize: '17' };
  const { plan: known } = parseTrialPlan({ flags: told, env: {} });
  const require = (cell: TrialPlan) => () =>
    requireFreeSlots(DATABASE, URL_ASKED, { cells: [{ id: null, plan: cell }], load: 'own' });
  expect(require(known)).not.toThrow();
  expect(require(plan)).toThrow(
    expect.objectContaining({
      code: 'REFUSED_EXHAUSTION',
      message: expect.stringMatching(
        /nobody said how many connections it may open; 20 usable \(max_connections 30/,
      ),
      hint: expect.stringMatching(/^say it, by --workers, --pool-size .* add --exhaust$/),
    }),
  );
});
