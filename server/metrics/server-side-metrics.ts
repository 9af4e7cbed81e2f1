import {
  METRICS,
  PG_CONNECTION_STATES,
  PG_SESSION_OWNERS,
  PG_WAIT_EVENT_TYPES,
  PGBOUNCER_CLIENT_STATES,
  PGBOUNCER_SERVER_STATES,
  SERVER_SIDE_AGE_MS_MAX,
  type ServerSideSample,
} from '../contract.ts';
import { MetricRegistry, type MetricsSnapshot } from './registry.ts';

/** The database's side, as whoever watches it told the primary last. */
export interface ServerSideMetrics {
  update(sample: ServerSideSample): void;
  /**
   * @param nowMs on the clock of the sample, `machineClockMs`
   * @param workers ids of the live ones, which are told of with 0 connections too
   */
  collect(nowMs: number, workers: readonly number[]): Promise<MetricsSnapshot>;
}

export function createServerSideMetrics(): ServerSideMetrics {
  const registry = new MetricRegistry();
  const age = registry.readings({
    type: 'gauge',
    name: METRICS.pgSampleAgeSeconds,
    help: `Since the database was asked for its side; beyond ${SERVER_SIDE_AGE_MS_MAX / 1_000} s its other metrics are absent.`,
    labelNames: [],
  });
  const writers = [
    connectionWriter(registry),
    limitWriter(registry),
    transactionWriter(registry),
    pgbouncerWriter(registry),
  ];
  let last: ServerSideSample | null = null;
  return {
    update(sample) {
      last = sample;
    },
    collect(nowMs, workers) {
      if (last !== null) {
        const ageMs = Math.max(0, nowMs - last.takenAtMs);
        age.set({}, ageMs / 1_000);
        for (const writer of writers) {
          writer.clear();
          if (ageMs <= SERVER_SIDE_AGE_MS_MAX) writer.write(last, workers);
        }
      }
      return registry.snapshot();
    },
  };
}

interface Writer {
  clear(): void;
  write(sample: ServerSideSample, workers: readonly number[]): void;
}

/** Each owner is there in each state, with 0 too: a sum, a stack or an alert never lacks a series. */
function connectionWriter(registry: MetricRegistry): Writer {
  const connections = registry.readings({
    type: 'gauge',
    name: METRICS.pgConnections,
    help:
      'Client sessions that PostgreSQL has, by state and by whose they are: a worker by its id, the monitor, ' +
      'others, or unknown while they connect. Each occupies a slot.',
    labelNames: ['state', 'worker'],
  });
  const active = registry.readings({
    type: 'gauge',
    name: METRICS.pgActiveConnections,
    help: "The workers' active sessions by what they wait for; none: they run, or wait for a CPU.",
    labelNames: ['wait_event_type'],
  });
  return {
    clear() {
      connections.clear();
      active.clear();
    },
    write(sample, workers) {
      const owners = new Set([
        ...workers.map(String),
        ...Object.values(PG_SESSION_OWNERS),
        ...sample.connections.map(({ worker }) => worker),
      ]);
      for (const worker of owners) {
        for (const state of PG_CONNECTION_STATES) {
          const all = sample.connections.filter(
            (entry) => entry.worker === worker && entry.state === state,
          );
          connections.set({ state, worker }, sum(all));
        }
      }
      for (const type of PG_WAIT_EVENT_TYPES) {
        const all = sample.active.filter(({ waitEventType }) => waitEventType === type);
        active.set({ wait_event_type: type }, sum(all));
      }
    },
  };
}

function limitWriter(registry: MetricRegistry): Writer {
  const max = registry.readings({
    type: 'gauge',
    name: METRICS.pgMaxConnections,
    help: "PostgreSQL's max_connections.",
    labelNames: [],
  });
  const reserved = registry.readings({
    type: 'gauge',
    name: METRICS.pgReservedConnections,
    help: 'Slots of it that ordinary roles cannot have: superuser_reserved_connections and reserved_connections.',
    labelNames: [],
  });
  const budget = registry.readings({
    type: 'gauge',
    name: METRICS.budgetConnections,
    help:
      'What the API can claim, floor (pool sizes) and ceiling (with overflow; absent when unlimited), against usable: ' +
      'max_connections without the reserved ones and those of others.',
    labelNames: ['bound'],
  });
  return {
    clear() {
      max.clear();
      reserved.clear();
      budget.clear();
    },
    write(sample) {
      max.set({}, sample.maxConnections);
      reserved.set({}, sample.superuserReserved + sample.reserved);
      const { floor, ceiling, usable } = sample.budget;
      for (const [bound, connections] of Object.entries({ floor, ceiling, usable })) {
        if (connections !== null) budget.set({ bound }, connections);
      }
    },
  };
}

/** PostgreSQL's own counts: they begin again at 0 where its statistics do. */
function transactionWriter(registry: MetricRegistry): Writer {
  const transactions = registry.readings({
    type: 'counter',
    name: METRICS.pgTransactionsTotal,
    help: "Transactions in the API's database as PostgreSQL counts them, those of other clients included.",
    labelNames: ['result'],
  });
  const sessions = registry.readings({
    type: 'counter',
    name: METRICS.pgSessionsTotal,
    help: "Sessions begun in the API's database as PostgreSQL counts them: its rate is new backends per second.",
    labelNames: [],
  });
  return {
    clear() {
      transactions.clear();
      sessions.clear();
    },
    write(sample) {
      if (sample.transactions === null) return;
      const { committed, rolledBack, sessions: begun } = sample.transactions;
      transactions.set({ result: 'commit' }, committed);
      transactions.set({ result: 'rollback' }, rolledBack);
      if (begun !== null) sessions.set({}, begun);
    },
  };
}

function pgbouncerWriter(registry: MetricRegistry): Writer {
  const clients = registry.readings({
    type: 'gauge',
    name: METRICS.pgbouncerClients,
    help: "PgBouncer's client connections to the API's database.",
    labelNames: ['state'],
  });
  const servers = registry.readings({
    type: 'gauge',
    name: METRICS.pgbouncerServers,
    help: "PgBouncer's own connections to the API's database.",
    labelNames: ['state'],
  });
  const maxWait = registry.readings({
    type: 'gauge',
    name: METRICS.pgbouncerMaxWaitSeconds,
    help: 'How long the client that is first in line at PgBouncer has waited; 0 without one.',
    labelNames: [],
  });
  const transactions = registry.readings({
    type: 'counter',
    name: METRICS.pgbouncerTransactionsTotal,
    help: "Transactions of the API's database that PgBouncer carried since it started.",
    labelNames: [],
  });
  const queries = registry.readings({
    type: 'counter',
    name: METRICS.pgbouncerQueriesTotal,
    help: "Queries of the API's database that PgBouncer carried since it started.",
    labelNames: [],
  });
  const wait = registry.readings({
    type: 'counter',
    name: METRICS.pgbouncerWaitSecondsTotal,
    help: 'How long its clients waited at PgBouncer for a connection; each counts when it has one.',
    labelNames: [],
  });
  return {
    clear() {
      for (const it of [clients, servers, maxWait, transactions, queries, wait]) it.clear();
    },
    write({ pgbouncer }) {
      if (pgbouncer === null) return;
      for (const state of PGBOUNCER_CLIENT_STATES) clients.set({ state }, pgbouncer.clients[state]);
      for (const state of PGBOUNCER_SERVER_STATES) servers.set({ state }, pgbouncer.servers[state]);
      maxWait.set({}, pgbouncer.maxWaitMs / 1_000);
      const { totals } = pgbouncer;
      if (totals === null) return;
      transactions.set({}, totals.transactions);
      queries.set({}, totals.queries);
      wait.set({}, totals.waitMs / 1_000);
    },
  };
}

function sum(entries: readonly { readonly connections: number }[]): number {
  return entries.reduce((total, { connections }) => total + connections, 0);
}
