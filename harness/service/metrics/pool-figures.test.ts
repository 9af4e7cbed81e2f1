import { expect, test } from 'vitest';
import { type ExpositionSample, expositionSamples } from './exposition-samples.ts';
import { isOfPool, type PoolFigures, poolFigures } from './pool-figures.ts';

function read(text: string): PoolFigures | null {
  const series = new Map<string, ExpositionSample[]>();
  for (const sample of expositionSamples(text, isOfPool)) {
    series.set(sample.name, [...(series.get(sample.name) ?? []), sample]);
  }
  return poolFigures(series);
}

const NOTHING = { max: null, used: null, waiting: null, timeouts: null, wait: null, connect: null };

test('HikariCP by Micrometer, with a name for the pool and a comma behind it', () => {
  expect(
    read(`
# HELP hikaricp_connections_acquire_seconds Connection acquire time
# TYPE hikaricp_connections_acquire_seconds summary
hikaricp_connections_acquire_seconds_count{pool="HikariPool-1",} 400.0
hikaricp_connections_acquire_seconds_sum{pool="HikariPool-1",} 2.0
hikaricp_connections_acquire_seconds_max{pool="HikariPool-1",} 0.4
hikaricp_connections_creation_seconds_count{pool="HikariPool-1",} 10.0
hikaricp_connections_creation_seconds_sum{pool="HikariPool-1",} 0.25
hikaricp_connections_active{pool="HikariPool-1",} 7.0
hikaricp_connections_idle{pool="HikariPool-1",} 3.0
hikaricp_connections_max{pool="HikariPool-1",} 10.0
hikaricp_connections_pending{pool="HikariPool-1",} 5.0
hikaricp_connections_timeout_total{pool="HikariPool-1",} 2.0
hikaricp_connections{pool="HikariPool-1",} 10.0
jdbc_connections_active{name="dataSource",} 7.0
`),
  ).toEqual({
    source: 'hikaricp',
    max: 10,
    used: 7,
    waiting: 5,
    timeouts: 2,
    wait: { sumMs: 2_000, count: 400 },
    connect: { sumMs: 250, count: 10 },
  });
});

test('HikariCP by its own collector, in nanoseconds and milliseconds, two pools', () => {
  const figures = read(`
hikaricp_active_connections{pool="a"} 3
hikaricp_active_connections{pool="b"} 4
hikaricp_pending_threads{pool="a"} 1
hikaricp_pending_threads{pool="b"} 0
hikaricp_max_connections{pool="a"} 5
hikaricp_max_connections{pool="b"} 5
hikaricp_connection_timeout_total{pool="a"} 1
hikaricp_connection_acquired_nanos{pool="a",quantile="0.95"} 120000
hikaricp_connection_acquired_nanos_count{pool="a"} 10
hikaricp_connection_acquired_nanos_sum{pool="a"} 5000000
hikaricp_connection_creation_millis_count{pool="a"} 2
hikaricp_connection_creation_millis_sum{pool="a"} 18
`);
  expect(figures).toEqual({
    source: 'hikaricp',
    max: 10,
    used: 7,
    waiting: 1,
    timeouts: 1,
    wait: { sumMs: 5, count: 10 },
    connect: { sumMs: 18, count: 2 },
  });
});

test('OpenTelemetry’s names of today, with its own and others’ databases', () => {
  expect(
    read(`
# TYPE db_client_connection_count gauge
db_client_connection_count{db_client_connection_pool_name="db:5432/shop",db_client_connection_state="used"} 6
db_client_connection_count{db_client_connection_pool_name="db:5432/shop",db_client_connection_state="idle"} 2
db_client_connection_count{db_client_connection_pool_name="mongodb://db:27017",db_client_connection_state="used"} 90
db_client_connection_count{db_system_name="redis",db_client_connection_state="used"} 50
db_client_connection_max{db_client_connection_pool_name="db:5432/shop"} 8
db_client_connection_pending_requests{db_client_connection_pool_name="db:5432/shop"} 3
db_client_connection_timeouts_total{db_client_connection_pool_name="db:5432/shop"} 4
db_client_connection_wait_time_seconds_sum{db_client_connection_pool_name="db:5432/shop"} 1.5
db_client_connection_wait_time_seconds_count{db_client_connection_pool_name="db:5432/shop"} 30
db_client_connection_create_time_seconds_sum{db_client_connection_pool_name="db:5432/shop"} 0.08
db_client_connection_create_time_seconds_count{db_client_connection_pool_name="db:5432/shop"} 8
`),
  ).toEqual({
    source: 'opentelemetry',
    max: 8,
    used: 6,
    waiting: 3,
    timeouts: 4,
    wait: { sumMs: 1_500, count: 30 },
    connect: { sumMs: 80, count: 8 },
  });
});

test('OpenTelemetry’s names of before, in milliseconds, dotted where Prometheus 3 allows it', () => {
  expect(
    read(`
db_client_connections_usage{otel_scope_name="io.opentelemetry.hikaricp-3.0",pool_name="main",state="idle"} 1
db_client_connections_usage{otel_scope_name="io.opentelemetry.hikaricp-3.0",pool_name="main",state="used"} 9
{"db.client.connections.max","pool.name"="main"} 10
{"db.client.connections.pending_requests","pool.name"="main"} 2
db_client_connections_wait_time_milliseconds_sum{pool_name="main"} 900
db_client_connections_wait_time_milliseconds_count{pool_name="main"} 300
`),
  ).toEqual({
    ...NOTHING,
    source: 'opentelemetry',
    max: 10,
    used: 9,
    waiting: 2,
    wait: { sumMs: 900, count: 300 },
  });
});

test('who writes old and new names at once is not counted twice', () => {
  expect(
    read(`
db_client_connections_usage{state="used"} 9
db_client_connection_count{db_client_connection_state="used"} 9
`),
  ).toEqual({ ...NOTHING, source: 'opentelemetry', used: 9 });
});

test('psycopg_pool’s statistics in a loop; what never happened is not among them', () => {
  expect(
    read(`
psycopg_pool_pool_min 2.0
psycopg_pool_pool_max 4.0
psycopg_pool_pool_size 4.0
psycopg_pool_pool_available 1.0
psycopg_pool_requests_waiting 0.0
psycopg_pool_requests_num 50.0
psycopg_pool_requests_errors 3.0
psycopg_pool_connections_num 4.0
psycopg_pool_connections_ms 36.0
`),
  ).toEqual({
    source: 'psycopg_pool',
    max: 4,
    used: 3,
    waiting: 0,
    // Its errors are timeouts and full queues together.
    timeouts: null,
    wait: { sumMs: 0, count: 50 },
    connect: { sumMs: 36, count: 4 },
  });
});

test.each([
  ['pg_pool_total_count 8\npg_pool_idle_count 2\npg_pool_waiting_count 5', { used: 6, waiting: 5 }],
  [
    'pg_pool_size{host="db:5432",database="shop"} 8\npg_pool_max{host="db:5432"} 10\npg_pool_active_connections{host="db:5432"} 7\npg_pool_waiting_connections{host="db:5432"} 1',
    { max: 10, used: 7, waiting: 1 },
  ],
])('node-postgres by prom-client, as people name it: %j', (text, figures) => {
  expect(read(text)).toEqual({ ...NOTHING, source: 'prom-client', ...figures });
});

test('the lab’s own API, all workers', () => {
  expect(
    read(`
db_client_connection_count{state="used",worker="1"} 2
db_client_connection_count{state="used",worker="2"} 3
db_client_connection_max{worker="1"} 4
db_client_connection_max{worker="2"} 4
pool_lab_pending_request_seconds_total{worker="1"} 0
`),
  ).toEqual({ ...NOTHING, source: 'pool-lab', max: 8, used: 5 });
});

test('a pool without a limit has none, which is not zero', () => {
  expect(read('db_client_connection_max 0\ndb_client_connection_pending_requests 0')).toEqual({
    ...NOTHING,
    source: 'opentelemetry',
    waiting: 0,
  });
});

test('what says nothing of a pool says nothing', () => {
  expect(read('process_start_time_seconds 1.7e9\nhttp_requests_total{code="200"} 5\n')).toBeNull();
  expect(read('')).toBeNull();
});
