import { poolerLimits } from '../../sizing/pooler-limits.ts';
import type { TrialObservations } from '../trial-observations.ts';
import type { Law } from '../trial-result.ts';

/**
 * A pooler that has more connections than it was told to was told something else. By its own account: PostgreSQL
 * may still show one that is closing beside the one that follows it.
 */
export function poolerLaws({
  plan,
  pooler,
}: Pick<TrialObservations, 'plan' | 'pooler'>): readonly Law[] {
  const limits = poolerLimits(plan.pooler);
  if (limits === null || pooler === null) return [];
  return [
    {
      name: "the pooler's connections",
      holds: pooler.serversPeak <= limits.servers,
      detail: `connections to PostgreSQL at most ${pooler.serversPeak} ≤ default_pool_size + reserve_pool_size ${limits.servers}`,
    },
  ];
}
