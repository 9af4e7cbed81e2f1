/**
 * What comparing two cells or two runs found, as `compare --json` prints it.
 *
 * Ratios are always left over right, the order in which the two were named; whoever shows them may
 * turn them round. Durations are in ms, rates per second, shares between 0 and 1, all unrounded.
 */
import { z } from 'zod';
import { poolConfigSchema } from '../../../server/contract.ts';
import { CELL_STATES, cellResultSchema, estimateSchema } from '../sweep/sweep-result.ts';
import { intervalSchema } from '../trial-result.ts';
import { CAVEAT_CODES } from '../verdict/caveat-codes.ts';

export const COMPARISON_SCHEMA_VERSION = 1;

const count = z.int().min(0);
const SIDES = ['left', 'right'] as const;
const side = z.enum(SIDES);
export type Side = (typeof SIDES)[number];

export const differenceSchema = z.strictObject({
  /** Of a plan, e.g. `pool.poolSize`, or `environment.` and what of it. */
  path: z.string(),
  /** `null` too where that side has no such setting. */
  left: z.union([z.string(), z.number(), z.boolean()]).nullable(),
  right: z.union([z.string(), z.number(), z.boolean()]).nullable(),
});
export type Difference = Readonly<z.infer<typeof differenceSchema>>;

export const comparedSideSchema = z.strictObject({
  /** What was compared, as the user named it. */
  given: z.string(),
  /** Its name within a run; `null` for what a file holds. */
  cell: z.string().nullable(),
  workload: cellResultSchema.shape.variables.shape.workload,
  load: cellResultSchema.shape.variables.shape.load,
  workers: count,
  pool: poolConfigSchema.pick({ kind: true, poolSize: true, maxOverflow: true }),
  /** `false`: a service whose workers or pool nobody told. */
  shapeKnown: z.boolean().default(true),
  /** `null`: no PostgreSQL was in sight. */
  maxConnections: count.nullable(),
  goodputDeadlineMs: z.number(),
  state: z.enum(CELL_STATES),
  verdict: cellResultSchema.shape.verdict,
  /** What stands against it, by code. */
  caveats: z.array(z.enum(CAVEAT_CODES)),
  /** Of all its measured rounds. */
  requests: cellResultSchema.shape.requests,
  failures: cellResultSchema.shape.failures,
  budget: cellResultSchema.shape.budget,
  connections: cellResultSchema.shape.connections,
  /** All that were planned or given, and those that count. */
  rounds: z.strictObject({ all: count, believable: count }),
  /** ISO 8601, UTC, of the first round that counts. */
  startedAt: z.string(),
});
export type ComparedSide = Readonly<z.infer<typeof comparedSideSchema>>;

const FINDINGS = ['higher', 'lower', 'equivalent', 'not_distinguishable'] as const;

/** The left side against the right one. */
export const contrastSchema = z.discriminatedUnion('basis', [
  z.strictObject({
    /** Two or more rounds that both sides have. */
    basis: z.literal('rounds'),
    pairs: z.int().min(2),
    /** Geometric mean of the rounds' ratios. */
    ratio: z.number(),
    /** 95 %: t, on the logarithms. The finding is read from it. */
    interval: intervalSchema,
    /** The same without assuming normal noise; `null` with fewer than eight pairs, or not asked for. */
    bootstrapInterval: intervalSchema.nullable(),
    finding: z.enum(FINDINGS),
    /** So many more of the same would tell; 0 where it is told, `null`: more than 100 in all. */
    pairsMore: count.nullable(),
  }),
  z.strictObject({
    /** No two rounds: both sides' own intervals, from within their trials, are all there is. */
    basis: z.literal('own_intervals'),
    ratio: z.number(),
    /** Whether those intervals overlap; `unknown` where a side has none. No claim of a difference. */
    finding: z.enum(['apart', 'overlapping', 'unknown']),
  }),
  /** A side has no number, or 0 in some round. */
  z.strictObject({ basis: z.literal('none'), without: z.array(side) }),
]);
export type Contrast = Readonly<z.infer<typeof contrastSchema>>;

export const RATIO_METRICS = [
  'goodputPerSecond',
  'throughputPerSecond',
  'latencyMsP50',
  'latencyMsP99',
] as const;
export type RatioMetric = (typeof RATIO_METRICS)[number];

export const metricSchema = z.strictObject({
  /**
   * Each side alone, over all its rounds that count. Their quotient need not be the ratio, which is of the
   * rounds that both have.
   */
  left: estimateSchema.nullable(),
  right: estimateSchema.nullable(),
  contrast: contrastSchema,
});
export type Metric = Readonly<z.infer<typeof metricSchema>>;

/** Shares of failed requests: a difference, since a ratio to none says nothing. */
export const failedShareSchema = z.strictObject({
  left: z.number().nullable(),
  right: z.number().nullable(),
  /** Mean over the pairs of left minus right, with its 95 % t interval; `null` with fewer than two. */
  difference: z.strictObject({ value: z.number(), interval: intervalSchema }).nullable(),
  finding: z.enum(FINDINGS).nullable(),
});
export type FailedShare = Readonly<z.infer<typeof failedShareSchema>>;

export const COMPARISON_CAVEATS = [
  /** The sides were not measured in turns: what changed in between is in the difference. */
  'not_interleaved',
  /** The pairs did not see the same arrivals. */
  'different_seeds',
  /** Nothing tells how far another round would lie away. */
  'no_two_rounds',
  /** Rounds that must not be believed, failed, or have no partner. */
  'rounds_left_out',
  /** A run has trials that were not measured, or cannot be read. */
  'incomplete',
  /** A side is DEGRADED. */
  'degraded',
  /** Rounds without a latency, or that were overloaded: their rates are those of the whole window. */
  'withheld',
  /** The t interval tells the sides apart, the bootstrap does not, or the other way round. */
  'uneven_rounds',
  /** The database of one side is larger. */
  'database_size',
  /** What is preferred does not fit on paper. */
  'over_budget',
  /** So many comparisons find some difference by chance. */
  'many_comparisons',
] as const;
export type ComparisonCaveatCode = (typeof COMPARISON_CAVEATS)[number];

export const comparisonCaveatSchema = z.strictObject({
  code: z.enum(COMPARISON_CAVEATS),
  /** The fact with its numbers. */
  detail: z.string(),
});
export type ComparisonCaveat = Readonly<z.infer<typeof comparisonCaveatSchema>>;

/** Why one side is to be preferred, or none; the first that applies. */
export const REASONS = [
  /** The other one refuses, starves, piles up or fails. */
  'works',
  /** Both have trouble: neither is a choice. */
  'neither_works',
  /** The other one can open more connections than there are. */
  'fits',
  /** It answers more in time. */
  'goodput',
  /** As much in time, and its p99 is lower. */
  'latency',
  /** As much in time, and it claims fewer connections. */
  'fewer_connections',
  /** As much in time, for as many connections. */
  'same',
  /** More pairs would be needed to tell. */
  'not_distinguishable',
  /** No two rounds that both sides have. */
  'no_two_rounds',
  /** No number to compare by. */
  'no_number',
] as const;

export const cellPairSchema = z.strictObject({
  left: comparedSideSchema,
  right: comparedSideSchema,
  /** What of the tested configuration differs; nothing: the same configuration twice. */
  declared: z.array(differenceSchema),
  pairs: z.strictObject({
    /** Rounds that both sides have and that may be believed. */
    rounds: z.array(z.int().min(1)),
    /** Rounds of one run, with both sides in each. */
    interleaved: z.boolean(),
    sameSeeds: z.boolean(),
    /** Longest time between the starts of the two of a pair; `null` without pairs. */
    gapMsMax: z.number().min(0).nullable(),
  }),
  leftOut: z.array(z.strictObject({ side, round: z.int().min(1), reason: z.string() })),
  metrics: z.strictObject({
    goodputPerSecond: metricSchema,
    throughputPerSecond: metricSchema,
    latencyMsP50: metricSchema,
    latencyMsP99: metricSchema,
  }),
  failedShare: failedShareSchema,
  conclusion: z.strictObject({ prefer: side.nullable(), because: z.enum(REASONS) }),
  caveats: z.array(comparisonCaveatSchema),
});
export type CellPair = Readonly<z.infer<typeof cellPairSchema>>;

const head = {
  schemaVersion: z.literal(COMPARISON_SCHEMA_VERSION),
  /** Compared although `undeclared` says that it cannot be. */
  forced: z.boolean(),
  /** What differs besides the tested configuration. */
  undeclared: z.array(differenceSchema),
};

const comparedRunSchema = z.strictObject({
  given: z.string(),
  planHash: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.string(),
  cells: count,
  rounds: count,
});

export const cellsComparisonSchema = z.strictObject({
  ...head,
  state: z.literal('cells'),
  pair: cellPairSchema,
});

export const runsComparisonSchema = z.strictObject({
  ...head,
  state: z.literal('runs'),
  left: comparedRunSchema,
  right: comparedRunSchema,
  /** Axes by which cells were matched; an axis with one value on each side is not among them. */
  matchedBy: z.array(z.string()),
  /** Cells of the same variables, in the order of the left plan. */
  pairs: z.array(cellPairSchema),
  /** The best cell of each side, situation by situation; `null`: a side has none. */
  best: z.array(
    z.strictObject({
      workload: comparedSideSchema.shape.workload,
      load: comparedSideSchema.shape.load,
      pair: cellPairSchema.nullable(),
    }),
  ),
  /**
   * All shared cells of a situation that work on both sides, together: the geometric mean of their
   * goodputs, round by round. None where there are fewer than two.
   */
  overall: z.array(
    z.strictObject({
      workload: comparedSideSchema.shape.workload,
      load: comparedSideSchema.shape.load,
      cells: count,
      goodputPerSecond: contrastSchema,
    }),
  ),
  unmatched: z.strictObject({ left: z.array(z.string()), right: z.array(z.string()) }),
  /** Matched, but a side has no round that may be believed. */
  notCompared: z.array(z.strictObject({ left: z.string(), right: z.string(), reason: z.string() })),
  caveats: z.array(comparisonCaveatSchema),
});

export const comparisonResultSchema = z.discriminatedUnion('state', [
  cellsComparisonSchema,
  runsComparisonSchema,
]);
export type CellsComparison = Readonly<z.infer<typeof cellsComparisonSchema>>;
export type RunsComparison = Readonly<z.infer<typeof runsComparisonSchema>>;
