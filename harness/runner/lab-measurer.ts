import { type LabDeps, withLab } from './lab.ts';
import type { SweepMeasurer } from './sweep.ts';
import { runTrial } from './trial.ts';

/** Measures for real: an embedded PostgreSQL for each stretch, fresh workers for each trial. */
export function createLabMeasurer(deps: LabDeps): SweepMeasurer {
  return {
    withPostgres: (settings, use) =>
      withLab(settings, deps, (lab) => use((trial, hooks) => runTrial(lab, trial.plan, hooks))),
  };
}
