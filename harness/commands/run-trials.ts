import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { ParsedTrialPlan } from '../plan/parse-trial-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { phaseWords } from '../report/phase-words.ts';
import type { Progress } from '../report/progress.ts';
import { requestMixOf } from '../request-mix-of.ts';
import { type GivenParts, withGivenParts } from '../runner/given-parts.ts';
import { type LabSurroundings, withLab } from '../runner/lab.ts';
import { roundPlans, runRounds } from '../runner/rounds.ts';
import { requireTargetConsent } from '../runner/target-consent.ts';
import { runTrial } from '../runner/trial.ts';
import { withUnwatchedLab } from '../runner/unwatched-lab.ts';
import {
  runUnwatchedTrial,
  type UnwatchedHooks,
  type UnwatchedService,
} from '../runner/unwatched-trial.ts';
import { withAskedMetrics } from './asked-metrics.ts';
import { startingText } from './starting-text.ts';

export interface MeasuredRounds {
  /** As it could be measured: with the settings of what runs already. */
  readonly plan: TrialPlan;
  readonly trials: readonly MeasuredTrial[];
}

/**
 * The rounds of one plan: of the lab's own API or of a service that it starts, on a PostgreSQL that it starts or is
 * given, or of what runs already.
 *
 * @throws LabError
 */
export async function runTrials(
  asked: ParsedTrialPlan,
  deps: LabSurroundings,
  progress: Progress,
): Promise<MeasuredRounds> {
  const { plan, target } = asked;
  const { service, requests } = plan;
  if (target?.kind === 'service' && !target.databaseInSight) {
    if (service?.kind !== 'running' || requests === null) {
      throw new Error('a target that is a service has requests');
    }
    const judged = await requireTargetConsent(target);
    const driven = { plan, service, judged, requests: requestMixOf(requests, deps) };
    return { plan, trials: await unwatchedRounds(driven, { asked, deps, progress }) };
  }
  return await withGivenParts(asked, { ...deps, command: 'run' }, async (given) => ({
    plan: given.plan,
    trials: await watchedRounds(given, { asked, deps, progress }),
  }));
}

interface Around {
  readonly asked: ParsedTrialPlan;
  readonly deps: LabSurroundings;
  readonly progress: Progress;
}

async function watchedRounds(
  given: GivenParts,
  { asked, deps, progress }: Around,
): Promise<readonly MeasuredTrial[]> {
  const { plan, postgres, drivenApi, drivenService } = given;
  const { ports, rounds } = asked;
  return await withAskedMetrics(asked, deps.warn, ({ observer }) => {
    progress.report({ kind: 'step', text: beginningText(given) });
    const { service } = plan;
    const startsService = service?.kind === 'command';
    const parts = { ...deps, postgres, drivenApi, startsService, drivenService, observer };
    return withLab(plan.postgres, parts, (lab) =>
      runRounds(roundPlans(plan, rounds), {
        stopped: deps.signal,
        broken: lab.signal,
        measure: (ofRound, round) =>
          runTrial(lab, ofRound, hooksOf(progress, { plan: ofRound, round, rounds }), ports),
      }),
    );
  });
}

async function unwatchedRounds(
  driven: UnwatchedService,
  { asked, deps, progress }: Around,
): Promise<readonly MeasuredTrial[]> {
  const { rounds } = asked;
  return await withAskedMetrics(asked, deps.warn, ({ observer }) => {
    const text = `driving the service at ${driven.service.origin}`;
    progress.report({ kind: 'step', text });
    return withUnwatchedLab({ ...deps, observer }, (lab) =>
      runRounds(roundPlans(driven.plan, rounds), {
        stopped: deps.signal,
        broken: deps.signal,
        measure: (plan, round) =>
          runUnwatchedTrial(lab, { ...driven, plan }, hooksOf(progress, { plan, round, rounds })),
      }),
    );
  });
}

function beginningText({ postgres, drivenApi, plan }: GivenParts): string {
  if (drivenApi !== null) return `driving the API at ${drivenApi.url}`;
  return plan.service?.kind === 'running'
    ? `driving the service at ${plan.service.origin}`
    : startingText(postgres);
}

function hooksOf(
  progress: Progress,
  {
    plan,
    round,
    rounds,
  }: { readonly plan: TrialPlan; readonly round: number; readonly rounds: number },
): UnwatchedHooks {
  if (rounds > 1) {
    progress.report({ kind: 'step', text: `round ${round + 1} of ${rounds}` });
  }
  return {
    onPhase: (phase) => progress.report({ kind: 'step', text: phaseWords(phase, plan) }),
    onProgress: (load) =>
      progress.report({
        kind: 'load',
        phase: load.elapsedMs > plan.durationMs ? 'draining' : 'measuring',
        totalMs: plan.durationMs,
        model: plan.load.model.kind,
        load,
      }),
  };
}
