import { loadModelOf } from '../load-model-choice.ts';
import type { OptionValues } from '../option-table.ts';
import type { PLAN_OPTIONS } from '../run-options.ts';
import type { SWEEP_PLAN_OPTIONS } from './sweep-options.ts';
import type { Axes } from './sweep-plan.ts';

export type SweepValues = OptionValues<typeof SWEEP_PLAN_OPTIONS>;
type TrialValues = OptionValues<typeof PLAN_OPTIONS>;

/** The axes that these settings span. */
export function axesOf(values: SweepValues): Axes {
  return {
    workload: [...values.workload],
    load: loadsOf(values),
    dbRttMs: [...values.dbRtt],
    maxConnections: [...values.maxConnections],
    poolKind: [...values.poolKind],
    maxOverflow: [...values.maxOverflow],
    workers: [...values.workers],
    poolSize: [...values.poolSize],
  };
}

/** The settings of one trial: of each list its first value. */
export function firstTrialOf(values: SweepValues): TrialValues {
  return {
    ...values,
    workload: firstOf(values.workload),
    dbRtt: firstOf(values.dbRtt),
    maxConnections: firstOf(values.maxConnections),
    poolKind: firstOf(values.poolKind),
    maxOverflow: firstOf(values.maxOverflow),
    workers: firstOf(values.workers),
    poolSize: firstOf(values.poolSize),
    connections: firstOf(values.connections),
    rate: values.rate === null ? null : firstOf(values.rate),
  };
}

function loadsOf(values: SweepValues): Axes['load'] {
  const first = firstTrialOf(values);
  if (values.stages !== null) return [loadModelOf(first)];
  if (values.rate !== null) return values.rate.map((rate) => loadModelOf({ ...first, rate }));
  return values.connections.map((connections) => loadModelOf({ ...first, connections }));
}

/** A list that a parser read has a value. */
function firstOf<T>(values: readonly T[]): T {
  const [first] = values;
  if (first === undefined) throw new Error('a list of values is empty');
  return first;
}
