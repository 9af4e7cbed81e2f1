import type { TrialObservations } from '../trial-observations.ts';
import type { Law } from '../trial-result.ts';
import { loadLaws } from './load-laws.ts';
import { poolerLaws } from './pooler-laws.ts';
import { serverLaws } from './server-laws.ts';
import { transportLaws } from './transport-law.ts';

/**
 * Equations between counts that were made independently of each other. When one does not hold, a
 * request was lost or counted twice somewhere, and no number of the trial can be believed.
 */
export function checkLaws(
  seen: Pick<
    TrialObservations,
    | 'plan'
    | 'load'
    | 'account'
    | 'service'
    | 'deaths'
    | 'leftBehind'
    | 'api'
    | 'server'
    | 'environment'
    | 'transport'
    | 'pooler'
  >,
): readonly Law[] {
  return [
    ...loadLaws(seen.load, { ...seen.plan, namesWorkers: seen.service === null }),
    ...serverLaws(seen.load.ledger.attempts, {
      ...seen,
      deaths: seen.deaths.length,
      peakOnServer: seen.api.target === null ? null : (seen.server?.peakWorkers ?? null),
    }),
    ...transportLaws(seen),
    ...poolerLaws(seen),
  ];
}
