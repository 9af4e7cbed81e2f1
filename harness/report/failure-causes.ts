import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { formatCount } from './format.ts';

/** Why users' requests, or their attempts, came to no right answer. */
type Failures = Omit<MeasuredTrial['attempts'], 'started' | 'ok'> & { readonly dropped?: number };

/** A run that was stopped has no drain: who waits then has neither failed nor got an answer. */
export function wasCutOff({ ended }: Pick<MeasuredTrial, 'ended'>): boolean {
  return ended === 'aborted' || ended === 'threshold_failed';
}

/** How many failed of each cause, in words, the most frequent first. */
export function failureCauses(
  failures: Failures,
  { cutOff }: { readonly cutOff: boolean } = { cutOff: false },
): readonly (readonly [string, number])[] {
  const found = [
    ...Object.entries(failures.httpErrors).map(([name, count]): [string, number] => [
      failedAnswerText(name),
      count,
    ]),
    ...Object.entries(failures.connectionErrors).map(([code, count]): [string, number] => [
      `not connected (${code})`,
      count,
    ]),
    ['timed out at the client', failures.timeouts],
    ['lost: the connection broke before the answer', failures.lost],
    [
      cutOff ? 'cut off when the run was stopped' : 'unanswered when the drain ended',
      failures.unanswered,
    ],
    ['dropped at the cap', failures.dropped ?? 0],
  ] satisfies [string, number][];
  return found.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
}

/** The error class; of an answer that named none and said nothing that is known, its status. */
function failedAnswerText(errorClass: string): string {
  const [, status] = /^http_(\d{3})$/.exec(errorClass) ?? [];
  if (status === undefined) return errorClass;
  return Number(status) < 400 ? `HTTP ${status}, which was not expected` : `HTTP ${status}`;
}

/** `100 timed out at the client, 6 dropped at the cap`. */
export function causesText(failures: Failures): string {
  return failureCauses(failures)
    .map(([cause, count]) => `${formatCount(count)} ${cause}`)
    .join(', ');
}

export function failuresTotal(failures: Failures): number {
  return failureCauses(failures).reduce((sum, [, count]) => sum + count, 0);
}
