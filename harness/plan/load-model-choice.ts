import type { LOAD_OPTIONS } from './load-options.ts';
import type { OptionValues } from './option-table.ts';
import { stagesMs } from './rate-parser.ts';
import type { TrialPlan } from './trial-plan.ts';

export type LoadTable = typeof LOAD_OPTIONS;
type Values = OptionValues<LoadTable>;

/** Callers who wait for their answers, or users who arrive whatever happens: one of the two. */
export function loadModelOf(values: Values): TrialPlan['load']['model'] {
  const { rate, stages } = values;
  if (rate === null && stages === null) {
    return { kind: 'closed', connections: values.connections, thinkTimeMs: values.thinkTime };
  }
  const steady = { fromPerSecond: rate ?? 0, toPerSecond: rate ?? 0, durationMs: values.duration };
  return {
    kind: 'open',
    stages: [...(stages ?? [steady])],
    arrivals: values.arrivals,
    maxInFlight: values.maxInFlight,
    atCap: values.atCap,
    threads: values.threads,
  };
}

/** The option that asks for the open loop, or `null` where nothing does. */
export function openLoopOption({ rate, stages }: Values): 'rate' | 'stages' | null {
  if (stages !== null) return 'stages';
  return rate === null ? null : 'rate';
}

/** The measured window: what the stages take together, or what was asked for, in ms. */
export function measuredMsOf({ stages, duration }: Values): number {
  return stages === null ? duration : stagesMs(stages);
}
