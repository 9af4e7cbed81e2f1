import type { TrialPlan } from '../trial-plan.ts';
import { countCells } from './count-cells.ts';
import type { SweepPlan } from './sweep-plan.ts';

/**
 * What a trial takes beside warm-up, window and drain: workers start, are counted and leave, in ms. Measured
 * on two cores with one to four workers; a start of PostgreSQL is not in it.
 */
export const TRIAL_OVERHEAD_MS = 1_300;

/** How long all trials may take: warm-ups, windows and drains, each drain at its longest. In ms. */
export function totalMsOf({
  axes,
  base,
  rounds,
}: Pick<SweepPlan, 'axes' | 'rounds'> & {
  readonly base: Pick<TrialPlan, 'warmupMs' | 'durationMs' | 'drainMs'>;
}): number {
  const cellsOfLoad = countCells(axes) / axes.load.length;
  return axes.load.reduce((sum, load) => {
    const windowMs =
      load.kind === 'open'
        ? load.stages.reduce((ofStages, { durationMs }) => ofStages + durationMs, 0)
        : base.durationMs;
    return sum + cellsOfLoad * rounds * (base.warmupMs + windowMs + base.drainMs);
  }, 0);
}
