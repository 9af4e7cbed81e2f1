import type { MeasuredTrial } from '../analysis/trial-result.ts';

/** Several trials are worth no more than the worst of them. */
export function worstVerdict(
  trials: readonly Pick<MeasuredTrial, 'verdict'>[],
): MeasuredTrial['verdict'] {
  const verdicts = new Set(trials.map(({ verdict }) => verdict));
  if (verdicts.has('INVALID')) return 'INVALID';
  return verdicts.has('DEGRADED') ? 'DEGRADED' : 'VALID';
}
