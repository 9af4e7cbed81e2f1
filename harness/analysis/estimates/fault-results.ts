import type { TrialObservations } from '../trial-observations.ts';
import type { MeasuredTrial } from '../trial-result.ts';

const MS_PER_SECOND = 1000;
/** Of what it was before the first fault: then it is back. */
const BACK_SHARE = 0.9;

type Seen = Pick<TrialObservations, 'plan' | 'load' | 'faults'>;
type FaultResult = MeasuredTrial['faults'][number];

/** Each fault with what came after it. */
export function faultResults(seen: Seen): FaultResult[] {
  const { faults, load } = seen;
  const before = goodBefore(seen);
  return faults.map((fault, index) => {
    const { startedMs, endedMs, atMs, durationMs } = fault;
    // One that the end of the run cut short has nothing after it.
    const isOver = endedMs !== null && endedMs >= atMs + durationMs;
    const back = isOver && before !== null ? secondBack(load, { before, endedMs }) : null;
    return {
      ...fault,
      firstRightMs: isOver ? (load.firstRightMs[index] ?? null) : null,
      goodBeforePerSecond: before,
      goodputBackMs:
        back === null || endedMs === null
          ? null
          : {
              atLeast: back === firstWholeSecond(endedMs) ? 0 : back * MS_PER_SECOND - endedMs,
              atMost: (back + 1) * MS_PER_SECOND - endedMs,
            },
      failed: startedMs === null ? 0 : failedBetween(load, { fromMs: startedMs, toSecond: back }),
    };
  });
}

/**
 * Good answers a second before anything was disturbed, in whole seconds; `null` where there was none, or
 * where the load itself changes, so that what was before is no measure of what comes after.
 */
function goodBefore({ plan, load, faults }: Seen): number | null {
  const { model } = plan.load;
  const changes =
    model.kind === 'open' &&
    new Set(model.stages.flatMap((it) => [it.fromPerSecond, it.toPerSecond])).size > 1;
  const firstMs = Math.min(...faults.map(({ startedMs }) => startedMs ?? Number.POSITIVE_INFINITY));
  if (changes || !Number.isFinite(firstMs)) return null;
  const seconds = load.seconds.slice(0, Math.floor(firstMs / MS_PER_SECOND));
  const good = seconds.reduce((sum, second) => sum + second.good, 0);
  return good === 0 ? null : good / seconds.length;
}

/** The first whole second after the end in which as much is good again; `null`: none of the window. */
function secondBack(
  load: Seen['load'],
  { before, endedMs }: { readonly before: number; readonly endedMs: number },
): number | null {
  const whole = Math.floor(load.durationMs / MS_PER_SECOND);
  const from = firstWholeSecond(endedMs);
  const back = load.seconds.slice(from, whole).find((second) => second.good >= BACK_SHARE * before);
  return back?.second ?? null;
}

function firstWholeSecond(ms: number): number {
  return Math.ceil(ms / MS_PER_SECOND);
}

function failedBetween(
  load: Seen['load'],
  { fromMs, toSecond }: { readonly fromMs: number; readonly toSecond: number | null },
): number {
  return load.seconds
    .slice(Math.floor(fromMs / MS_PER_SECOND), toSecond ?? undefined)
    .reduce((sum, { outcomes }) => sum + outcomes.error + outcomes.censored, 0);
}
