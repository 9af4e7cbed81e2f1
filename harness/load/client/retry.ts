import type { RetryPolicy } from '../load-engine.ts';
import type { FailureClass } from './failure-class.ts';

/** How one attempt failed. */
export type AttemptFailure = FailureClass | 'not_connected' | 'lost' | 'timed_out';

/**
 * What a well-meant client repeats: everything that may be over in a moment. Not what it did wrong
 * itself, nor what would fail in the same way again.
 */
const WORTH_A_RETRY: ReadonlySet<AttemptFailure> = new Set<AttemptFailure>([
  'pool_timeout',
  'too_many_connections',
  'db_unavailable',
  'deadlock',
  'conn_lost',
  'not_connected',
  'lost',
  'timed_out',
  // Too many requests, and what proxies say of what is behind them.
  'http_429',
  'http_502',
  'http_503',
  'http_504',
]);

/** However long the chain of retries: a pause that grows on would outlive every run. */
const PAUSE_MS_MAX = 10_000;

/**
 * Pause before the next attempt in ms, or `null` where there is none: no policy, enough attempts, or
 * a failure that a retry does not mend. "Full jitter": evenly between 0 and the doubled back-off, so
 * that clients which failed together do not come back together.
 *
 * @param attempts made so far, the failed one included
 * @param random 0 to 1
 */
export function retryPauseMs(
  policy: RetryPolicy | null,
  failed: { readonly attempts: number; readonly failure: AttemptFailure },
  random: () => number,
): number | null {
  if (policy === null || failed.attempts > policy.retriesMax) return null;
  if (!WORTH_A_RETRY.has(failed.failure)) return null;
  return random() * Math.min(policy.backoffMs * 2 ** (failed.attempts - 1), PAUSE_MS_MAX);
}
