import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';

const SEEDS = 2 ** 32;
/** One whole second is the least that anything is made from. */
const WORTH_KEEPING_MS = 1_000;

/** One plan a round. Each draws its own arrivals: one draw repeated would hide what luck does. */
export function roundPlans(plan: TrialPlan, rounds: number): readonly TrialPlan[] {
  return Array.from({ length: rounds }, (_, round) => ({
    ...plan,
    seed: (plan.seed + round) % SEEDS,
  }));
}

/**
 * The same plan several times, one after the other. When the user stops it, the rounds that were measured are kept; any
 * other failure fails them all.
 */
export async function runRounds(
  plans: readonly TrialPlan[],
  {
    measure,
    stopped,
    broken,
  }: {
    readonly measure: (plan: TrialPlan, round: number) => Promise<MeasuredTrial>;
    /** By the user. */
    readonly stopped: AbortSignal;
    /** There will be no further round, whoever ended it. */
    readonly broken: AbortSignal;
  },
): Promise<readonly MeasuredTrial[]> {
  const done: MeasuredTrial[] = [];
  for (const [round, plan] of plans.entries()) {
    let trial: MeasuredTrial;
    try {
      trial = await measure(plan, round);
    } catch (error) {
      if (stopped.aborted && done.length > 0) break;
      throw error;
    }
    // A round that was stopped as it began says nothing, and must not speak for those before it.
    if (stopped.aborted && done.length > 0 && trial.measuredMs < WORTH_KEEPING_MS) break;
    done.push(trial);
    // One round that misses a threshold decides the run.
    if (broken.aborted || done.at(-1)?.ended === 'threshold_failed') break;
  }
  return done;
}
