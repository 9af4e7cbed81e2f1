/** How requests, or attempts, ended that did not end well; of a ledger or of a result. */
interface Endings {
  readonly httpErrors: Readonly<Record<string, number>>;
  readonly connectionErrors: Readonly<Record<string, number>>;
  readonly timeouts: number;
  /** Attempts are never dropped. */
  readonly dropped?: number;
  readonly lost: number;
  readonly unanswered: number;
}

/** All that ended without a right answer; what is still under way is not among them. */
export function failedEndings(endings: Endings): number {
  const { httpErrors, connectionErrors, timeouts, dropped = 0, lost, unanswered } = endings;
  return sumOf(httpErrors) + sumOf(connectionErrors) + timeouts + dropped + lost + unanswered;
}

export function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
