import { z } from 'zod';

const count = z.int().min(0);
const ms = z.number().min(0);

/** Connections of the tested service that PostgreSQL saw under one name, role and address. */
export const sessionGroupSchema = z.strictObject({
  applicationName: z.string(),
  role: z.string(),
  /** Of the client; `socket` for a socket of the file system. */
  address: z.string(),
  peak: count,
  /** On average over the samples, e.g. `{ active: 3.2, idle: 16.8 }`. */
  meanByState: z.record(z.string(), z.number().min(0)),
});
export type SessionGroup = Readonly<z.infer<typeof sessionGroupSchema>>;

/** Whose names a service's own metrics of its pool were recognised by. */
export const METRICS_SOURCES = [
  'opentelemetry',
  'hikaricp',
  'psycopg_pool',
  'prom-client',
  'pool-lab',
] as const;

/** What the service's own metrics say of its pools; each number is `null` where they do not say it. */
export const poolMetricsSchema = z.strictObject({
  source: z.enum(METRICS_SOURCES),
  /** Readings in the window that could be used. */
  readings: count,
  /** Connections that the pools may have at most, as configured. */
  max: count.nullable(),
  /** At most, in one reading. */
  usedPeak: count.nullable(),
  waitingPeak: count.nullable(),
  /** On average over the readings. */
  usedMean: z.number().min(0).nullable(),
  waitingMean: z.number().min(0).nullable(),
  /** Over the window, by its counters. */
  timeouts: count.nullable(),
  waitMeanMs: ms.nullable(),
  connectMeanMs: ms.nullable(),
});
export type PoolMetrics = Readonly<z.infer<typeof poolMetricsSchema>>;

/** What was seen of a service of the user's own. What could not be seen is left out, and `unseen` names it. */
export const serviceReadingSchema = z.strictObject({
  /** e.g. `http://127.0.0.1:40123`. */
  origin: z.string(),
  /** Where the lab started it; `null`: it ran already. */
  process: z
    .strictObject({
      /** Until its path answered. */
      readyMs: ms,
      /** At most, in one look. */
      processesPeak: count,
      /** From SIGTERM until nothing of it was left. */
      stopMs: ms,
      /** What had to be killed after the stop timeout. */
      killed: count,
      /** CPU time of its whole tree over the window; `null`: the system does not tell. */
      cpuMs: ms.nullable(),
    })
    .nullable(),
  /** Right answers of the window, and how many of them told each part by `Server-Timing`. */
  timing: z.strictObject({
    answers: count,
    wait: count,
    connect: count,
    db: count,
    loop: count,
    total: count,
  }),
  /** `null`: it tells none that are known. */
  metrics: poolMetricsSchema.nullable(),
  sessions: z.array(sessionGroupSchema),
  /** Connections of the service that PostgreSQL refused, by its log; `null`: the log is not the lab's to read. */
  refusalsLogged: count.nullable(),
  /** Lines of its output by what is known to be said there: pool timeouts, refusals; `null`: its output is not seen. */
  said: z.strictObject({ poolTimeouts: count, refusals: count, lines: count }).nullable(),
  /** How its requests ended, by the name of the request; empty where there is one kind only. */
  requests: z.array(z.strictObject({ name: z.string(), ok: count, failed: count })),
  /** What cannot be known from outside, each a sentence with what would tell. */
  unseen: z.array(z.string()),
});
export type ServiceReading = Readonly<z.infer<typeof serviceReadingSchema>>;
