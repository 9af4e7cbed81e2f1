import {
  BUDGET_BOUNDS,
  CLOSE_REASONS,
  CONNECT_ERROR_REASONS,
  CPU_PARTS,
  ERROR_CLASSES,
  HARNESS_METRICS,
  LOAD_PHASES,
  LOAD_RESULTS,
  METRIC_PERCENTILES,
  METRICS,
  PG_CONNECTION_STATES,
  PG_WAIT_EVENT_TYPES,
  PGBOUNCER_CLIENT_STATES,
  PGBOUNCER_SERVER_STATES,
} from '../../server/contract.ts';

/** A label's values where they are a closed set of the contract; else anything, e.g. a worker's id. */
type LabelValues = readonly string[] | 'any';

interface MetricShape {
  readonly kind: 'plain' | 'histogram';
  readonly labels: Readonly<Record<string, LabelValues>>;
}

/** The server's and the harness' metrics, by the keys of the contract. */
export const METRIC_NAMES = { ...METRICS, ...HARNESS_METRICS };
type MetricKey = keyof typeof METRIC_NAMES;

/** Given to every series by the scrape, and those that Prometheus makes of a scrape itself. */
const SCRAPE_LABELS = ['job', 'instance'];
const SCRAPE_METRICS = [
  'up',
  'scrape_duration_seconds',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'scrape_series_added',
];
/** Made by Prometheus of the alerts it evaluates. */
const ALERT_METRICS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ALERTS', ['alertname', 'alertstate', 'severity']],
  ['ALERTS_FOR_STATE', ['alertname', 'severity']],
]);

const plain = (labels: MetricShape['labels'] = {}): MetricShape => ({ kind: 'plain', labels });
const histogram = (labels: MetricShape['labels']): MetricShape => ({ kind: 'histogram', labels });
const worker = 'any';
const CONNECTION_STATES = ['idle', 'used'];

/** The labels of each metric; a query that asks for another finds nothing, silently. */
const SHAPES: Readonly<Record<MetricKey, MetricShape>> = {
  connectionCount: plain({
    worker,
    state: CONNECTION_STATES,
    // What OpenTelemetry's own exporters call the state: of other services, never of the lab's.
    db_client_connection_state: CONNECTION_STATES,
  }),
  connectionMax: plain({ worker }),
  connectionIdleMax: plain({ worker }),
  pendingRequests: plain({ worker }),
  waitSeconds: histogram({ worker, result: ['ok', 'timeout', 'error'] }),
  useSeconds: histogram({ worker }),
  createSeconds: histogram({ worker, result: ['ok', 'error'] }),
  timeoutsTotal: plain({ worker }),
  pendingSecondsTotal: plain({ worker }),
  saturatedSecondsTotal: plain({ worker }),
  pendingPeak: plain({ worker }),
  usedPeak: plain({ worker }),
  overflowConnections: plain({ worker }),
  overflowOpenedTotal: plain({ worker }),
  connectErrorsTotal: plain({
    worker,
    sqlstate: 'any',
    reason: CONNECT_ERROR_REASONS,
  }),
  connectionsOpenedTotal: plain({ worker }),
  connectionsClosedTotal: plain({ worker, reason: CLOSE_REASONS }),
  errorsTotal: plain({ worker, class: ERROR_CLASSES, reason: 'any' }),
  httpRequestSeconds: histogram({ route: 'any', method: 'any', code: 'any' }),
  eventLoopDelaySeconds: plain({ worker, percentile: METRIC_PERCENTILES }),
  workerRestartsTotal: plain({ reason: ['crash', 'rolling_restart'] }),
  snapshotAgeSeconds: plain({ worker }),
  poolTimeoutSeconds: plain({ worker }),
  pgConnections: plain({ worker, state: PG_CONNECTION_STATES }),
  pgActiveConnections: plain({ wait_event_type: PG_WAIT_EVENT_TYPES }),
  pgMaxConnections: plain(),
  pgReservedConnections: plain(),
  pgTransactionsTotal: plain({ result: ['commit', 'rollback'] }),
  pgSessionsTotal: plain(),
  pgSampleAgeSeconds: plain(),
  budgetConnections: plain({ bound: BUDGET_BOUNDS }),
  pgbouncerClients: plain({ state: PGBOUNCER_CLIENT_STATES }),
  pgbouncerServers: plain({ state: PGBOUNCER_SERVER_STATES }),
  pgbouncerMaxWaitSeconds: plain(),
  pgbouncerTransactionsTotal: plain(),
  pgbouncerQueriesTotal: plain(),
  pgbouncerWaitSecondsTotal: plain(),
  offeredTotal: plain(),
  droppedTotal: plain(),
  endedTotal: plain({ result: LOAD_RESULTS }),
  goodTotal: plain(),
  inFlight: plain(),
  latencySeconds: plain({ percentile: METRIC_PERCENTILES }),
  dispatchLagSeconds: plain({ percentile: METRIC_PERCENTILES }),
  utilizationRatio: plain(),
  phase: plain({ phase: LOAD_PHASES }),
  cpuSecondsTotal: plain({ part: CPU_PARTS }),
  cpuPressureSecondsTotal: plain(),
};

/**
 * Every series name that a query may use, with its labels: the contract's metrics as a scrape shows them
 * (a histogram is its `_bucket`, `_sum` and `_count`), and what Prometheus itself makes.
 */
export const KNOWN_SERIES: ReadonlyMap<string, Readonly<Record<string, LabelValues>>> = new Map([
  ...keysOf(METRIC_NAMES).flatMap((key) => {
    const { kind, labels } = SHAPES[key];
    const name = METRIC_NAMES[key];
    return kind === 'plain'
      ? [series(name, labels)]
      : [
          series(`${name}_bucket`, { ...labels, le: 'any' }),
          series(`${name}_sum`, labels),
          series(`${name}_count`, labels),
        ];
  }),
  ...SCRAPE_METRICS.map((name) => series(name, {})),
  ...[...ALERT_METRICS].map(([name, labels]) =>
    series(name, Object.fromEntries(labels.map((label) => [label, 'any']))),
  ),
]);

function series(
  name: string,
  labels: Readonly<Record<string, LabelValues>>,
): readonly [string, Readonly<Record<string, LabelValues>>] {
  const ofScrape = Object.fromEntries(SCRAPE_LABELS.map((label) => [label, 'any' as const]));
  return [name, { ...labels, ...ofScrape }];
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  const isKey = (key: string): key is Key => key in record;
  return Object.keys(record).filter(isKey);
}
