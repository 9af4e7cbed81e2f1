import { failedRequests } from '../sweep/cell-rounds.ts';
import type { MeasuredTrial } from '../trial-result.ts';
import type { WayResult } from './ways-result.ts';

type Trials = readonly MeasuredTrial[];

/** Who refused how many requests, of all measured trials; with `otherFailures` they are all that failed. */
export function refusalsOf(trials: Trials): WayResult['refusals'] {
  const pooler = trials.reduce((sum, { refusals }) => sum + byPooler(refusals), 0);
  const all = trials.reduce((sum, { refusals }) => sum + refusals.total, 0);
  const failed = trials.reduce((sum, trial) => sum + failedRequests(trial), 0);
  return { postgres: all - pooler, pooler, otherFailures: Math.max(0, failed - all) };
}

function byPooler({ byReason }: MeasuredTrial['refusals']): number {
  return byReason.pooler_clients ?? 0;
}

/** What connecting cost; `null` without a trial. */
export function churnOf(trials: Trials): WayResult['churn'] {
  if (trials.length === 0) return null;
  const opened = trials.reduce(
    (sum, { workers }) => sum + workers.reduce((inAll, it) => inAll + it.opened, 0),
    0,
  );
  const ok = trials.reduce((sum, { requests }) => sum + requests.ok, 0);
  return {
    opened,
    openedPerAnswer: ok === 0 ? null : opened / ok,
    connectShare: connectShareOf(trials),
  };
}

/** Means add up over parts and over trials, as percentiles do not. */
function connectShareOf(trials: Trials): number | null {
  const totals = trials.flatMap(({ latencyMs: { ok }, componentsMs: { connect } }) =>
    ok.mean === null || connect.mean === null
      ? []
      : [{ latencyMs: ok.mean * ok.samples, connectMs: connect.mean * ok.samples }],
  );
  const latencyMs = totals.reduce((sum, it) => sum + it.latencyMs, 0);
  const connectMs = totals.reduce((sum, it) => sum + it.connectMs, 0);
  return latencyMs > 0 ? Math.min(1, connectMs / latencyMs) : null;
}

/** PgBouncer's own account of them; `null` where there is none. */
export function poolerAccountOf(trials: Trials): WayResult['pooler'] {
  const readings = trials.flatMap(({ pooler }) => pooler ?? []);
  const [first] = readings;
  if (first === undefined) return null;
  const transactions = readings.reduce((sum, it) => sum + it.transactions, 0);
  const waitMs = readings.reduce((sum, it) => sum + it.waitMs, 0);
  return {
    version: first.version,
    serversPeak: Math.max(...readings.map(({ serversPeak }) => serversPeak)),
    clientsWaitingPeak: Math.max(...readings.map(({ clientsWaitingPeak }) => clientsWaitingPeak)),
    maxWaitMs: Math.max(...readings.map(({ maxWaitMs }) => maxWaitMs)),
    waitMsPerTransaction: transactions === 0 ? null : waitMs / transactions,
  };
}

/**
 * Whether a pooler opens more than there is for it. Its clients are told of no refusal while it has any
 * connection, so that everybody else finds out: nobody gets a slot.
 */
export function takesEverySlot(budget: WayResult['budget']): boolean {
  if (budget === null || budget.predicted.clients === null) return false;
  const { ceiling, usable } = budget.predicted;
  return ceiling === null || ceiling > usable;
}
