import { expect, test } from 'vitest';
import { POOL_DEFAULTS, POOL_KINDS } from '../contract.ts';
import { createPool } from './create-pool.ts';
import { NO_POOL_RECORDER } from './pool.ts';
import { PoolConfigError } from './pool-config-error.ts';
import { NO_DATABASE, poolUnderTest } from './test/pool-under-test.ts';

function build(config: object, database: object = {}) {
  return createPool({
    config: { ...POOL_DEFAULTS, ...config },
    database: { ...NO_DATABASE, ...database },
    applicationName: 'create-pool-test',
    recorder: NO_POOL_RECORDER,
    loop: null,
  });
}

test.for([
  [{ poolSize: -1 }, 'poolSize = -1'],
  [{ poolSize: 2.5 }, 'poolSize = 2.5'],
  [{ poolSize: Number.NaN }, 'poolSize = NaN'],
  [{ poolSize: 'x' }, 'poolSize = "x"'],
  [{ poolSize: '5' }, 'poolSize = "5"'],
  [{ poolSize: 1e9 }, 'poolSize = 1000000000'],
  [{ maxOverflow: -2 }, 'maxOverflow = -2'],
  [{ maxOverflow: Number.POSITIVE_INFINITY }, 'maxOverflow = Infinity'],
  [{ poolSize: 600, maxOverflow: 600 }, 'poolSize + maxOverflow = 1200'],
  [{ poolTimeoutMs: -1 }, 'poolTimeoutMs = -1'],
  [{ poolTimeoutMs: 1e12 }, 'poolTimeoutMs = 1000000000000'],
  [{ maxWaiting: -1 }, 'maxWaiting = -1'],
  [{ recycleMs: 0.5 }, 'recycleMs = 0.5'],
  [{ order: 'random' }, 'order = "random"'],
  [{ kind: 'magic' }, 'kind = "magic"'],
] as const)('%j is refused by name and value before pg-pool sees it', ([config, words]) => {
  for (const kind of POOL_KINDS) {
    expect(() => build({ kind, ...config })).toThrow(PoolConfigError);
    expect(() => build({ kind, ...config })).toThrow(words);
  }
});

test('a database that cannot be is refused, together with everything else', () => {
  const given = { port: 70_000, password: 5 };
  expect(() => build({ poolSize: -3 }, given)).toThrow(/poolSize = -3.*port = 70000/);
  expect(() => build({}, given)).toThrow(/password: /);
});

test.for([
  { poolSize: 0, maxOverflow: 5 },
  { poolSize: 1, maxOverflow: -1 },
])('%j has no limit', async (shape) => {
  const { pool } = poolUnderTest(shape);
  await Promise.all(Array.from({ length: 30 }, () => pool.checkout()));
  expect(pool.snapshot().held).toBe(30);
});

test.for(POOL_KINDS)('a pool of kind %s opens nothing by itself', async (kind) => {
  const { pool, database } = poolUnderTest({ kind });
  expect(pool.kind).toBe(kind);
  expect(database.connections).toHaveLength(0);
  await pool.end(0);
});
