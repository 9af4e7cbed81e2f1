import { z } from 'zod';

/** Raised when a field of the JSON changes its meaning or goes away. */
export const INSPECTION_SCHEMA_VERSION = 1;

const count = z.number().int().min(0);
const ms = z.number().min(0);

/**
 * `starting`: has a slot, and is not ready yet; `idle_in_transaction`: aborted ones too; `unknown`:
 * PostgreSQL does not show it, or was told not to keep it (track_activities).
 */
export const SESSION_STATES = [
  'active',
  'idle',
  'idle_in_transaction',
  'starting',
  'unknown',
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

const perState = <T extends z.ZodType>(value: T) =>
  z.strictObject({
    active: value,
    idle: value,
    idle_in_transaction: value,
    starting: value,
    unknown: value,
  });

/** Sessions that have something in common, at one moment. */
const heldSchema = z.strictObject({
  sessions: count,
  states: perState(count),
  /** Of those idle, how many for at least `longIdleMs`. */
  longIdle: count,
  /** Established in the window. */
  young: count,
  /** Active, and waiting for a lock. */
  lockWaits: count,
  /** How long the one has been in its state that has been so longest; `null`: none is. */
  oldestMs: z.strictObject({
    active: ms.nullable(),
    idle: ms.nullable(),
    idleInTransaction: ms.nullable(),
    /** Since the begin of its transaction, in whatever state. */
    transaction: ms.nullable(),
  }),
  /** What most of the active ones wait for that wait, e.g. `Lock/transactionid`. */
  waitEvent: z.string().nullable(),
  clients: z.strictObject({
    /** Different addresses; 0: all by socket on the server's machine, or not shown. */
    addresses: count,
    /** The one with the most sessions. */
    largest: z.string().nullable(),
  }),
});
export type Held = z.infer<typeof heldSchema>;

const holderSchema = heldSchema.extend({
  /** Its application_name, which it chose itself; may be empty. */
  application: z.string(),
  /** `null` while it is connecting. */
  role: z.string().nullable(),
  database: z.string().nullable(),
});
export type Holder = z.infer<typeof holderSchema>;

/** A CONNECTION LIMIT that somebody set, and how far it is used. */
const connectionLimitSchema = z.strictObject({ name: z.string(), limit: count, used: count });
export type ConnectionLimit = z.infer<typeof connectionLimitSchema>;

/** `pg_stat_database`, all databases together. It counts a state's time when the state has ended. */
const activitySchema = z.strictObject({
  /** Established; a refused one is none. */
  sessions: count,
  abandoned: count,
  fatal: count,
  killed: count,
  transactions: count,
  sessionMs: ms,
  activeMs: ms,
  idleInTransactionMs: ms,
});
export type Activity = z.infer<typeof activitySchema>;

const sessionAtSchema = z.strictObject({
  pid: count,
  application: z.string(),
  role: z.string().nullable(),
  database: z.string().nullable(),
  state: z.enum(SESSION_STATES),
  transactionMs: ms.nullable(),
});
export type SessionAt = z.infer<typeof sessionAtSchema>;

const rootBlockerSchema = z.strictObject({
  /** `null`: a prepared transaction, which has no session, or one that was gone when it was looked at. */
  session: sessionAtSchema.nullable(),
  isPrepared: z.boolean(),
  /** Sessions that wait for it, directly or behind others. */
  waiting: count,
});
export type RootBlocker = z.infer<typeof rootBlockerSchema>;

/** What inspect could not see. */
export const UNSEEN = ['states_of_others', 'connecting', 'activities_off'] as const;
export type Unseen = (typeof UNSEEN)[number];

/**
 * One look at a PostgreSQL that somebody else runs, over a short window. Inspect's own session is in none
 * of the counts: what is left is what is left without it.
 */
export const observationSchema = z.strictObject({
  takenAt: z.iso.datetime(),
  server: z.strictObject({
    host: z.string(),
    port: count,
    version: z.string(),
    isStandby: z.boolean(),
  }),
  /** Who looked. */
  role: z.strictObject({ name: z.string(), seesEverybody: z.boolean() }),
  unseen: z.array(z.enum(UNSEEN)),
  window: z.strictObject({ durationMs: ms, samples: count.min(1) }),
  slots: z.strictObject({
    maxConnections: count,
    superuserReserved: count,
    reserved: count,
    /** By an ordinary role. */
    usable: count,
    used: count,
    left: z.strictObject({
      ordinary: count,
      /** For members of pg_use_reserved_connections. */
      reserved: count,
      superuser: count,
    }),
    /** Most in one sample. */
    usedPeak: count,
  }),
  /** Sessions by state, and waiting for locks: means over the samples. */
  mean: perState(ms).extend({ lockWaits: ms }),
  longIdleMs: ms,
  total: heldSchema,
  /** The largest first, at the end of the window. */
  holders: z.array(holderSchema),
  /** Further ones, which are in `total` alone. */
  holdersNotShown: count,
  /** The fullest first. */
  roleLimits: z.array(connectionLimitSchema),
  databaseLimits: z.array(connectionLimitSchema),
  activity: z.strictObject({
    /** `null`: the statistics were reset in the window. */
    inWindow: activitySchema.nullable(),
    sinceReset: activitySchema,
    /** Of the database whose were reset last; `null`: none. */
    resetAt: z.iso.datetime().nullable(),
  }),
  locks: z.strictObject({
    roots: z.array(rootBlockerSchema),
    /** Waiting sessions that were asked about, of those at the end of the window. */
    asked: count,
  }),
  oldestTransaction: sessionAtSchema.nullable(),
  /** What keeps VACUUM from removing dead rows. */
  oldestSnapshot: z
    .strictObject({
      heldBy: z.enum(['session', 'prepared_transaction', 'replication_slot']),
      name: z.string(),
      /** Transactions begun since. */
      transactions: count,
    })
    .nullable(),
  preparedTransactions: count,
  /** Processes that take no slot of max_connections; `null`: not shown to this role. */
  apart: z
    .array(
      z.strictObject({
        kind: z.string(),
        processes: count,
        /** The setting that limits them, and its value. */
        limit: z.strictObject({ setting: z.string(), value: count }).nullable(),
      }),
    )
    .nullable(),
});
export type Observation = z.infer<typeof observationSchema>;
