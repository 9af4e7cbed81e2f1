/**
 * The result of one trial as it is stored and printed with `--json`.
 *
 * One schema is the source of the TypeScript types and of the published JSON Schema. Durations are
 * in milliseconds of a monotonic clock, sizes in bytes, shares between 0 and 1; numbers are not
 * rounded here but where they are shown.
 */
import { z } from 'zod';
import { REFUSAL_REASONS } from '../../server/contract.ts';
import { trialPlanSchema } from '../plan/trial-plan.ts';
import { CAVEAT_CODES } from './caveat-codes.ts';

export const TRIAL_RESULT_SCHEMA_VERSION = 1;

const count = z.int().min(0);
const ms = z.number().min(0);
const share = z.number().min(0).max(1);
const counts = z.record(z.string(), count);

/** Percentiles are `null` where fewer than ten samples lie beyond them. */
export const percentilesSchema = z.strictObject({
  samples: count,
  /** Samples that are lower bounds, since their requests were never answered. */
  censored: count,
  mean: ms.nullable(),
  max: ms.nullable(),
  p50: ms.nullable(),
  p90: ms.nullable(),
  p95: ms.nullable(),
  p99: ms.nullable(),
  p999: ms.nullable(),
});
export type Percentiles = Readonly<z.infer<typeof percentilesSchema>>;

/** A claim of connections; `null` means unbounded. */
const claim = count.nullable();

export const budgetSchema = z.strictObject({
  usable: count,
  floor: claim,
  ceiling: claim,
  rolloutCeiling: claim,
  floorFits: z.boolean(),
  fits: z.boolean(),
  fitsDuringRollout: z.boolean(),
});

export const caveatSchema = z.strictObject({
  code: z.enum(CAVEAT_CODES),
  grade: z.enum(['DEGRADED', 'INVALID']),
  /** The fact, with its numbers. */
  detail: z.string(),
  advice: z.string(),
});
export type Caveat = Readonly<z.infer<typeof caveatSchema>>;

export const lawSchema = z.strictObject({
  name: z.string(),
  holds: z.boolean(),
  /** Both sides of the equation with their numbers. */
  detail: z.string(),
});
export type Law = Readonly<z.infer<typeof lawSchema>>;

export const environmentSchema = z.strictObject({
  poolLabVersion: z.string(),
  nodeVersion: z.string(),
  platform: z.string(),
  arch: z.string(),
  osRelease: z.string(),
  cpuModel: z.string(),
  cores: count,
  memoryBytes: count,
  postgres: z.strictObject({
    provider: z.enum(['embedded', 'docker', 'url']),
    version: z.string(),
    /** `fsync`, `synchronous_commit` … as the server reports them. */
    durability: z.record(z.string(), z.string()),
    sharedBuffersBytes: count,
    databaseBytes: count,
    /** Type of the file system under the data directory, where the system tells. */
    fileSystem: z.string().nullable(),
  }),
  loadEngine: z.string(),
});
export type Environment = Readonly<z.infer<typeof environmentSchema>>;

export const measuredTrialSchema = z.strictObject({
  schemaVersion: z.literal(TRIAL_RESULT_SCHEMA_VERSION),
  state: z.literal('measured'),
  plan: trialPlanSchema,
  /** ISO 8601, UTC; for labels only. */
  startedAt: z.string(),
  verdict: z.enum(['VALID', 'DEGRADED', 'INVALID']),
  caveats: z.array(caveatSchema),
  laws: z.array(lawSchema),

  ended: z.enum(['completed', 'target_down', 'aborted']),
  measuredMs: ms,
  /** Right answers per second of the window, and those within the goodput deadline. */
  throughputPerSecond: z.number().min(0),
  goodputPerSecond: z.number().min(0),
  requests: z.strictObject({
    scheduled: count,
    ok: count,
    httpErrors: counts,
    connectionErrors: counts,
    timeouts: count,
    dropped: count,
    lost: count,
    unanswered: count,
  }),
  /** Refusals (SQLSTATE 53300) as the clients saw them, by PostgreSQL's text. */
  refusals: z.strictObject({
    total: count,
    byReason: z.partialRecord(z.enum(REFUSAL_REASONS), count),
  }),
  /** As the client saw it: right answers with the unanswered as lower bounds; failures apart. */
  latencyMs: z.strictObject({ ok: percentilesSchema, error: percentilesSchema }),
  /** Where the time of right answers went. */
  componentsMs: z.strictObject({
    wait: percentilesSchema,
    connect: percentilesSchema,
    db: percentilesSchema,
    total: percentilesSchema,
    rest: percentilesSchema,
  }),

  budget: z.strictObject({
    /** Connections of everybody else, the lab's monitor among them. */
    others: count,
    predicted: budgetSchema,
    /** Connections that this load can make the deployment open at most, those left idle included. */
    reachable: claim,
    predictedRefusals: z.boolean(),
    observedRefusals: z.boolean(),
    /** The arithmetic agrees with what happened. */
    agrees: z.boolean(),
  }),
  connections: z.strictObject({
    maxConnections: count,
    superuserReserved: count,
    reserved: count,
    /** Server-side peaks of 100 ms samples: the API's workers, and all client backends. */
    peakWorkers: count,
    peakAll: count,
    peakByWorker: counts,
    samples: count,
    longestGapMs: ms,
  }),
  /** What the workers' active backends were doing, e.g. `Lock/transactionid`; sums to 1. */
  waitEventShares: z.record(z.string(), share),
  workers: z.array(
    z.strictObject({
      worker: count,
      answers: count,
      acquireStarted: count,
      acquireTimeout: count,
      acquireError: count,
      opened: count,
      heldPeak: count,
      waitingPeak: count,
      meanWaiting: z.number().min(0),
      saturatedShare: share,
      eventLoopUtilization: share,
      cpuMs: ms,
    }),
  ),
  rollout: z
    .strictObject({ surge: count, replaced: count, workersPeak: count, durationMs: ms })
    .nullable(),
  /** CPU time over the measured window; `null` where the system does not tell. */
  cpuMs: z.strictObject({ postgres: ms.nullable(), api: ms, generator: ms }),
  generator: z.strictObject({ eventLoopUtilization: share, eventLoopDelayMsP99: ms }),
  seconds: z.array(
    z.strictObject({
      second: count,
      started: count,
      ok: count,
      error: count,
      censored: count,
      latencyMsP50: ms.nullable(),
      latencyMsP99: ms.nullable(),
    }),
  ),
  /** Where the trial's own time went. */
  phasesMs: z.record(z.string(), ms),
  environment: environmentSchema,
});
export type MeasuredTrial = Readonly<z.infer<typeof measuredTrialSchema>>;

export const failedTrialSchema = z.strictObject({
  schemaVersion: z.literal(TRIAL_RESULT_SCHEMA_VERSION),
  state: z.literal('failed'),
  plan: trialPlanSchema,
  startedAt: z.string(),
  error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
});

export const trialResultSchema = z.discriminatedUnion('state', [
  measuredTrialSchema,
  failedTrialSchema,
]);
export type TrialResult = Readonly<z.infer<typeof trialResultSchema>>;
