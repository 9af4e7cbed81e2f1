/**
 * What a connection costs, as it is printed with `--json`. Times are in ms of a monotonic clock, sizes in
 * bytes, shares between 0 and 1. What could not be measured is absent with its reason, never zero.
 */
import { z } from 'zod';
import { hostSchema, watchedEnvironmentSchema } from '../trial-machine.ts';
import { intervalSchema } from '../trial-result.ts';
import { AUTHENTICATIONS, PHASES } from './connection-times.ts';
import { durationSchema } from './duration.ts';
import { VARIANT_IDS } from './variants.ts';

/** Raised when a field of the JSON changes its meaning or goes away. */
export const COST_SCHEMA_VERSION = 1;

const count = z.int().min(0);
const absentSchema = z.strictObject({ state: z.literal('absent'), reason: z.string() });
const duration = durationSchema.nullable();

const phasesSchema = z.strictObject({
  connect: duration,
  tlsRequest: duration,
  tlsHandshake: duration,
  startup: duration,
  challenge: duration,
  session: duration,
  firstQuery: duration,
  warmQuery: duration,
});

const variantFacts = { id: z.enum(VARIANT_IDS), name: z.string(), rttMs: z.number().min(0) };

export const variantResultSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('measured'),
    ...variantFacts,
    authentication: z.enum(AUTHENTICATIONS),
    tlsProtocol: z.string().nullable(),
    /** `null`: a connection of this kind has no such step. */
    phases: phasesSchema,
    /** From the first packet to ReadyForQuery. */
    connection: durationSchema,
    /** Of `session`, what the client computes. */
    clientHash: duration,
  }),
  z.strictObject({ ...absentSchema.shape, ...variantFacts }),
]);
export type VariantResult = Readonly<z.infer<typeof variantResultSchema>>;
export type MeasuredVariant = Extract<VariantResult, { state: 'measured' }>;

/** What round trips alone should have made of a step, beside what they did. */
export const arithmeticSchema = z.strictObject({
  variant: z.enum(VARIANT_IDS),
  /** Several where the lab's network shows the one's time in the other. */
  phases: z.array(z.enum(PHASES)).min(1),
  rttMs: z.number().min(0),
  roundTrips: count,
  expectedMs: z.number(),
  /** The step's median there less the one without the round trip. */
  movedMs: z.number(),
});
export type Arithmetic = Readonly<z.infer<typeof arithmeticSchema>>;

const bytes = z.number();
export const memoryPerBackendSchema = z.strictObject({
  pssBytes: bytes,
  serverPssBytes: bytes,
  rssBytes: bytes,
  privateBytes: bytes,
  pageTableBytes: bytes,
});

export const memoryResultSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('measured'),
    sessions: z.strictObject({ few: count, many: count }),
    fresh: memoryPerBackendSchema,
    aged: memoryPerBackendSchema,
    agedBy: z.string(),
    hugePages: z.string(),
    sharedBuffers: z.string(),
    workMem: z.string(),
  }),
  absentSchema,
]);

const sideSchema = z.strictObject({
  /** Right answers per second: median of the trials; `null`: one of them withheld it. */
  throughputPerSecond: z.number().nullable(),
  latencyMsP50: z.number().nullable(),
  /** CPU time of PostgreSQL and all its sessions; `null` where it cannot be read. */
  postgresCpuMsPerRequest: z.number().nullable(),
  connectionsPerRequest: z.number(),
  failedRequests: count,
});

export const throughputResultSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('measured'),
    pairs: count,
    workers: count,
    callers: count,
    poolSize: count,
    workload: z.string(),
    durationMs: z.number(),
    pooled: sideSchema,
    unpooled: sideSchema,
    /** Pooled over unpooled; `null`: no trial, or too few pairs, to tell it from. */
    ratio: z
      .strictObject({
        pairs: count,
        ratio: z.number(),
        low: z.number(),
        high: z.number(),
        finding: z.enum(['higher', 'lower', 'equivalent', 'not_distinguishable']),
      })
      .nullable(),
    verdict: z.enum(['VALID', 'DEGRADED', 'INVALID']),
    caveats: z.array(z.string()),
  }),
  absentSchema,
]);

export const QUOTED_IDS = ['tcp', 'tls', 'scram', 'start', 'memory'] as const;
export const quotedResultSchema = z.strictObject({
  id: z.enum(QUOTED_IDS),
  /** `null`: it was not measured. */
  measured: z.strictObject({ value: z.number(), interval: intervalSchema.nullable() }).nullable(),
  unit: z.enum(['ms', 'bytes']),
  /** A single figure holds within a factor of 1.5. */
  quoted: z.strictObject({ low: z.number(), high: z.number(), text: z.string() }),
  /** `doubtful`: times were too long, and only what is less all the same can be told from them. */
  finding: z.enum(['holds', 'less', 'more', 'borderline', 'doubtful', 'not_measured']),
});
export type QuotedResult = Readonly<z.infer<typeof quotedResultSchema>>;

export const costResultSchema = z.strictObject({
  startedAt: z.string(),
  environment: watchedEnvironmentSchema.omit({ loadEngine: true }),
  seed: count,
  verdict: z.enum(['VALID', 'DEGRADED']),
  /** Why the numbers may be wrong. */
  doubts: z.array(z.string()),
  samples: z.strictObject({ asked: count, discarded: count }),
  host: hostSchema,
  variants: z.array(variantResultSchema),
  /** Differences within the rounds; `null` where one side was not measured. */
  tls: duration,
  scram: duration,
  /** A connection and its first query, over a query on one that is open. */
  connectionPerQuery: z.number().nullable(),
  arithmetic: z.array(arithmeticSchema),
  memory: memoryResultSchema,
  throughput: throughputResultSchema,
  quoted: z.array(quotedResultSchema),
});
export type CostResult = Readonly<z.infer<typeof costResultSchema>>;
