import { expect, test } from 'vitest';
import { knownFailure } from './known-failures.ts';

test.each([
  'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out, timeout 30.00',
  'java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms (total=10, active=10, idle=0, waiting=3)',
  'Error: timeout exceeded when trying to connect',
  "psycopg_pool.PoolTimeout: couldn't get a connection after 30.00 sec",
  'couldn&#x27;t get a connection after 30.00 sec',
  'couldn\\u0027t get a connection after 30.00 sec',
  'PoolTimedOut: pool timed out while waiting for an open connection',
  'ActiveRecord::ConnectionTimeoutError: could not obtain a connection from the pool within 5.000 seconds',
  'KnexTimeoutError: Knex: Timeout acquiring a connection. The pool is probably full.',
  'Acquire connection error: Error: operation timed out for an unknown reason',
  'SequelizeConnectionAcquireTimeoutError: Operation timeout',
  'System.InvalidOperationException: The connection pool has been exhausted, either raise MaxPoolSize (currently 5) or Timeout (currently 15 seconds)',
  'Timed out fetching a new connection from the connection pool. More info: http://pris.ly/d/connection-pool',
  '[http-nio-8080-exec-3] Timeout: Pool empty. Unable to fetch a connection in 30 seconds, none available[size:5; busy:5; idle:0; lastwait:30000].',
  'java.sql.SQLException: Cannot get a connection, pool error Timeout waiting for idle object',
  'java.util.concurrent.TimeoutException: Connection acquisition timed out after 1000ms',
])('%s is a pool that gave up', (text) => {
  expect(knownFailure(text)).toEqual({ kind: 'pool_timeout' });
});

test.each([
  ['FATAL:  sorry, too many clients already', 'all_slots'],
  [
    'remaining connection slots are reserved for roles with the SUPERUSER attribute',
    'superuser_reserved',
  ],
  [
    'remaining connection slots are reserved for non-replication superuser connections',
    'superuser_reserved',
  ],
  [
    'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role',
    'reserved',
  ],
  [
    'org.postgresql.util.PSQLException: FATAL: connection limit exceeded for non-superusers',
    'superuser_reserved',
  ],
  ['too many connections for role "shop"', 'role_limit'],
  ['FATAL: too many connections for database "shop"', 'database_limit'],
  ['ERROR:  no more connections allowed (max_client_conn)', 'pooler_clients'],
  ['server error: client connections exceeded', 'pooler_clients'],
  ['psycopg.errors.TooManyConnections', 'unknown'],
  ['asyncpg.exceptions.TooManyConnectionsError: sorry, too many clients already', 'all_slots'],
  ['asyncpg.exceptions.TooManyConnectionsError', 'unknown'],
  ["{ severity: 'FATAL', code: '53300' }", 'unknown'],
] as const)('%s is a refusal: %s', (text, reason) => {
  expect(knownFailure(text)).toEqual({ kind: 'refused', reason });
});

test.each(['', 'INFO: 10 connections', 'order 53300 shipped', 'timed out', 'pool of size 5'])(
  '"%s" is none of them',
  (text) => {
    expect(knownFailure(text)).toBeNull();
  },
);
