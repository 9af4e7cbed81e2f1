import {
  failedRequests,
  isBelievable,
  type MeasuredRound,
  refusedAttempts,
} from './cell-rounds.ts';
import type { CellState } from './sweep-result.ts';

/**
 * The worst that was found of a cell in any of its believable rounds. A refusal counts in every round:
 * PostgreSQL said it, whatever the round's rates are worth. Of other failures one in a thousand requests of a
 * round is let pass: a long sweep has a stray one sooner or later, and its count is shown all the same.
 */
export function cellStateOf(rounds: readonly MeasuredRound[]): CellState {
  if (rounds.length === 0) return 'not_measured';
  const believable = rounds.filter(isBelievable).map(({ trial }) => trial);
  if (believable.length === 0) return 'invalid';
  if (rounds.some(({ trial }) => wasRefused(trial))) return 'exhausted';
  if (believable.some(({ steadyState }) => steadyState.state === 'overloaded')) return 'overloaded';
  // As refusals, pool timeouts are no less for a retry that made up for them.
  if (believable.some(({ attempts }) => (attempts.httpErrors['pool_timeout'] ?? 0) > 0)) {
    return 'starved';
  }
  if (believable.some(failsTooMany)) return 'failing';
  // Its second instance did not get ready: nobody could deploy it.
  if (believable.some(({ rollout }) => (rollout?.failure ?? null) !== null)) return 'failing';
  // Without a right answer there is nothing that works.
  if (believable.some(({ requests }) => requests.ok === 0)) return 'failing';
  if (believable.some(({ thresholds }) => thresholds.some(({ met }) => !met))) {
    return 'threshold_missed';
  }
  return 'usable';
}

/** Up to this share of failed requests, failures that are neither refusals nor pool timeouts decide nothing. */
export const FAILED_SHARE_OF_NO_NOTE = 0.001;

function failsTooMany(trial: MeasuredRound['trial']): boolean {
  return failedRequests(trial) > FAILED_SHARE_OF_NO_NOTE * trial.requests.scheduled;
}

function wasRefused(trial: MeasuredRound['trial']): boolean {
  return refusedAttempts(trial) > 0 || trial.budget?.observedRefusals === true;
}
