import { z } from 'zod';
import { LIMITS, poolConfigSchema, WORKLOADS } from '../../server/contract.ts';

/** Bounds of one trial; together with the server's own (`LIMITS`) they keep a typo affordable. */
export const PLAN_LIMITS = {
  durationMsMax: 3_600_000,
  connectionsMax: 10_000,
  maxConnectionsMax: 10_000,
} as const;

const durationMs = z.int().min(0).max(PLAN_LIMITS.durationMsMax);

/** Everything one trial depends on, parsed: no defaults, no undefined, no strings for numbers. */
export const trialPlanSchema = z.strictObject({
  workers: z.int().min(1).max(LIMITS.workersMax),
  pool: poolConfigSchema,
  workload: z.enum(WORKLOADS),
  /** Query parameters of the workload, e.g. `{ ms: '20' }`; the server validates them. */
  workloadParams: z.record(z.string(), z.string()),
  load: z.strictObject({
    connections: z.int().min(1).max(PLAN_LIMITS.connectionsMax),
    thinkTimeMs: durationMs,
    requestTimeoutMs: durationMs.min(1),
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
    extra: z.record(z.string(), z.string()),
  }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});
export type TrialPlan = Readonly<z.infer<typeof trialPlanSchema>>;
