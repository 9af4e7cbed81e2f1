import type { SteadyEstimates } from '../estimates/steady-estimates.ts';
import type { TrialObservations } from '../trial-observations.ts';
import type { Law, MeasuredTrial, SteadyState } from '../trial-result.ts';

/** What the checks look at: the observations, and what was made of them so far. */
export interface CaveatInput {
  readonly seen: TrialObservations;
  readonly laws: readonly Law[];
  readonly steady: SteadyState;
  readonly estimates: SteadyEstimates;
  readonly workers: MeasuredTrial['workers'];
  readonly generator: MeasuredTrial['generator'];
  /** Median of all right answers and unanswered of the run, in ms; `null` with too few. */
  readonly wholeRunMsP50: number | null;
}
