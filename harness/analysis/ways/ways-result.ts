/**
 * What comparing the four ways to PostgreSQL found, as `pgbouncer --json` prints it.
 *
 * Ratios are of a way over the pool alone. Durations are in ms, rates per second, shares between 0 and 1,
 * all unrounded.
 */
import { z } from 'zod';
import { trialPlanSchema } from '../../plan/trial-plan.ts';
import { WAYS } from '../../plan/ways/way.ts';
import { contrastSchema } from '../comparison/comparison-result.ts';
import { cellResultSchema } from '../sweep/sweep-result.ts';
import { watchedEnvironmentSchema } from '../trial-machine.ts';

export const WAYS_RESULT_SCHEMA_VERSION = 1;

const count = z.int().min(0);
const ms = z.number().min(0);
const share = z.number().min(0).max(1);
const way = z.enum(WAYS);

/** Of all measured rounds; counts are facts, also of rounds whose rates may not be believed. */
const refusalsSchema = z.strictObject({
  /** Requests that PostgreSQL refused a connection (SQLSTATE 53300), whoever passed it on. */
  postgres: count,
  /** Requests that PgBouncer itself refused, for `max_client_conn`. */
  pooler: count,
  /** All other requests that came to no right answer. */
  otherFailures: count,
});

/** What the API's connections cost it; sums over the rounds that may be believed, `null` without any. */
const churnSchema = z.strictObject({
  /** Connections that the workers opened. */
  opened: count,
  /** The same for each right answer; `null`: there was none. */
  openedPerAnswer: z.number().min(0).nullable(),
  /** Share of the time of right answers that went into connecting; `null` where nothing tells. */
  connectShare: share.nullable(),
});

/** PgBouncer's own account of the rounds that may be believed. */
const wayPoolerSchema = z.strictObject({
  version: z.string(),
  /** Its connections to PostgreSQL, and clients that waited for one, at most in any round. */
  serversPeak: count,
  clientsWaitingPeak: count,
  maxWaitMs: ms,
  /** Time that clients waited for a connection to PostgreSQL, for each transaction; `null` without any. */
  waitMsPerTransaction: ms.nullable(),
});

/** The way over the pool alone, paired by round. */
export const waysAgainstSchema = z.strictObject({
  goodputPerSecond: contrastSchema,
  throughputPerSecond: contrastSchema,
  latencyMsP50: contrastSchema,
  latencyMsP99: contrastSchema,
});

export const wayResultSchema = cellResultSchema
  .omit({
    id: true,
    variables: true,
    rank: true,
    againstBest: true,
    series: true,
    thresholds: true,
  })
  .extend({
    way,
    /** Of its first round; the others differ in the seed. */
    plan: trialPlanSchema,
    refusals: refusalsSchema,
    churn: churnSchema.nullable(),
    /** `null`: there is none on this way, or its console did not tell. */
    pooler: wayPoolerSchema.nullable(),
    /** Whether the API's prepared statements had names; `null`: nothing was measured. */
    namedStatements: z.boolean().nullable(),
    /** Why what lies in between cannot carry named ones, in a sentence; `null`: it can. */
    statementsProblem: z.string().nullable(),
    /** `null`: it is the pool alone, or one of the two has no round that may be believed. */
    againstPool: waysAgainstSchema.nullable(),
  });
export type WayResult = Readonly<z.infer<typeof wayResultSchema>>;

/** Why a way is the one to deploy, or none; the first that applies. */
export const WAYS_REASONS = [
  /** No way has a round that may be believed. */
  'no_number',
  /** Every way refuses, starves, piles up or fails, or would by arithmetic. */
  'none_works',
  /** One works, and of another nothing is known. */
  'others_not_compared',
  /** All others refuse, starve, pile up or fail, or would by arithmetic. */
  'only_one_works',
  /** With fewer than two rounds nothing is told apart. */
  'no_two_rounds',
  /** The one with the most answers has further parts, and is not told from one without, though far apart. */
  'rounds_too_far_apart',
  /** It answers more in time than every other way that works, or than all but those `unproven`. */
  'fastest',
  /** No way that works is told to answer more in time, and this one has the fewest parts. */
  'as_good_and_simpler',
] as const;

/** Reasons to read the comparison with care. */
export const WAYS_CAVEATS = [
  /** Trials failed, or it was stopped before all were measured. */
  'incomplete',
  /** Nothing tells how far rounds lie apart. */
  'no_two_rounds',
  /** Rounds that must not be believed, or failed. */
  'rounds_left_out',
  /** A way is DEGRADED. */
  'degraded',
] as const;
export type WaysCaveatCode = (typeof WAYS_CAVEATS)[number];

export const waysConclusionSchema = z.strictObject({
  deploy: way.nullable(),
  because: z.enum(WAYS_REASONS),
  /** Ways that work: nothing was refused, and by arithmetic nothing would be. */
  works: z.array(way),
  /** Those among them that are not told from the best. */
  asGood: z.array(way),
  /** Those whose rounds lie far below the best's on average, but differ too much for it to be told. */
  unproven: z.array(way),
  /** Ways without a round that may be believed: not compared. */
  notCompared: z.array(way),
  /** Workers that the pool alone has room for in the usable slots; `null`: unlimited pools have none. */
  poolWorkersMax: count.nullable(),
});
export type WaysConclusion = Readonly<z.infer<typeof waysConclusionSchema>>;

export const waysResultSchema = z.strictObject({
  schemaVersion: z.literal(WAYS_RESULT_SCHEMA_VERSION),
  state: z.literal('ways'),
  /** The worst of the ways. */
  verdict: z.enum(['VALID', 'DEGRADED', 'INVALID']),
  roundsAsked: z.int().min(1),
  /** Trials that were planned, measured, and failed; fewer were measured when it was stopped early. */
  trials: z.strictObject({ planned: count, measured: count, failed: count }),
  /** In the order of `WAYS`, all four. */
  ways: z.array(wayResultSchema),
  conclusion: waysConclusionSchema,
  /** Of the comparison as a whole; each way has its own besides. */
  caveats: z.array(
    z.strictObject({ code: z.enum(WAYS_CAVEATS), ways: z.array(way), detail: z.string() }),
  ),
  environment: watchedEnvironmentSchema,
});
export type WaysResult = Readonly<z.infer<typeof waysResultSchema>>;
