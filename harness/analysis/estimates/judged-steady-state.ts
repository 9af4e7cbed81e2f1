import type { LoadResult, Stage } from '../../load/load-engine.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import type { SteadySecond } from '../statistics/steady-block.ts';
import { findSteadyState } from '../statistics/steady-state.ts';
import type { DecodeHistogram } from '../trial-observations.ts';
import type { SteadyState } from '../trial-result.ts';
import { wholeSeconds } from './steady-estimates.ts';

const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;

/**
 * The steady part of a run, looked for only where the load itself is steady: not in a trial that a
 * rolling restart or faults disturb by design, and under changing rates only in the last of them. That is
 * decided by the plan, never by what was measured.
 */
export function judgedSteadyState(
  plan: TrialPlan,
  load: LoadResult,
  decode: DecodeHistogram,
): SteadyState {
  const { model } = plan.load;
  const seconds = steadySecondsOf(load, decode);
  const unjudged = (detail: string): SteadyState => ({
    ...findSteadyState({ seconds, model: model.kind, steadySecondsMin: 0 }),
    detail,
  });
  if (plan.rolloutSurge > 0) return unjudged('not judged: a rolling restart disturbs it by design');
  if (plan.faults.length > 0) return unjudged('not judged: faults disturb it on purpose');
  const from = model.kind === 'open' ? secondOfLastRate(model.stages) : 0;
  if (from === null) return unjudged('not judged: the rate changes to the end');
  const found = findSteadyState({
    seconds: seconds.slice(from),
    model: model.kind,
    steadySecondsMin: plan.gates.steadySecondsMin,
  });
  if (seconds.length > from) return found;
  return { ...found, fromSecond: 0, toSecond: seconds.length };
}

/** From which second on the arrivals keep the rate they end with; `null` where they never do. */
function secondOfLastRate(stages: readonly Stage[]): number | null {
  const last = stages.at(-1);
  if (last === undefined || last.fromPerSecond !== last.toPerSecond) return null;
  const changed = stages.findLastIndex(
    ({ fromPerSecond, toPerSecond }) =>
      fromPerSecond !== last.toPerSecond || toPerSecond !== last.toPerSecond,
  );
  const beforeMs = stages
    .slice(0, changed + 1)
    .reduce((sum, { durationMs }) => sum + durationMs, 0);
  return Math.ceil(beforeMs / MS_PER_SECOND);
}

export function steadySecondsOf(
  load: LoadResult,
  decode: DecodeHistogram,
): readonly SteadySecond[] {
  return load.seconds.slice(0, wholeSeconds(load)).map((second) => {
    const { meanUs } = decode([second.latencyUs.ok, second.latencyUs.censored]);
    return {
      second: second.second,
      arrived: second.started + second.dropped,
      // Who is unanswered at the very end is censored in the drain, not in a second of the window.
      givenUp: second.dropped + second.outcomes.censored,
      ok: second.outcomes.ok,
      inFlightMean: second.inFlightSeconds,
      latencyMsMean: meanUs === null ? null : meanUs / US_PER_MS,
    };
  });
}
