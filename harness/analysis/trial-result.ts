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
import { serviceReadingSchema } from './service-reading.ts';
import {
  apiSchema,
  DIRECT_API,
  distanceReadingSchema,
  environmentSchema,
  faultReadingSchema,
  hostSchema,
  poolerLimitsSchema,
  poolerReadingSchema,
  transportReadingSchema,
  watchedEnvironmentSchema,
} from './trial-machine.ts';
import { BOTTLENECKS } from './verdict/bottleneck-kinds.ts';
import { CAVEAT_CODES } from './verdict/caveat-codes.ts';

export const TRIAL_RESULT_SCHEMA_VERSION = 1;

const count = z.int().min(0);
const ms = z.number().min(0);
const share = z.number().min(0).max(1);
const counts = z.record(z.string(), count);

/** A 95 % confidence interval. */
export const intervalSchema = z.strictObject({ low: z.number(), high: z.number() });
export type Interval = Readonly<z.infer<typeof intervalSchema>>;

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

/** 95 % intervals by sectioning; `null` where there are too few seconds or samples for one. */
export const percentileIntervalsSchema = z.strictObject({
  p50: intervalSchema.nullable(),
  p90: intervalSchema.nullable(),
  p95: intervalSchema.nullable(),
  p99: intervalSchema.nullable(),
  p999: intervalSchema.nullable(),
});
export type PercentileIntervals = Readonly<z.infer<typeof percentileIntervalsSchema>>;

/** Parts of right answers that add up to their latency, in ms; see `COMPONENTS` of the load engine. */
export const partsSchema = z.strictObject({
  lag: ms,
  wait: ms,
  connect: ms,
  db: ms,
  loop: ms,
  rest: ms,
});
export type Parts = Readonly<z.infer<typeof partsSchema>>;

export const STEADY_STATES = [
  /** A window was found in which nothing trends. */
  'steady',
  /** Found, but with a step in it. */
  'level_shift',
  /** Nothing settles: no number stands for the window. */
  'drifting',
  /** Requests in flight pile up: more arrives than is answered. */
  'overloaded',
  /** Too few seconds to tell. */
  'insufficient',
  /** The plan does not ask for it. */
  'not_judged',
] as const;
export const steadyStateSchema = z.strictObject({
  state: z.enum(STEADY_STATES),
  /** Seconds of the window that the estimates are made from: from the first, up to before the second. */
  fromSecond: count,
  toSecond: count,
  /** Requests in flight gained per second, where they pile up. */
  backlogPerSecond: z.number().nullable(),
  /** What was found, in words with its numbers. */
  detail: z.string(),
});
export type SteadyState = Readonly<z.infer<typeof steadyStateSchema>>;

export const bottleneckSchema = z.strictObject({
  kind: z.enum(BOTTLENECKS),
  /** One sentence with the numbers it rests on. */
  evidence: z.string(),
});
export type Bottleneck = Readonly<z.infer<typeof bottleneckSchema>>;

export const thresholdResultSchema = z.strictObject({
  /** As it was asked for. */
  expression: z.string(),
  met: z.boolean(),
  /** Both sides with their numbers, or why there is none. */
  detail: z.string(),
});
export type ThresholdResult = Readonly<z.infer<typeof thresholdResultSchema>>;

/** A claim of connections; `null` means unbounded. */
const claim = count.nullable();

/** The pools' connections as clients of a pooler, against those that it takes. */
export const clientBudgetSchema = poolerLimitsSchema.extend({
  floor: claim,
  ceiling: claim,
  rolloutCeiling: claim,
  fits: z.boolean(),
  fitsDuringRollout: z.boolean(),
  /** Clients at the ceiling beyond the pooler's connections to PostgreSQL, of those that it takes. */
  waitingAtCeiling: count,
});

/** Connections to PostgreSQL; behind a pooler those that it opens for the pools. */
export const budgetSchema = z.strictObject({
  usable: count,
  floor: claim,
  ceiling: claim,
  rolloutCeiling: claim,
  floorFits: z.boolean(),
  fits: z.boolean(),
  fitsDuringRollout: z.boolean(),
  /** `null`: there is no pooler, or its limits are unknown. */
  clients: clientBudgetSchema.nullable().default(null),
});

/** What the pools' connections reach: PostgreSQL, a pooler with known limits, or something else before it. */
export const REACHED = ['postgres', 'pooler', 'unknown'] as const;

/** The pooler's part of what was predicted and observed. */
export const clientsReachedSchema = z.strictObject({
  /** Its clients at most, by this load, those left idle included. */
  reachable: claim,
  predictedRefusals: z.boolean(),
  observedRefusals: z.boolean(),
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

/** What was predicted of connections, and whether it came so. */
export const budgetObservationSchema = z.strictObject({
  /** Connections of everybody else, the lab's monitor among them. */
  others: count,
  predicted: budgetSchema,
  /** Connections to PostgreSQL that this load can make the deployment open at most, those left idle included. */
  reachable: claim,
  /** By PostgreSQL, or by a pooler before it. */
  predictedRefusals: z.boolean(),
  observedRefusals: z.boolean(),
  /** The arithmetic agrees with what happened, or there was none: what was reached has limits nobody told. */
  agrees: z.boolean(),
  /** Results of before there was anything to reach but PostgreSQL have none. */
  reached: z.enum(REACHED).default('postgres'),
  /** Of a service whose workers or pool nobody told, nothing is predicted: what is said above is no prediction then. */
  shapeKnown: z.boolean().default(true),
  /**
   * `false`: a service failed without telling why, and PostgreSQL's log is not the lab's to read: whether it refused
   * any cannot be seen, and no refusal was observed only for want of sight.
   */
  refusalsVisible: z.boolean().default(true),
  /** `null`: no pooler, or its limits are unknown. */
  clients: clientsReachedSchema.nullable().default(null),
});
export type BudgetObservation = Readonly<z.infer<typeof budgetObservationSchema>>;

/** What the server side saw of connections. */
export const connectionsSchema = z.strictObject({
  maxConnections: count,
  superuserReserved: count,
  reserved: count,
  /** Server-side peaks of 100 ms samples: the API's workers, and all client backends. */
  peakWorkers: count,
  peakAll: count,
  peakByWorker: counts,
  samples: count,
  longestGapMs: ms,
});
export type Connections = Readonly<z.infer<typeof connectionsSchema>>;

export const measuredTrialSchema = z.strictObject({
  schemaVersion: z.literal(TRIAL_RESULT_SCHEMA_VERSION),
  state: z.literal('measured'),
  plan: trialPlanSchema,
  /** ISO 8601, UTC; for labels only. */
  startedAt: z.string(),
  verdict: z.enum(['VALID', 'DEGRADED', 'INVALID']),
  caveats: z.array(caveatSchema),
  laws: z.array(lawSchema),

  ended: z.enum(['completed', 'target_down', 'aborted', 'threshold_failed']),
  /** What was asked for with `--threshold`, in that order. */
  thresholds: z.array(thresholdResultSchema),
  measuredMs: ms,
  steadyState: steadyStateSchema,
  /**
   * Arrivals per second of the steady window, dropped ones included; `null` in the closed loop, where
   * as much arrives as is answered.
   */
  offeredPerSecond: z.number().min(0).nullable(),
  /**
   * Right answers per second, and those within the goodput deadline, in the steady window; `null`
   * where nothing is steady. Intervals by batch means.
   */
  throughputPerSecond: z.number().min(0).nullable(),
  throughputInterval: intervalSchema.nullable(),
  goodputPerSecond: z.number().min(0).nullable(),
  goodputInterval: intervalSchema.nullable(),
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
  /** What went over the wire; more than the requests where clients retry. */
  attempts: z.strictObject({
    started: count,
    ok: count,
    httpErrors: counts,
    connectionErrors: counts,
    timeouts: count,
    lost: count,
    unanswered: count,
  }),
  /**
   * Requests that ended in a refusal, by PostgreSQL's text (SQLSTATE 53300) or a pooler's own. Those that a retry made up
   * for are among the `attempts` only.
   */
  refusals: z.strictObject({
    total: count,
    byReason: z.partialRecord(z.enum(REFUSAL_REASONS), count),
  }),
  /**
   * As the client saw it: right answers with the unanswered as lower bounds, in the steady window
   * (all withheld where nothing is steady); failures apart, of the whole run.
   */
  latencyMs: z.strictObject({
    ok: percentilesSchema,
    okIntervals: percentileIntervalsSchema,
    /**
     * The histogram of µs that `ok` is read from, as HdrHistogram's V2 format, compressed, base64: to
     * merge trials by, since percentiles cannot be. `null` where they are withheld.
     */
    okHistogram: z.string().nullable(),
    error: percentilesSchema,
  }),
  /** The same without looking for a steady part: rates of the whole window, latencies with the drain. */
  wholeRun: z.strictObject({
    throughputPerSecond: z.number().min(0),
    goodputPerSecond: z.number().min(0),
    latencyMs: percentilesSchema,
  }),
  /**
   * Where the time of right answers went, part by part, in the seconds of `latencyMs.ok`. The parts add
   * up request by request; their percentiles do not.
   */
  componentsMs: z.strictObject({
    lag: percentilesSchema,
    wait: percentilesSchema,
    connect: percentilesSchema,
    db: percentilesSchema,
    loop: percentilesSchema,
    rest: percentilesSchema,
  }),
  /** What requests of about that latency were made of: parts that add up to it. */
  composition: z.array(
    z.strictObject({
      quantile: z.enum(['p50', 'p95', 'p99']),
      latencyMs: ms,
      partsMs: partsSchema,
    }),
  ),
  bottleneck: bottleneckSchema,

  /** `null`: no PostgreSQL was in sight. */
  budget: budgetObservationSchema.nullable(),
  /** `null`: no PostgreSQL was in sight. */
  connections: connectionsSchema.nullable(),
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
      /** Since the worker's start; `null` where that was before the trial and the peak may be older. */
      heldPeak: count.nullable(),
      waitingPeak: count.nullable(),
      meanWaiting: z.number().min(0),
      saturatedShare: share,
      eventLoopUtilization: share,
      cpuMs: ms,
    }),
  ),
  rollout: z
    .strictObject({
      surge: count,
      replaced: count,
      workersPeak: count,
      durationMs: ms,
      /** Why the second instance of a service did not get ready, so that the first one went on; `null`: it did. */
      failure: z.string().nullable().default(null),
    })
    .nullable(),
  /** CPU time over the measured window; `null` where the system does not tell. */
  cpuMs: z.strictObject({
    postgres: ms.nullable(),
    /** `null`: a service whose processes are not in sight. */
    api: ms.nullable(),
    generator: ms,
    /** Of the pooler that the lab started. */
    pooler: ms.nullable().default(null),
  }),
  generator: z.strictObject({
    threads: count,
    eventLoopUtilization: share,
    eventLoopDelayMsP99: ms,
    /** In which its event loop stood still for 100 ms or more. */
    stalledMs: ms,
    /** How late requests were taken up; `null` without any. */
    dispatchLagMsP50: ms.nullable(),
    dispatchLagMsP99: ms.nullable(),
    reconnects: count,
  }),
  host: hostSchema,
  seconds: z.array(
    z.strictObject({
      second: count,
      started: count,
      dropped: count,
      ok: count,
      good: count,
      error: count,
      censored: count,
      inFlightMean: z.number().min(0),
      /** Server-side connections of all workers at most in this second; `null` without a sample. */
      connectionsPeak: count.nullable(),
      latencyMsP50: ms.nullable(),
      latencyMsP99: ms.nullable(),
    }),
  ),
  /** Results of before there was anything to say have none. */
  api: apiSchema.default(DIRECT_API),
  /** Of the service that was measured; `null`: it was the lab's own API. */
  service: serviceReadingSchema.nullable().default(null),
  /** Of the network that the lab made; `null`: there was none to make, see the plan's `distance`. */
  distance: distanceReadingSchema.nullable().default(null),
  /** `null`: no session of the API was seen, or none that the monitor's role may look at. */
  transport: transportReadingSchema.nullable().default(null),
  /** What was done on command between API and database, in the plan's order, and what came after it. */
  faults: z
    .array(
      faultReadingSchema.extend({
        /** After its end, until a request that began after it was answered right; `null`: none was. */
        firstRightMs: ms.nullable(),
        /** Good answers a second before the first fault, in whole seconds; `null`: there was none, or the rate changes. */
        goodBeforePerSecond: z.number().min(0).nullable(),
        /**
         * After its end, until a whole second had nine tenths of the good answers that one had before the first
         * fault. Known to a second; `null`: none had.
         */
        goodputBackMs: z.strictObject({ atLeast: ms, atMost: ms }).nullable(),
        /** Requests that failed or were given up from the second it began in until then, whatever for. */
        failed: count,
      }),
    )
    .default([]),
  /** `null`: the plan asks for none, or its console did not tell. */
  pooler: poolerReadingSchema.nullable().default(null),
  /** Where the trial's own time went. */
  phasesMs: z.record(z.string(), ms),
  environment: environmentSchema,
});
export type MeasuredTrial = Readonly<z.infer<typeof measuredTrialSchema>>;

/** A trial whose PostgreSQL was in sight: each but that of a service that runs already, whose database nobody told. */
export const watchedTrialSchema = measuredTrialSchema.extend({
  budget: budgetObservationSchema,
  connections: connectionsSchema,
  environment: watchedEnvironmentSchema,
});
export type WatchedTrial = Readonly<z.infer<typeof watchedTrialSchema>>;

/** The same trial where its PostgreSQL was in sight, `null` where not. */
export function watchedTrial(trial: MeasuredTrial): WatchedTrial | null {
  const { budget, connections, environment } = trial;
  const { postgres } = environment;
  if (budget === null || connections === null || postgres === null) return null;
  return { ...trial, budget, connections, environment: { ...environment, postgres } };
}
