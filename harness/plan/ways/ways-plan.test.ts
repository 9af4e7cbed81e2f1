import { expect, test } from 'vitest';
import { planFacts } from '../../analysis/comparison/plan-facts.ts';
import { LabError } from '../../lab-error.ts';
import type { RawEnv, RawFlags } from '../option-table.ts';
import { parseWays } from './parse-ways.ts';
import { WAYS } from './way.ts';
import { orderWays, planWays } from './ways-plan.ts';

function waysOf(flags: RawFlags = {}, env: RawEnv = {}) {
  const { base, rounds, asked } = parseWays({ flags, env });
  return planWays(base, rounds, asked);
}

test('as it comes: 160 callers, 26 usable slots, and 20 connections to PostgreSQL on each pooled way', () => {
  const { plans, rounds } = waysOf();
  expect(rounds).toBe(3);
  expect(plans.pool).toMatchObject({
    workers: 4,
    pool: { kind: 'queue', poolSize: 5, maxOverflow: 0 },
    pooler: null,
    postgres: { maxConnections: 30 },
    load: { model: { kind: 'closed', connections: 160 } },
  });
  const pooler = {
    mode: 'transaction',
    defaultPoolSize: 20,
    reservePoolSize: 0,
    maxClientConn: 320,
  };
  expect(plans.small_pool_pgbouncer).toMatchObject({
    pool: { kind: 'queue', poolSize: 5, maxOverflow: 0 },
    pooler,
  });
  expect(plans.no_pool).toMatchObject({ pool: { kind: 'null' }, pooler: null });
  expect(plans.no_pool_pgbouncer).toMatchObject({ pool: { kind: 'null' }, pooler });
});

test('the ways differ in the pool and the pooler, and in nothing else', () => {
  const { plans } = waysOf({ dbRtt: '5ms', param: ['rows=3'], workload: 'stream', threads: '2' });
  const facts = WAYS.map((way) =>
    [...planFacts(plans[way])].filter(([path]) => !/^pool(er)?(\.|$)/.test(path)),
  );
  for (const own of facts) expect(own).toEqual(facts[0]);
});

test.each<
  [RawFlags, { readonly servers: number; readonly small: number; readonly clients: number }]
>([
  // As many as the pool alone can open, as far as PostgreSQL has them.
  [
    { poolSize: '5', maxOverflow: '10' },
    { servers: 26, small: 7, clients: 320 },
  ],
  [{ poolSize: '0' }, { servers: 26, small: 7, clients: 320 }],
  [
    { poolSize: '2', connections: '10' },
    { servers: 8, small: 2, clients: 100 },
  ],
  // The reserve needs slots as well.
  [
    { poolSize: '0', poolerReserve: '6' },
    { servers: 20, small: 5, clients: 320 },
  ],
  [{ poolerSize: '3' }, { servers: 3, small: 1, clients: 320 }],
  [
    { smallPoolSize: '50', connections: '10' },
    { servers: 20, small: 50, clients: 400 },
  ],
  [{ workload: 'fan-out' }, { servers: 20, small: 5, clients: 960 }],
  [
    { workload: 'fan-out', param: ['n=2'] },
    { servers: 20, small: 5, clients: 640 },
  ],
  [
    { rate: '100/s', maxInFlight: '70' },
    { servers: 20, small: 5, clients: 140 },
  ],
  [{ poolerClients: '60' }, { servers: 20, small: 5, clients: 60 }],
])('what is not given follows from the rest: %j', (flags, { servers, small, clients }) => {
  const { small_pool_pgbouncer: way } = waysOf(flags).plans;
  expect(way.pooler).toMatchObject({ defaultPoolSize: servers, maxClientConn: clients });
  expect(way.pool.poolSize).toBe(small);
});

test('rounds turn back, so that drift hits all ways alike, and all ways of a round see the same arrivals', () => {
  const order = orderWays(waysOf({ seed: '7' }));
  expect(order.map(({ id }) => id)).toEqual([
    ...['pool-r1', 'small_pool_pgbouncer-r1', 'no_pool-r1', 'no_pool_pgbouncer-r1'],
    ...['no_pool_pgbouncer-r2', 'no_pool-r2', 'small_pool_pgbouncer-r2', 'pool-r2'],
    ...['pool-r3', 'small_pool_pgbouncer-r3', 'no_pool-r3', 'no_pool_pgbouncer-r3'],
  ]);
  expect(order.map(({ plan }) => plan.seed)).toEqual([7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9]);
});

test('a variable stands for its flag, and an unknown one is named', () => {
  const env = { POOL_LAB_SMALL_POOL_SIZE: '3', POOL_LAB_POOL_KIND: 'null' };
  const { asked, warnings } = parseWays({ flags: {}, env });
  expect(asked.smallPoolSize).toBe(3);
  expect(warnings).toEqual([expect.stringContaining('POOL_LAB_POOL_KIND is not a setting')]);
});

test('every problem is named at once, with where the help is', () => {
  const flags = { poolSize: '900', maxOverflow: '900', maxConnections: '3', workload: 'poin' };
  expect(() => parseWays({ flags, env: {} })).toThrow(LabError);
  try {
    parseWays({ flags, env: {} });
  } catch (error) {
    expect(String(error)).toMatch(/--pool-size \+ --max-overflow.*--max-connections/s);
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      hint: expect.stringContaining('pgbouncer --help'),
    });
  }
});

test('what only the open loop has changes nothing in the closed one', () => {
  const { warnings } = parseWays({ flags: { arrivals: 'constant' }, env: {} });
  expect(warnings).toEqual(['--arrivals changes nothing without --rate or --stages']);
});
