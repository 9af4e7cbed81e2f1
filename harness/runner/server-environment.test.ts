import { expect, test } from 'vitest';
import { POOL_DEFAULTS, SERVER_ENV, type ServerConfig } from '../../server/contract.ts';
import { serverEnvironment } from './server-environment.ts';

const config: ServerConfig = {
  host: '127.0.0.1',
  port: 0,
  adminPort: 0,
  workers: 4,
  graceMs: 1000,
  instrumentation: true,
  pool: { ...POOL_DEFAULTS, maxOverflow: -1, maxWaiting: 7, recycleMs: 9 },
  database: { host: '127.0.0.1', port: 5432, user: 'u', password: 'p w', database: 'd' },
};

test('every field of the configuration has its variable', () => {
  const environment = serverEnvironment(config);
  expect(Object.keys(environment).sort()).toEqual(Object.values(SERVER_ENV).sort());
  expect(environment).toMatchObject({ POOL_LAB_MAX_OVERFLOW: '-1', PGPASSWORD: 'p w' });
});

test('a field that is null is left out', () => {
  const environment = serverEnvironment({ ...config, pool: POOL_DEFAULTS });
  expect(environment).not.toHaveProperty('POOL_LAB_RECYCLE_MS');
  expect(environment).not.toHaveProperty('POOL_LAB_MAX_WAITING');
});
