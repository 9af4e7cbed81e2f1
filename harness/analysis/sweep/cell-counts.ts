import { failedRequests, type MeasuredRound, refusedAttempts, wasCutOff } from './cell-rounds.ts';
import type { CellResult } from './sweep-result.ts';

/**
 * Counts are facts and no estimates: those of every measured round, also of one whose rates may not be
 * believed.
 */
export function requestCounts(rounds: readonly MeasuredRound[]): CellResult['requests'] {
  const sum = (read: (round: MeasuredRound) => number): number =>
    rounds.reduce((total, round) => total + read(round), 0);
  return {
    scheduled: sum(({ trial }) => trial.requests.scheduled),
    ok: sum(({ trial }) => trial.requests.ok),
    failed: sum(({ trial }) => failedRequests(trial)),
    refused: sum(({ trial }) => refusedAttempts(trial)),
  };
}

/** Failed requests by cause; they add up to `failed`. */
export function failureCounts(rounds: readonly MeasuredRound[]): CellResult['failures'] {
  const failures = new Map<string, number>();
  const add = (cause: string, count: number): void => {
    if (count > 0) failures.set(cause, (failures.get(cause) ?? 0) + count);
  };
  for (const { trial } of rounds) {
    const { httpErrors, connectionErrors, timeouts, lost, unanswered, dropped } = trial.requests;
    for (const [cause, count] of Object.entries(httpErrors)) add(cause, count);
    for (const [cause, count] of Object.entries(connectionErrors)) add(cause, count);
    add('timeout', timeouts);
    add('lost', lost);
    add('unanswered', wasCutOff(trial.ended) ? 0 : unanswered);
    add('dropped', dropped);
  }
  return Object.fromEntries([...failures].toSorted(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
