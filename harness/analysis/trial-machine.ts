import { z } from 'zod';
import { databaseFaultSchema } from '../plan/database-fault.ts';
import { POOLER_MODES } from '../plan/pooler.ts';

const count = z.int().min(0);
const ms = z.number().min(0);
const share = z.number().min(0).max(1);

/** What the machine did to the measurement in its window; `null` where the system does not tell. */
export const hostSchema = z.strictObject({
  /** Share of the window in which some runnable task waited for a CPU. */
  cpuPressureShare: share.nullable(),
  /** Periods in which this control group was out of CPU quota, and for how long. */
  throttledPeriods: count.nullable(),
  throttledMs: ms.nullable(),
  /** Share of all CPU time that the hypervisor gave to others. */
  cpuStealShare: share.nullable(),
});
export type Host = Readonly<z.infer<typeof hostSchema>>;

/** What a pooler between the API and PostgreSQL lets through, see `PoolerLimits`. */
export const poolerLimitsSchema = z.strictObject({
  mode: z.enum(POOLER_MODES),
  /** Its connections to PostgreSQL at most. */
  servers: count,
  /** Connections that it takes of the API. */
  clients: count,
});

/** How the API came to be where it is not just started for the trial, next to its PostgreSQL. */
export const apiSchema = z.strictObject({
  /** Origin of an API that ran before the trial and after it; `null`: one was started for the trial. */
  target: z.string().nullable(),
  /** `host:port` or kind of what it connects through, e.g. a PgBouncer; `null`: to PostgreSQL itself, or unknown. */
  via: z.string().nullable(),
  /** Of `via`, as it told them itself; `null`: there is none, or it did not tell. */
  viaLimits: poolerLimitsSchema.nullable().default(null),
  /** Whether its prepared statements had names, as the plan's `preparedStatements` had it or `auto` found. */
  preparedStatements: z.boolean().default(true),
  /** Why what lies in between cannot carry named ones, in a sentence; `null`: it can, or nothing is known of it. */
  statementsProblem: z.string().nullable().default(null),
});

/** An API that was started for the trial and connects to PostgreSQL itself. */
export const DIRECT_API: Readonly<z.infer<typeof apiSchema>> = {
  target: null,
  via: null,
  viaLimits: null,
  preparedStatements: true,
  statementsProblem: null,
};

/** How the API's sessions came to the server, by what that saw at one moment of the window. */
export const transportReadingSchema = z.strictObject({
  encrypted: count,
  /** By TCP, unencrypted. */
  plain: count,
  /** Of the file system. */
  socket: count,
  /** Of the encrypted ones, e.g. `TLSv1.3 with TLS_AES_256_GCM_SHA384`. */
  protocols: z.array(z.string()),
});
export type TransportReading = Readonly<z.infer<typeof transportReadingSchema>>;

/** What stood for the network between API and database did in the window, and how well. */
export const distanceReadingSchema = z.strictObject({
  /** Opened in that time. */
  connections: count,
  /** Pieces of a stream, openings and ends that arrived. */
  deliveries: count,
  /** Behind the moment that each was due at; `null`: there was none. */
  lateMsP50: ms.nullable(),
  lateMsP99: ms.nullable(),
  lateMsMax: ms.nullable(),
  eventLoopUtilization: share,
});
export type DistanceReading = Readonly<z.infer<typeof distanceReadingSchema>>;

/** What one fault did between API and database. Times are from the beginning of the measured window. */
export const faultReadingSchema = databaseFaultSchema.extend({
  /** When it began and ended; `null`: the run was over before that. */
  startedMs: ms.nullable(),
  endedMs: ms.nullable(),
  /** Connections of the API that it broke, refused, held up or silenced. */
  connections: count,
  /** Sent by either end and never delivered. */
  bytesLost: count,
  /** Delivered when it was over. */
  bytesHeld: count,
});
export type FaultReading = Readonly<z.infer<typeof faultReadingSchema>>;

/** What the pooler that the lab started for the trial did in the window, by its own console. */
export const poolerReadingSchema = z.strictObject({
  /** e.g. `1.18.0` */
  version: z.string(),
  /** Of the samples below. */
  samples: count,
  /** Clients with a connection to PostgreSQL, and those that waited for one, at most. */
  clientsActivePeak: count,
  clientsWaitingPeak: count,
  /** Clients that waited, on average over the samples; those that never got one are in it. */
  clientsWaitingMean: z.number().min(0),
  /** How long a client had waited at most, in ms. */
  maxWaitMs: ms,
  /** Its connections to PostgreSQL at most, whatever they did. */
  serversPeak: count,
  /** In the window, all clients together. */
  transactions: count,
  queries: count,
  /**
   * Time that clients waited for a connection to PostgreSQL, counted when they got it, and that their
   * transactions took with that wait, in ms.
   */
  waitMs: ms,
  transactionMs: ms,
});
export type PoolerReading = Readonly<z.infer<typeof poolerReadingSchema>>;

/** The server that was measured on. */
export const postgresEnvironmentSchema = z.strictObject({
  provider: z.enum(['embedded', 'docker', 'url']),
  version: z.string(),
  /** `fsync`, `synchronous_commit` … as the server reports them. */
  durability: z.record(z.string(), z.string()),
  sharedBuffersBytes: count,
  databaseBytes: count,
  /** Type of the file system under the data directory, where the system tells. */
  fileSystem: z.string().nullable(),
  /**
   * What the sessions of others do, and which are still connecting, was seen; else they are counted only.
   * Results of before there was a choice say nothing.
   */
  seesOthers: z.boolean().default(true),
});
export type PostgresEnvironment = Readonly<z.infer<typeof postgresEnvironmentSchema>>;

/** Where the trial was measured, and with what. */
export const environmentSchema = z.strictObject({
  poolLabVersion: z.string(),
  nodeVersion: z.string(),
  platform: z.string(),
  arch: z.string(),
  osRelease: z.string(),
  cpuModel: z.string(),
  cores: count,
  memoryBytes: count,
  /** `null`: there was none in sight. */
  postgres: postgresEnvironmentSchema.nullable(),
  loadEngine: z.string(),
});
export type Environment = Readonly<z.infer<typeof environmentSchema>>;

/** With a PostgreSQL in sight. */
export const watchedEnvironmentSchema = environmentSchema.extend({
  postgres: postgresEnvironmentSchema,
});
export type WatchedEnvironment = Readonly<z.infer<typeof watchedEnvironmentSchema>>;
