import {
  failedRequests,
  isBelievable,
  type MeasuredRound,
  refusedAttempts,
} from './cell-rounds.ts';
import type { CellState } from './sweep-result.ts';

/**
 * The worst that was found of a cell in any of its believable rounds. A refusal counts in every round:
 * PostgreSQL said it, whatever the round's rates are worth.
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
  if (believable.some((trial) => failedRequests(trial) > 0)) return 'failing';
  // Without a right answer there is nothing that works.
  if (believable.some(({ requests }) => requests.ok === 0)) return 'failing';
  if (believable.some(({ thresholds }) => thresholds.some(({ met }) => !met))) {
    return 'threshold_missed';
  }
  return 'usable';
}

function wasRefused(trial: MeasuredRound['trial']): boolean {
  return refusedAttempts(trial) > 0 || trial.budget.observedRefusals;
}
