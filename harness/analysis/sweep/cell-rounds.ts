import type { Cell } from '../../plan/sweep/cells.ts';
import { failedEndings } from '../failed-endings.ts';
import type { MeasuredTrial } from '../trial-result.ts';
import type { CellRound } from './sweep-result.ts';

/** How one trial of a cell ended. */
export type CellTrial =
  | { readonly state: 'measured'; readonly round: number; readonly result: MeasuredTrial }
  | {
      readonly state: 'failed';
      readonly round: number;
      readonly error: Extract<CellRound, { readonly state: 'failed' }>['error'];
    };

/** A cell with those of its trials that there are. */
export interface CellTrials {
  readonly cell: Pick<Cell, 'id' | 'variables'>;
  readonly trials: readonly CellTrial[];
}

/** A trial that was measured, whatever its numbers are worth. */
export interface MeasuredRound {
  readonly round: number;
  readonly trial: MeasuredTrial;
}

/** What of a stored cell was measured, by round. */
export function measuredRounds(trials: readonly CellTrial[]): readonly MeasuredRound[] {
  return trials
    .flatMap((it) => (it.state === 'measured' ? [{ round: it.round, trial: it.result }] : []))
    .toSorted((a, b) => a.round - b.round);
}

/** Estimates are made of these alone; the others stay in the list of rounds. */
export function isBelievable({ trial }: MeasuredRound): boolean {
  return trial.verdict !== 'INVALID';
}

export function cellRoundOf(stored: CellTrial): CellRound {
  if (stored.state === 'failed') {
    return { state: 'failed', round: stored.round, error: { ...stored.error } };
  }
  const { round, result: trial } = stored;
  return {
    state: 'measured',
    round,
    seed: trial.plan.seed,
    startedAt: trial.startedAt,
    verdict: trial.verdict,
    caveats: trial.caveats.map(({ code }) => code),
    ended: trial.ended,
    steadyState: trial.steadyState.state,
    throughputPerSecond: trial.throughputPerSecond,
    goodputPerSecond: trial.goodputPerSecond,
    wholeRunGoodputPerSecond: trial.wholeRun.goodputPerSecond,
    wholeRunThroughputPerSecond: trial.wholeRun.throughputPerSecond,
    latencyMsP50: trial.latencyMs.ok.p50,
    latencyMsP99: trial.latencyMs.ok.p99,
    scheduled: trial.requests.scheduled,
    failed: failedRequests(trial),
    refused: refusedAttempts(trial),
  };
}

/**
 * Requests that came to no right answer. A run that is stopped early has no drain: who waits then has
 * neither failed nor got an answer.
 */
export function failedRequests({ requests, ended }: MeasuredTrial): number {
  return failedEndings({ ...requests, unanswered: wasCutOff(ended) ? 0 : requests.unanswered });
}

/** Attempts that ended in SQLSTATE 53300. A retry that makes up for one does not undo it. */
export function refusedAttempts({ attempts }: MeasuredTrial): number {
  return attempts.httpErrors['too_many_connections'] ?? 0;
}

export function wasCutOff(ended: MeasuredTrial['ended']): boolean {
  return ended === 'aborted' || ended === 'threshold_failed';
}
