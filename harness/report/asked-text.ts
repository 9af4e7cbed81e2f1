import type { TrialPlan } from '../plan/trial-plan.ts';
import { formatCount } from './format.ts';
import { plainText } from './sweep/plain-text.ts';

/** So many are named; the table of requests has all. */
const NAMED_MAX = 3;

/** What was asked: the workload of the lab's own API, or the requests of a service by their names. */
export function askedText({
  workload,
  requests,
}: Pick<TrialPlan, 'workload' | 'requests'>): string {
  if (requests === null) return workload;
  const names = requests.templates.map(({ name }) => plainText(name));
  const more = names.length - NAMED_MAX;
  return more <= 0
    ? names.join(' and ')
    : `${names.slice(0, NAMED_MAX).join(', ')} and ${formatCount(more)} more`;
}
