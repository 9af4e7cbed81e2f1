import type { METRICS_SOURCES } from '../../analysis/service-reading.ts';

/** Names of one library, the preferred first: some write old and new ones at once, which must not be added up. */
export interface Naming {
  readonly source: (typeof METRICS_SOURCES)[number];
  readonly max: readonly string[];
  /** One way to say how many are in use, or by what it follows. */
  readonly used: readonly string[];
  /** Of those, only the ones in state `used`. */
  readonly usedByState?: true;
  readonly total?: readonly string[];
  readonly idle?: readonly string[];
  readonly waiting: readonly string[];
  readonly timeouts: readonly string[];
  readonly wait: readonly TimesNames[];
  readonly connect: readonly TimesNames[];
  /** Counters are not there before they have counted anything. */
  readonly countersComeLate?: true;
}

/** The metric that adds up the times, the one that counts them, and the unit of the first. */
export interface TimesNames {
  readonly sum: string;
  readonly count: string;
  readonly msPerUnit: number;
}

const SECONDS = 1_000;
const MILLISECONDS = 1;
const NANOSECONDS = 1e-6;

const timesOf = (name: string, msPerUnit: number): TimesNames => ({
  sum: `${name}_sum`,
  count: `${name}_count`,
  msPerUnit,
});

/** https://opentelemetry.io/docs/specs/semconv/database/database-metrics/, now and before 1.26, and Npgsql's extras. */
const OPENTELEMETRY: Omit<Naming, 'source'> = {
  max: ['db_client_connection_max', 'db_client_connections_max'],
  used: ['db_client_connection_count', 'db_client_connections_usage'],
  usedByState: true,
  waiting: [
    'db_client_connection_pending_requests',
    'db_client_connections_pending_requests',
    'db_client_connection_npgsql_pending_requests',
    'db_client_connections_npgsql_pending_requests',
  ],
  timeouts: [
    'db_client_connection_timeouts_total',
    'db_client_connections_timeouts_total',
    'db_client_connection_timeouts',
    'db_client_connections_timeouts',
    'db_client_connection_npgsql_timeouts_total',
    'db_client_connection_npgsql_timeouts',
  ],
  // The convention's unit was milliseconds before it became seconds; exporters may leave it out of the name.
  wait: [
    timesOf('db_client_connection_wait_time_seconds', SECONDS),
    timesOf('db_client_connection_wait_time', SECONDS),
    timesOf('db_client_connections_wait_time_milliseconds', MILLISECONDS),
    timesOf('db_client_connections_wait_time_seconds', SECONDS),
    timesOf('db_client_connections_wait_time', MILLISECONDS),
  ],
  connect: [
    timesOf('db_client_connection_create_time_seconds', SECONDS),
    timesOf('db_client_connection_create_time', SECONDS),
    timesOf('db_client_connections_create_time_milliseconds', MILLISECONDS),
    timesOf('db_client_connections_create_time_seconds', SECONDS),
    timesOf('db_client_connections_create_time', MILLISECONDS),
  ],
};

/** By Micrometer, and by its own collector for Prometheus's client. */
const HIKARICP: Naming = {
  source: 'hikaricp',
  max: ['hikaricp_connections_max', 'hikaricp_max_connections'],
  used: ['hikaricp_connections_active', 'hikaricp_active_connections'],
  waiting: ['hikaricp_connections_pending', 'hikaricp_pending_threads'],
  timeouts: ['hikaricp_connections_timeout_total', 'hikaricp_connection_timeout_total'],
  wait: [
    timesOf('hikaricp_connections_acquire_seconds', SECONDS),
    timesOf('hikaricp_connection_acquired_nanos', NANOSECONDS),
  ],
  connect: [
    timesOf('hikaricp_connections_creation_seconds', SECONDS),
    timesOf('hikaricp_connection_creation_millis', MILLISECONDS),
  ],
};

/** Keys of `get_stats()`, as those name them who export all of them in a loop. */
const psycopg = (key: string): readonly string[] =>
  ['psycopg_pool_', 'psycopg_', 'psycopg3_pool_', 'db_pool_psycopg_'].flatMap((prefix) => [
    `${prefix}${key}`,
    `${prefix}${key}_total`,
  ]);

/**
 * `requests_errors` is left out: it counts timeouts and full queues together. A request that had not to wait is
 * in `requests_num` and adds nothing to the sum.
 */
const PSYCOPG_POOL: Naming = {
  source: 'psycopg_pool',
  countersComeLate: true,
  max: psycopg('pool_max'),
  used: [],
  total: psycopg('pool_size'),
  idle: psycopg('pool_available'),
  waiting: psycopg('requests_waiting'),
  timeouts: [],
  wait: psycopg('requests_wait_ms').map((sum) => ({
    sum,
    count: sum.replace('requests_wait_ms', 'requests_num'),
    msPerUnit: MILLISECONDS,
  })),
  connect: psycopg('connections_ms').map((sum) => ({
    sum,
    count: sum.replace('connections_ms', 'connections_num'),
    msPerUnit: MILLISECONDS,
  })),
};

/** What people call node-postgres' `totalCount`, `idleCount` and `waitingCount` when they hand them to prom-client. */
const PROM_CLIENT: Naming = {
  source: 'prom-client',
  max: ['pg_pool_max', 'pg_pool_max_connections', 'pg_pool_connections_max', 'pg_pool_max_size'],
  used: [
    'pg_pool_active_connections',
    'pg_pool_connections_active',
    'pg_pool_active',
    'pg_pool_active_count',
    'pg_pool_used',
  ],
  total: [
    'pg_pool_total',
    'pg_pool_total_count',
    'pg_pool_total_connections',
    'pg_pool_connections_total',
    'pg_pool_size',
  ],
  idle: [
    'pg_pool_idle',
    'pg_pool_idle_count',
    'pg_pool_idle_connections',
    'pg_pool_connections_idle',
  ],
  waiting: [
    'pg_pool_waiting',
    'pg_pool_waiting_count',
    'pg_pool_waiting_requests',
    'pg_pool_waiting_connections',
    'pg_pool_waiting_clients',
    'pg_pool_waiting_queries',
    'pg_pool_connections_waiting',
  ],
  timeouts: [],
  wait: [],
  connect: [],
};

/** Of two that are there the first says more, or says the same and more exactly. */
export const NAMINGS: readonly Naming[] = [
  HIKARICP,
  PSYCOPG_POOL,
  { source: 'opentelemetry', ...OPENTELEMETRY },
  PROM_CLIENT,
];
