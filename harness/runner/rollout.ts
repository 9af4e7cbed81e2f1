import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { LabError } from '../lab-error.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Lab } from './lab.ts';
import { pause } from './pause.ts';
import type { Tested } from './tested.ts';
import type { TestedService } from './tested-service.ts';

/** It starts after this share of the window: the load is steady by then, and the rest is after. */
const AT_SHARE = 0.15;

type Rollout = MeasuredTrial['rollout'];
interface Surroundings {
  readonly lab: Lab;
  readonly plan: TrialPlan;
  /** The run is over before its time. */
  readonly signal: AbortSignal;
}

/**
 * A deploy in the middle of the window: worker by worker of the lab's own API, and of a service a second complete
 * instance, which takes the load over when it is ready; then the first one ends. `null`: the run ended before.
 */
export async function rollOut(tested: Tested, around: Surroundings): Promise<Rollout> {
  const { plan, signal } = around;
  await pause(plan.durationMs * AT_SHARE, signal);
  if (signal.aborted) return null;
  if (tested.kind === 'service') return await replaceService(tested.system, around);
  const { replaced, workersPeak, durationMs } = await tested.system.rollingRestart(
    plan.rolloutSurge,
  );
  return { surge: plan.rolloutSurge, replaced, workersPeak, durationMs, failure: null };
}

/**
 * A second one that does not get ready, refused by PostgreSQL for instance, is what the deploy was tried for. One that
 * takes longer than the window is given up: what it would take over is no load any more, and shows nothing.
 */
async function replaceService(
  { instances }: Pick<TestedService, 'instances'>,
  { lab, plan, signal }: Surroundings,
): Promise<Rollout> {
  if (instances === null) throw new Error('a service that the lab did not start is not replaced');
  const { rolloutSurge: surge, workers } = plan;
  const startMs = performance.now();
  const late = new AbortController();
  const windowOver = setTimeout(
    () => late.abort(tooLate(plan.durationMs)),
    plan.durationMs * (1 - AT_SHARE),
  );
  const outcome = (replaced: number, failure: string | null): Rollout => ({
    surge,
    replaced,
    workersPeak: workers + surge,
    durationMs: performance.now() - startMs,
    failure,
  });
  try {
    await instances.replace(
      (origin) => {
        clearTimeout(windowOver);
        return lab.load.switchOrigin(origin);
      },
      AbortSignal.any([signal, late.signal]),
    );
    return outcome(workers, null);
  } catch (error) {
    if (signal.aborted) return null;
    if (!(error instanceof LabError) || error.code !== 'SERVICE_NOT_READY') throw error;
    return outcome(0, error.message);
  } finally {
    clearTimeout(windowOver);
  }
}

function tooLate(durationMs: number): LabError {
  return new LabError('SERVICE_NOT_READY', {
    message: `the window of ${durationMs / 1_000} s was over before; give it more --duration`,
    hint: 'It starts after 15 % of the window; the rest has to be longer than the service takes to start.',
  });
}
