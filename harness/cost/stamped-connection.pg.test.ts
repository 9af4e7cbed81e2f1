import { expect, inject, test } from 'vitest';
import { CONNECTING_PHASES, timeOf } from '../analysis/cost/connection-times.ts';
import { QUERY } from './measure-connections.ts';
import { destinationOf, measureConnection } from './stamped-connection.ts';

const { api } = inject('postgres');
const ASKED = { sql: QUERY, applicationName: 'stamped-connection test' };

test('a connection to PostgreSQL is told in its steps, which are all there is', async () => {
  const startedMs = performance.now();
  const times = await measureConnection(destinationOf(api), ASKED);
  const tookMs = performance.now() - startedMs;
  expect(times).toMatchObject({
    ...{ authentication: 'scram-sha-256', tlsProtocol: null },
    ...{ tlsRequestMs: null, tlsHandshakeMs: null },
  });
  for (const step of [
    'connect',
    'startup',
    'challenge',
    'session',
    'firstQuery',
    'warmQuery',
  ] as const) {
    expect(times[`${step}Ms`], step).toBeGreaterThan(0);
  }
  expect(times.clientHashMs).toBeLessThan(times.sessionMs ?? 0);
  expect(timeOf(times, [...CONNECTING_PHASES, 'firstQuery', 'warmQuery'])).toBeLessThan(tookMs);
});

test('a wrong password is refused by PostgreSQL', async () => {
  const destination = destinationOf({ ...api, password: 'another' });
  await expect(measureConnection(destination, ASKED)).rejects.toMatchObject({ code: '28P01' });
});

test('a query that fails is a failure', async () => {
  await expect(
    measureConnection(destinationOf(api), { ...ASKED, sql: 'SELECT 1 / 0' }),
  ).rejects.toMatchObject({ code: '22012' });
});
