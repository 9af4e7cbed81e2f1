import { z } from 'zod';
import { LIMITS, POOL_KINDS } from '../../../server/contract.ts';
import { DISTANCE_LIMITS, NO_DISTANCE } from '../distance.ts';
import { planWorkloadSchema } from '../plan-workload.ts';
import { loadModelSchema, PLAN_LIMITS, trialPlanSchema } from '../trial-plan.ts';
import { countCells } from './count-cells.ts';

export const SWEEP_PLAN_SCHEMA_VERSION = 1;

/** Bounds of a sweep; those of its trials are `PLAN_LIMITS`. */
export const SWEEP_LIMITS = {
  cellsMax: 2_000,
  roundsMax: 100,
  /** All windows, warm-ups and drains together: one week. */
  totalMsMax: 7 * 24 * 3_600_000,
} as const;

const some = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(SWEEP_LIMITS.cellsMax);

/**
 * What a cell may differ in. Numbers are in ascending order, unlimited (a pool size of 0, an overflow of
 * −1) behind them all; everything else in the order given.
 */
export const axesSchema = z
  .strictObject({
    workload: some(planWorkloadSchema),
    load: some(loadModelSchema),
    /** `distance.rttMs`; plans of before there was a choice have none. */
    dbRttMs: some(z.number().min(0).max(DISTANCE_LIMITS.rttMsMax)).default([NO_DISTANCE.rttMs]),
    maxConnections: some(z.int().min(1).max(PLAN_LIMITS.maxConnectionsMax)),
    poolKind: some(z.enum(POOL_KINDS)),
    maxOverflow: some(z.int().min(-1).max(LIMITS.poolConnectionsMax)),
    workers: some(z.int().min(1).max(LIMITS.workersMax)),
    poolSize: some(z.int().min(0).max(LIMITS.poolConnectionsMax)),
  })
  // A stored plan may be anybody's: its cells are bounded before they are made.
  .refine((axes) => countCells(axes) <= SWEEP_LIMITS.cellsMax, {
    error: `more than ${SWEEP_LIMITS.cellsMax} cells`,
  });
export type Axes = Readonly<z.infer<typeof axesSchema>>;
export type Axis = keyof Axes;

/**
 * A sweep, parsed: every combination of the axes is a cell, and every cell has `rounds` trials. It is
 * stored as it stands and never changes while the sweep goes on.
 */
export const sweepPlanSchema = z.strictObject({
  schemaVersion: z.literal(SWEEP_PLAN_SCHEMA_VERSION),
  axes: axesSchema,
  /**
   * What all cells have in common. What it says of an axis is that axis's first value. Its parameters
   * are those of all workloads: `ms` of each that has it, `hold.ms` of one; `paramsOf` tells them apart.
   */
  base: trialPlanSchema,
  rounds: z.int().min(1).max(SWEEP_LIMITS.roundsMax),
  /** Extra workers of the rolling deploy that `fitsDuringRollout` is predicted for, at least 1. */
  predictedSurge: z.int().min(1).max(LIMITS.workersMax),
  /** What was given and is not its default, as it would be typed: `{ 'pool-size': ['1..32:x2'] }`. */
  settings: z.record(z.string(), z.array(z.string())),
});
export type SweepPlan = Readonly<z.infer<typeof sweepPlanSchema>>;
