import type { Activity } from './inspection.ts';

/** Times are sums of fractions, in whatever order. */
const ROUNDING_MS = 1;

/** What came between two readings; `null` where a count fell: the statistics were reset in between. */
export function activityBetween(before: Activity, after: Activity): Activity | null {
  const delta = {
    sessions: after.sessions - before.sessions,
    abandoned: after.abandoned - before.abandoned,
    fatal: after.fatal - before.fatal,
    killed: after.killed - before.killed,
    transactions: after.transactions - before.transactions,
    sessionMs: after.sessionMs - before.sessionMs,
    activeMs: after.activeMs - before.activeMs,
    idleInTransactionMs: after.idleInTransactionMs - before.idleInTransactionMs,
  };
  const { sessionMs, activeMs, idleInTransactionMs, ...counts } = delta;
  const times = [sessionMs, activeMs, idleInTransactionMs];
  if (Object.values(counts).some((it) => it < 0) || times.some((it) => it < -ROUNDING_MS)) {
    return null;
  }
  return {
    ...counts,
    sessionMs: Math.max(0, sessionMs),
    activeMs: Math.max(0, activeMs),
    idleInTransactionMs: Math.max(0, idleInTransactionMs),
  };
}
