import { expect, test } from 'vitest';
import { writtenSecretWarnings } from './written-secrets.ts';

test('of a secret that is written out it is said that it is kept, and how it is not', () => {
  const set = { API_KEY: 'k3yk3y', POOL: '5', REDIS_URL: 'redis://me:s3cret@cache:6379' };
  const [warning, ...others] = writtenSecretWarnings({ set, pass: [] }, '--env');
  expect(warning).toBe(
    '--env: API_KEY, REDIS_URL are kept with the results as written; the name alone, --env API_KEY, hands it on from the environment of pool-lab, and its value is kept nowhere',
  );
  expect(others).toEqual([]);
});

test.each([
  { DB_PASSWORD: '{databasePassword}' },
  { AUTH_ENABLED: 'true', PASSES: '3', TOKEN: '' },
  { BASE_URL: 'http://127.0.0.1:8080/a:b@c' },
])('there is no secret in %j', (set) => {
  expect(writtenSecretWarnings({ set, pass: ['API_KEY'] }, '--env')).toEqual([]);
});
