import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Lab } from './lab.ts';
import { runTrial, type TrialHooks } from './trial.ts';
import type { TrialPorts } from './trial-request.ts';

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
 * The same plan several times, one after the other on fresh workers. When the user stops it, the
 * rounds that were measured are kept; any other failure fails them all.
 */
export async function runRounds(
  lab: Lab,
  plans: readonly TrialPlan[],
  options: {
    readonly ports: TrialPorts;
    readonly stopped: AbortSignal;
    readonly hooksOf: (plan: TrialPlan, round: number) => TrialHooks;
  },
): Promise<readonly MeasuredTrial[]> {
  const { ports, stopped, hooksOf } = options;
  const done: MeasuredTrial[] = [];
  for (const [round, plan] of plans.entries()) {
    let trial: MeasuredTrial;
    try {
      trial = await runTrial(lab, plan, hooksOf(plan, round), ports);
    } catch (error) {
      if (stopped.aborted && done.length > 0) break;
      throw error;
    }
    // A round that was stopped as it began says nothing, and must not speak for those before it.
    if (stopped.aborted && done.length > 0 && trial.measuredMs < WORTH_KEEPING_MS) break;
    done.push(trial);
    // One round that misses a threshold decides the run.
    if (lab.signal.aborted || done.at(-1)?.ended === 'threshold_failed') break;
  }
  return done;
}
