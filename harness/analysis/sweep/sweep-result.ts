/**
 * What a sweep found, as `report --format json` prints it and every other report is made from.
 *
 * One schema is the source of the TypeScript types and of the published JSON Schema. Durations are in
 * ms, rates per second, shares between 0 and 1; numbers are not rounded here but where they are shown.
 * A cell is kept small: the trials themselves stay in the run directory.
 */
import { z } from 'zod';
import { axesSchema, sweepPlanSchema } from '../../plan/sweep/sweep-plan.ts';
import { watchedEnvironmentSchema } from '../trial-machine.ts';
import {
  bottleneckSchema,
  budgetSchema,
  caveatSchema,
  clientsReachedSchema,
  intervalSchema,
  partsSchema,
  percentilesSchema,
  REACHED,
  STEADY_STATES,
  thresholdResultSchema,
} from '../trial-result.ts';
import { CAVEAT_CODES } from '../verdict/caveat-codes.ts';

export const SWEEP_RESULT_SCHEMA_VERSION = 1;

const count = z.int().min(0);
const ms = z.number().min(0);
const perSecond = z.number().min(0);
const counts = z.record(z.string(), count);
const cellId = z.string();
const verdict = z.enum(['VALID', 'DEGRADED', 'INVALID']);

/** The values that make a cell what it is: one of each axis. */
const variablesSchema = z.strictObject({
  workload: axesSchema.shape.workload.element,
  load: axesSchema.shape.load.element,
  dbRttMs: axesSchema.shape.dbRttMs.unwrap().element,
  maxConnections: axesSchema.shape.maxConnections.element,
  poolKind: axesSchema.shape.poolKind.element,
  maxOverflow: axesSchema.shape.maxOverflow.element,
  workers: axesSchema.shape.workers.element,
  poolSize: axesSchema.shape.poolSize.element,
});

/**
 * A mean over the rounds that may be believed, with its 95 % interval: over the rounds where there are
 * two or more (t, on the logarithms), else the interval within the one round; `null` without either.
 */
export const estimateSchema = z.strictObject({
  value: z.number(),
  interval: intervalSchema.nullable(),
});
export type Estimate = Readonly<z.infer<typeof estimateSchema>>;

/**
 * One ratio of a cell to another, paired round by round; see `ratioOfCells`. The 95 % intervals of usable
 * cells hold for all comparisons with the best one together, by the noise of all of them: they are not
 * those of a pair that was chosen beforehand, as `compare` has them.
 */
export const ratioSchema = z.strictObject({
  pairs: count,
  ratio: z.number(),
  /** `null`: one pair has none, and neither has a ratio to 0. */
  interval: intervalSchema.nullable(),
  finding: z.enum(['higher', 'lower', 'equivalent', 'not_distinguishable']),
});
export type Ratio = Readonly<z.infer<typeof ratioSchema>>;

export const cellRoundSchema = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('measured'),
    round: z.int().min(1),
    seed: count,
    startedAt: z.string(),
    verdict,
    caveats: z.array(z.enum(CAVEAT_CODES)),
    ended: z.enum(['completed', 'target_down', 'aborted', 'threshold_failed']),
    steadyState: z.enum(STEADY_STATES),
    throughputPerSecond: perSecond.nullable(),
    goodputPerSecond: perSecond.nullable(),
    /** Over the whole window, whatever it settled to: what an overloaded round is counted with. */
    wholeRunGoodputPerSecond: perSecond,
    wholeRunThroughputPerSecond: perSecond,
    latencyMsP50: ms.nullable(),
    latencyMsP99: ms.nullable(),
    scheduled: count,
    /** Requests that came to no right answer, refused ones among them. */
    failed: count,
    /** Attempts that ended in SQLSTATE 53300, retried ones among them. */
    refused: count,
  }),
  z.strictObject({
    state: z.literal('failed'),
    round: z.int().min(1),
    /** Why there is no measurement: a `LabError`'s code, message and hint. */
    error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
  }),
]);
export type CellRound = Readonly<z.infer<typeof cellRoundSchema>>;

/**
 * The worst that was found of a cell in any of its rounds that may be believed, worst first. A refusal
 * counts in every measured round: PostgreSQL said it, whatever the round's rates are worth.
 */
export const CELL_STATES = [
  /** No round was measured. */
  'not_measured',
  /** No round may be believed. */
  'invalid',
  /** PostgreSQL refused connections. */
  'exhausted',
  /** More arrived than was answered. */
  'overloaded',
  /** Requests got no connection from the pool in time. */
  'starved',
  /** Of the other requests of a round more than one in a thousand failed, or none was answered right. */
  'failing',
  /** A threshold of the plan is not met. */
  'threshold_missed',
  /** It works. Whether it fits on paper, and in a deploy, stands in its budget. */
  'usable',
] as const;
export type CellState = (typeof CELL_STATES)[number];

/** Second by second, of one round; columns of the same length, which begins with second 0. */
export const cellSeriesSchema = z.strictObject({
  round: z.int().min(1),
  /** Length of each step, in seconds; more than 1 where seconds were put together to save space. */
  stepSeconds: z.int().min(1),
  startedPerSecond: z.array(z.number()),
  okPerSecond: z.array(z.number()),
  goodPerSecond: z.array(z.number()),
  errorPerSecond: z.array(z.number()),
  inFlightMean: z.array(z.number()),
  /** Percentiles cannot be put together: of a longer step the highest of its seconds. */
  latencyMsP50: z.array(ms.nullable()),
  latencyMsP99: z.array(ms.nullable()),
  /** Server-side connections of all workers, the highest of the step. */
  connectionsPeak: z.array(count.nullable()),
});

export const cellResultSchema = z.strictObject({
  id: cellId,
  variables: variablesSchema,
  state: z.enum(CELL_STATES),
  /** `null` where nothing was measured. */
  verdict: verdict.nullable(),
  /**
   * Of all its rounds together, each code once, with the rounds that have it; advice is apart. A round
   * that may not be believed is named here, and makes the cell DEGRADED while others remain.
   */
  caveats: z.array(caveatSchema.omit({ advice: true }).extend({ rounds: z.array(z.int().min(1)) })),
  rounds: z.array(cellRoundSchema),
  /** Right answers per second. */
  throughputPerSecond: estimateSchema.nullable(),
  /** Right answers within the goodput deadline per second: what cells are ranked by. */
  goodputPerSecond: estimateSchema.nullable(),
  /** `highest / lowest − 1` of the rounds' goodput; `null` with fewer than two. */
  goodputSpread: z.number().min(0).nullable(),
  /**
   * Right answers of all rounds that may be believed: percentiles of the merged histogram. Withheld where
   * one of them is overloaded: no latency stands for that.
   */
  latencyMs: percentilesSchema,
  /** Over the rounds, as `goodputPerSecond`; its value is that of the merged histogram. */
  latencyMsP99: estimateSchema.nullable(),
  /** All measured rounds together; `refused` are attempts, as in the rounds. */
  requests: z.strictObject({ scheduled: count, ok: count, failed: count, refused: count }),
  /** Failed requests by cause, the most frequent first, e.g. `pool_timeout`, `timeout`, `lost`, `ECONNREFUSED`. */
  failures: counts,
  budget: z
    .strictObject({
      others: count,
      predicted: budgetSchema,
      reachable: count.nullable(),
      predictedRefusals: z.boolean(),
      observedRefusals: z.boolean(),
      agrees: z.boolean(),
      reached: z.enum(REACHED).default('postgres'),
      /** As in a trial's budget. */
      shapeKnown: z.boolean().default(true),
      refusalsVisible: z.boolean().default(true),
      clients: clientsReachedSchema.nullable().default(null),
      /** Whether the rounds had a rolling restart, so that `fitsDuringRollout` was put to the test. */
      rolloutObserved: z.boolean(),
    })
    .nullable(),
  connections: z.strictObject({ peakWorkers: count, peakAll: count }).nullable(),
  /** Connections that PostgreSQL refused in all rounds, by its log; `null`: not asked for, or not the lab's to read. */
  refusalsLogged: count.nullable().default(null),
  /** Of the round in the middle by goodput, which `series` is of too. */
  bottleneck: bottleneckSchema.nullable(),
  composition: z.array(
    z.strictObject({
      quantile: z.enum(['p50', 'p95', 'p99']),
      latencyMs: ms,
      partsMs: partsSchema,
    }),
  ),
  waitEventShares: z.record(z.string(), z.number()),
  thresholds: z.array(thresholdResultSchema),
  series: cellSeriesSchema.nullable(),
  /**
   * 1 is the highest goodput of the situation, whether it fits or not; `null` for a cell that is not
   * usable. The best cell need not be the first.
   */
  rank: z.int().min(1).nullable(),
  /** Its goodput over that of the situation's best cell; `null` for that cell, and where there is none. */
  againstBest: ratioSchema.nullable(),
});
export type CellResult = Readonly<z.infer<typeof cellResultSchema>>;

/** A row of shapes that differ in the pool size alone. */
const lineSchema = z.strictObject({
  maxConnections: count,
  poolKind: variablesSchema.shape.poolKind,
  maxOverflow: variablesSchema.shape.maxOverflow,
  workers: variablesSchema.shape.workers,
});

export const situationSchema = z.strictObject({
  workload: variablesSchema.shape.workload,
  load: variablesSchema.shape.load,
  dbRttMs: variablesSchema.shape.dbRttMs,
  /** In the order of the plan. */
  cells: z.array(cellId),
  /**
   * Of the cells that cannot be told from the highest goodput, and are not below it by more than the
   * margin, without those whose p99 or median is told to be half as long again as the shortest of them or
   * more, the one that claims the fewest connections. Chosen among those that fit even in a rolling
   * deploy; if there is none among those that fit; only if nothing fits among all. `null`: none is usable.
   */
  best: cellId.nullable(),
  /**
   * Usable cells whose goodput cannot be told from the best one's, or differs by less than the margin; by
   * rank. Cells a factor of two apart are never among them, however wide the interval.
   */
  notDistinguishable: z.array(cellId),
  /**
   * Below the best one: the usable cell with the lowest goodput, or without such a cell the worst of the
   * others that answered anything. What choosing wrong costs.
   */
  worst: cellId.nullable(),
  /** The best cell over that one. */
  bestOverWorst: z
    .strictObject({
      throughput: ratioSchema.nullable(),
      goodput: ratioSchema.nullable(),
      /** The worst one's p99 over the best one's. */
      latencyMsP99: ratioSchema.nullable(),
    })
    .nullable(),
  /**
   * The heat maps: workers down, pool size across, ascending, with 0 (unlimited) last; `null` where a
   * combination is no cell.
   */
  panels: z.array(
    lineSchema.omit({ workers: true }).extend({
      workers: z.array(z.int()),
      poolSizes: z.array(z.int()),
      cells: z.array(z.array(cellId.nullable())),
    }),
  ),
  /**
   * Up to where shapes are usable, line by line. `null`: none of the line's is. Lines without a pool
   * (`poolKind` `null`) are left out here and among the knees. The predicted sizes are there for lines
   * without a measured cell too.
   */
  frontier: z.array(
    lineSchema.extend({
      /** Largest pool size of the line that the arithmetic lets fit. */
      predictedSteady: z.int().nullable(),
      predictedRollout: z.int().nullable(),
      /** Largest pool size up to which no cell of the line was refused a connection. */
      observedSteady: z.int().nullable(),
      /** The same under a rolling restart; `null` too where none was measured. */
      observedRollout: z.int().nullable(),
    }),
  ),
  /** Where more connections stop helping, line by line with two measured cells or more. */
  knees: z.array(
    lineSchema.extend({
      /** Smallest pool size with at least 97 % of the line's highest throughput. */
      poolSize: z.int(),
      cell: cellId,
      highest: cellId,
    }),
  ),
});
export type Situation = Readonly<z.infer<typeof situationSchema>>;

export const sweepResultSchema = z.strictObject({
  schemaVersion: z.literal(SWEEP_RESULT_SCHEMA_VERSION),
  state: z.literal('sweep'),
  plan: sweepPlanSchema,
  /** SHA-256 of the plan, hexadecimal. */
  planHash: z.string(),
  /** ISO 8601, UTC, for labels: when the run directory was made, and when the last trial ended. */
  createdAt: z.string(),
  lastTrialAt: z.string().nullable(),
  trials: z.strictObject({ planned: count, measured: count, failed: count }),
  /** Sentences about what of the run directory could not be used, each naming the file. */
  damage: z.array(z.string()),
  environment: watchedEnvironmentSchema.nullable(),
  /** What cannot be known of a service, as its trials say; each sentence once. */
  unseen: z.array(z.string()).default([]),
  /** INVALID: nothing may be believed; DEGRADED: something may not, or only with care. */
  verdict,
  /** What to do about each caveat that a cell has. */
  advice: z.partialRecord(z.enum(CAVEAT_CODES), z.string()),
  /** Cells are compared within one workload, load and distance only. */
  situations: z.array(situationSchema),
  /** In the order of the plan. */
  cells: z.array(cellResultSchema),
});
export type SweepResult = Readonly<z.infer<typeof sweepResultSchema>>;
