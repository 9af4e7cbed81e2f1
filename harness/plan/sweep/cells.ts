import { sqlOf } from '../sql-plan.ts';
import type { TrialPlan } from '../trial-plan.ts';
import { paramsOf } from '../workload-params.ts';
import type { Axes, SweepPlan } from './sweep-plan.ts';

/** The values that make a cell what it is. */
export type CellVariables = { readonly [A in keyof Axes]: Axes[A][number] };

export interface Cell {
  /** `c001` …, by the order of the axes: the same plan gives the same names. */
  readonly id: string;
  readonly variables: CellVariables;
  /** The plan of its first round; further rounds differ in the seed only. */
  readonly plan: TrialPlan;
}

/**
 * Every combination of the axes, the first axis outermost. Without a pool its size means nothing, so
 * such a configuration is one cell, with the first size and overflow.
 */
export function expandCells({ axes, base }: Pick<SweepPlan, 'axes' | 'base'>): readonly Cell[] {
  const combinations = combinationsOf(axes);
  const digits = Math.max(3, String(combinations.length).length);
  return combinations.map((variables, index) => ({
    id: `c${String(index + 1).padStart(digits, '0')}`,
    variables,
    plan: planOf(base, variables),
  }));
}

/** Where a plan of its own, of no sweep, would stand on the axes. */
export function variablesOf(plan: TrialPlan): CellVariables {
  return {
    workload: plan.workload,
    load: plan.load.model,
    dbRttMs: plan.distance.rttMs,
    maxConnections: plan.postgres.maxConnections,
    poolKind: plan.pool.kind,
    maxOverflow: plan.pool.maxOverflow,
    workers: plan.workers,
    poolSize: plan.pool.poolSize,
  };
}

function combinationsOf(axes: Axes): readonly CellVariables[] {
  return axes.workload.flatMap((workload) =>
    axes.load.flatMap((load) =>
      axes.dbRttMs.flatMap((dbRttMs) =>
        axes.maxConnections.flatMap((maxConnections) =>
          axes.poolKind.flatMap((poolKind) => {
            const situation = { workload, load, dbRttMs, maxConnections, poolKind };
            const shapes = poolKind === 'null' ? 1 : undefined;
            const overflows = axes.maxOverflow.slice(0, shapes);
            const sizes = axes.poolSize.slice(0, shapes);
            return overflows.flatMap((maxOverflow) =>
              axes.workers.flatMap((workers) =>
                sizes.map((poolSize) => ({ ...situation, maxOverflow, workers, poolSize })),
              ),
            );
          }),
        ),
      ),
    ),
  );
}

function planOf(base: TrialPlan, variables: CellVariables): TrialPlan {
  const { workload, load, dbRttMs, maxConnections, poolKind, maxOverflow, workers, poolSize } =
    variables;
  return {
    ...base,
    workers,
    workload,
    workloadParams: { ...paramsOf(workload, base.workloadParams) },
    sql: sqlOf(base.sql, workload),
    pool: { ...base.pool, kind: poolKind, poolSize, maxOverflow },
    load: { ...base.load, model: load },
    durationMs:
      load.kind === 'open'
        ? load.stages.reduce((sum, { durationMs }) => sum + durationMs, 0)
        : base.durationMs,
    postgres: { ...base.postgres, maxConnections },
    distance: { ...base.distance, rttMs: dbRttMs },
    // A service is replaced as a whole.
    rolloutSurge: base.service === null || base.rolloutSurge === 0 ? base.rolloutSurge : workers,
  };
}
