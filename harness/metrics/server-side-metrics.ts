import {
  METRICS,
  PG_CONNECTION_STATES,
  PG_SESSION_OWNERS,
  PG_WAIT_EVENT_TYPES,
  PGBOUNCER_CLIENT_STATES,
  PGBOUNCER_SERVER_STATES,
  SERVER_SIDE_AGE_MS_MAX,
  type ServerSideSample,
} from '../../server/contract.ts';
import { machineClockMs } from '../machine-clock.ts';
import type { MetricFamily, MetricSample } from './exposition.ts';

const MS_PER_SECOND = 1_000;

/**
 * The database's side under the names that an API of the lab's own has it under: where the API runs
 * already and cannot be told, this is where it is shown. Until a sample comes there is nothing of it.
 */
export class ServerSideMetrics {
  readonly #nowMs: () => number;
  #last: ServerSideSample | null = null;

  /** @param nowMs the clock of the samples */
  constructor(nowMs: () => number = machineClockMs) {
    this.#nowMs = nowMs;
  }

  show(sample: ServerSideSample): void {
    this.#last = sample;
  }

  families(): readonly MetricFamily[] {
    if (this.#last === null) return [];
    const sample = this.#last;
    const ageMs = Math.max(0, this.#nowMs() - sample.takenAtMs);
    const age = gauge(
      METRICS.pgSampleAgeSeconds,
      `Since the database was asked for its side; beyond ${SERVER_SIDE_AGE_MS_MAX / MS_PER_SECOND} s its other metrics are absent.`,
      [{ labels: {}, value: ageMs / MS_PER_SECOND }],
    );
    return ageMs > SERVER_SIDE_AGE_MS_MAX
      ? [age]
      : [age, ...connections(sample), ...limits(sample), ...counts(sample), ...pgbouncer(sample)];
  }
}

/** Each owner is there in each state, with 0 too: a sum, a stack or an alert never lacks a series. */
function connections(sample: ServerSideSample): readonly MetricFamily[] {
  const owners = new Set([
    ...Object.values(PG_SESSION_OWNERS),
    ...sample.connections.map(({ worker }) => worker),
  ]);
  return [
    gauge(
      METRICS.pgConnections,
      'Client sessions that PostgreSQL has, by state and by whose they are. Each occupies a slot.',
      [...owners].flatMap((worker) =>
        PG_CONNECTION_STATES.map((state) => ({
          labels: { state, worker },
          value: sumOf(
            sample.connections.filter((it) => it.worker === worker && it.state === state),
          ),
        })),
      ),
    ),
    gauge(
      METRICS.pgActiveConnections,
      "The workers' active sessions by what they wait for; none: they run, or wait for a CPU.",
      PG_WAIT_EVENT_TYPES.map((type) => ({
        labels: { wait_event_type: type },
        value: sumOf(sample.active.filter(({ waitEventType }) => waitEventType === type)),
      })),
    ),
  ];
}

function limits({
  maxConnections,
  superuserReserved,
  reserved,
  budget,
}: ServerSideSample): readonly MetricFamily[] {
  return [
    gauge(METRICS.pgMaxConnections, "PostgreSQL's max_connections.", single(maxConnections)),
    gauge(
      METRICS.pgReservedConnections,
      'Slots of it that ordinary roles cannot have.',
      single(superuserReserved + reserved),
    ),
    gauge(
      METRICS.budgetConnections,
      'What the API can claim, floor and ceiling, against usable; absent where unlimited.',
      Object.entries(budget).flatMap(([bound, value]) =>
        value === null ? [] : [{ labels: { bound }, value }],
      ),
    ),
  ];
}

function counts({ transactions }: ServerSideSample): readonly MetricFamily[] {
  if (transactions === null) return [];
  const { committed, rolledBack, sessions } = transactions;
  return [
    {
      name: METRICS.pgTransactionsTotal,
      type: 'counter',
      help: "Transactions in the API's database as PostgreSQL counts them, everybody's.",
      samples: [
        { labels: { result: 'commit' }, value: committed },
        { labels: { result: 'rollback' }, value: rolledBack },
      ],
    },
    {
      name: METRICS.pgSessionsTotal,
      type: 'counter',
      help: "Sessions begun in the API's database as PostgreSQL counts them.",
      samples: sessions === null ? [] : single(sessions),
    },
  ];
}

function pgbouncer({ pgbouncer: seen }: ServerSideSample): readonly MetricFamily[] {
  if (seen === null) return [];
  return [
    gauge(
      METRICS.pgbouncerClients,
      "PgBouncer's client connections to the API's database.",
      PGBOUNCER_CLIENT_STATES.map((state) => ({ labels: { state }, value: seen.clients[state] })),
    ),
    gauge(
      METRICS.pgbouncerServers,
      "PgBouncer's own connections to the API's database.",
      PGBOUNCER_SERVER_STATES.map((state) => ({ labels: { state }, value: seen.servers[state] })),
    ),
    gauge(
      METRICS.pgbouncerMaxWaitSeconds,
      'How long the client that is first in line at PgBouncer has waited.',
      single(seen.maxWaitMs / MS_PER_SECOND),
    ),
    ...pgbouncerTotals(seen.totals),
  ];
}

function pgbouncerTotals(
  totals: NonNullable<ServerSideSample['pgbouncer']>['totals'],
): readonly MetricFamily[] {
  if (totals === null) return [];
  return [
    counter(
      METRICS.pgbouncerTransactionsTotal,
      "Transactions of the API's database that PgBouncer carried since it started.",
      totals.transactions,
    ),
    counter(
      METRICS.pgbouncerQueriesTotal,
      "Queries of the API's database that PgBouncer carried since it started.",
      totals.queries,
    ),
    counter(
      METRICS.pgbouncerWaitSecondsTotal,
      'How long its clients waited at PgBouncer for a connection; each counts when it has one.',
      totals.waitMs / MS_PER_SECOND,
    ),
  ];
}

function counter(name: string, help: string, value: number): MetricFamily {
  return { name, type: 'counter', help, samples: single(value) };
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, type: 'gauge', help, samples };
}

function single(value: number): readonly MetricSample[] {
  return [{ labels: {}, value }];
}

function sumOf(entries: readonly { readonly connections: number }[]): number {
  return entries.reduce((total, entry) => total + entry.connections, 0);
}
