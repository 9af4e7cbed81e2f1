import { z } from 'zod';
import { LIMITS, poolConfigSchema } from '../../server/contract.ts';
import { ARRIVALS, AT_CAP } from '../load/load-engine.ts';
import { DATABASE_FAULT_LIMITS, databaseFaultSchema } from './database-fault.ts';
import { distanceSchema, NO_DISTANCE } from './distance.ts';
import { gatesSchema } from './gates.ts';
import { planWorkloadSchema } from './plan-workload.ts';
import { PREPARED_STATEMENTS, poolerSchema } from './pooler.ts';
import { requestPlanSchema } from './request-mix.ts';
import { serviceSchema } from './service.ts';
import { sqlPlanSchema } from './sql-plan.ts';

/** Bounds of one trial; together with the server's own (`LIMITS`) they keep a typo affordable. */
export const PLAN_LIMITS = {
  durationMsMax: 3_600_000,
  connectionsMax: 10_000,
  maxConnectionsMax: 10_000,
  ratePerSecondMax: 100_000,
  stagesMax: 100,
  threadsMax: 64,
  retriesMax: 20,
  thresholdsMax: 100,
} as const;

/** How the API and the lab reach PostgreSQL: plainly or encrypted by TCP, or by a socket of the file system. */
export const TRANSPORTS = ['tcp', 'tls', 'socket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

const durationMs = z.int().min(0).max(PLAN_LIMITS.durationMsMax);

const ratePerSecond = z.number().min(0).max(PLAN_LIMITS.ratePerSecondMax);
const clients = z.int().min(1).max(PLAN_LIMITS.connectionsMax);

export const loadModelSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('closed'), connections: clients, thinkTimeMs: durationMs }),
  z.strictObject({
    kind: z.literal('open'),
    /** Their durations add up to the plan's `durationMs`. */
    stages: z
      .array(
        z.strictObject({
          fromPerSecond: ratePerSecond,
          toPerSecond: ratePerSecond,
          durationMs: durationMs.min(1),
        }),
      )
      .min(1)
      .max(PLAN_LIMITS.stagesMax),
    arrivals: z.enum(ARRIVALS),
    maxInFlight: clients,
    atCap: z.enum(AT_CAP),
    threads: z.int().min(1).max(PLAN_LIMITS.threadsMax),
  }),
]);

/** Everything one trial depends on, parsed: no defaults, no undefined, no strings for numbers. */
export const trialPlanSchema = z.strictObject({
  workers: z.int().min(1).max(LIMITS.workersMax),
  pool: poolConfigSchema,
  workload: planWorkloadSchema,
  /** Query parameters of the workload, e.g. `{ ms: '20' }`; the server validates them. */
  workloadParams: z.record(z.string(), z.string()),
  load: z.strictObject({
    model: loadModelSchema,
    /** Of one attempt; `null`: clients wait as long as it takes. */
    requestTimeoutMs: durationMs.min(1).nullable(),
    retry: z
      .strictObject({
        retriesMax: z.int().min(1).max(PLAN_LIMITS.retriesMax),
        backoffMs: durationMs,
      })
      .nullable(),
    goodputDeadlineMs: durationMs.min(1),
  }),
  warmupMs: durationMs,
  durationMs: durationMs.min(1),
  drainMs: durationMs,
  /** Rolling restart in the middle of the measured window with this surge; 0: none. */
  rolloutSurge: z.int().min(0).max(LIMITS.workersMax),
  postgres: z.strictObject({
    maxConnections: z.int().min(1).max(PLAN_LIMITS.maxConnectionsMax),
    superuserReservedConnections: z.int().min(0).max(PLAN_LIMITS.maxConnectionsMax),
    reservedConnections: z.int().min(0).max(PLAN_LIMITS.maxConnectionsMax),
    /** Plans of before there was a choice have none. */
    transport: z.enum(TRANSPORTS).default('tcp'),
    extra: z.record(z.string(), z.string()),
  }),
  /** Plans of before there was a choice have none. */
  distance: distanceSchema.default(NO_DISTANCE),
  /** Between API and database, in the order of their times. */
  faults: z.array(databaseFaultSchema).max(DATABASE_FAULT_LIMITS.faultsMax).default([]),
  /** Started for the trial; `null`: the API connects to PostgreSQL itself. */
  pooler: poolerSchema.nullable().default(null),
  preparedStatements: z.enum(PREPARED_STATEMENTS).default('auto'),
  /** The tested system; `null`: the lab's own API. */
  service: serviceSchema.nullable().default(null),
  /** What is asked of a service; `null` where the lab's own API is measured, whose workload says it. */
  requests: requestPlanSchema.nullable().default(null),
  /** SQL of the user's own; `null`: none. */
  sql: sqlPlanSchema.nullable().default(null),
  /** When its numbers may be believed. */
  gates: gatesSchema,
  /** What the trial must reach, e.g. `latency.p99<50ms`; each understood by `parseThreshold`. */
  thresholds: z.array(z.string()).max(PLAN_LIMITS.thresholdsMax),
  /** Stop as soon as a threshold cannot be met any more. */
  abortOnFail: z.boolean(),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});
export type TrialPlan = Readonly<z.infer<typeof trialPlanSchema>>;
