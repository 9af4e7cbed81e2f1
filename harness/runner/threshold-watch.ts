import { lostThreshold, type RunSoFar } from '../analysis/thresholds/threshold-live.ts';
import { type ThresholdStop, understood } from '../analysis/thresholds/threshold-results.ts';
import type { LoadProgress } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';

/** Ends a run as soon as one of its thresholds cannot be met any more. */
export interface ThresholdWatch {
  /** Aborts with the `ThresholdStop` as its reason. */
  readonly signal: AbortSignal;
  /** Why the run was ended; `null`: it was not. */
  readonly stop: () => ThresholdStop | null;
  /** To be called with each progress of the load. */
  look(progress: LoadProgress): void;
}

export interface ThresholdWatchOptions {
  readonly plan: Pick<TrialPlan, 'thresholds' | 'abortOnFail' | 'durationMs' | 'load'>;
  readonly constants: RunSoFar['constants'];
  readonly peaks: () => RunSoFar['peaks'];
}

/** Does nothing unless the plan asks for it. Once the window is over there is nothing left to end. */
export function createThresholdWatch(options: ThresholdWatchOptions): ThresholdWatch {
  const { plan, constants, peaks } = options;
  const watched = plan.abortOnFail
    ? plan.thresholds.map((expression) => ({ expression, threshold: understood(expression) }))
    : [];
  const stopping = new AbortController();
  let stop: ThresholdStop | null = null;
  return {
    signal: stopping.signal,
    stop: () => stop,
    look(progress) {
      if (stop !== null || progress.elapsedMs >= plan.durationMs) return;
      const soFar: RunSoFar = { plan, progress, constants, peaks: peaks() };
      for (const { expression, threshold } of watched) {
        const lost = lostThreshold(threshold, soFar);
        if (lost === null) continue;
        const afterSeconds = (progress.elapsedMs / 1_000).toFixed(1);
        stop = { expression, detail: `${lost} after ${afterSeconds} s, which ended the run` };
        stopping.abort(stop);
        return;
      }
    },
  };
}
