import type { Claim } from './claim.ts';
import type { PoolerLimits } from './pooler-limits.ts';

/** What the deployment claims of the pooler, which takes so many clients and refuses one more. */
export interface ClientBudget extends PoolerLimits {
  readonly floor: Claim;
  readonly ceiling: Claim;
  readonly rolloutCeiling: Claim;
  readonly fits: boolean;
  readonly fitsDuringRollout: boolean;
  /**
   * Clients at the ceiling beyond the pooler's connections, of those that it takes: whom it refuses waits for
   * nothing. In session mode they wait until another client leaves, which one of a pool does not; in transaction
   * mode while more transactions are under way than it has connections.
   */
  readonly waitingAtCeiling: number;
}

/** What the pools claim, as the pooler's clients. */
export function clientBudget(
  pooler: PoolerLimits,
  claims: {
    readonly floor: Claim;
    readonly ceiling: Claim;
    readonly rolloutCeiling: Claim;
  },
): ClientBudget {
  const within = (claim: Claim): boolean => claim !== null && claim <= pooler.clients;
  const { ceiling } = claims;
  return {
    ...pooler,
    ...claims,
    fits: within(ceiling),
    fitsDuringRollout: within(claims.rolloutCeiling),
    waitingAtCeiling: waitingBehind(pooler, ceiling),
  };
}

/** Clients that the pooler takes, at most, and has no connection for. */
export function waitingBehind(
  { clients, servers }: Pick<PoolerLimits, 'clients' | 'servers'>,
  claim: Claim,
): number {
  return Math.max(0, Math.min(claim ?? clients, clients) - servers);
}

/** What of a claim reaches PostgreSQL: refused clients do not, and all others share its connections. */
export function claimBehind(pooler: PoolerLimits, claim: Claim): number {
  return Math.min(claim ?? pooler.clients, pooler.clients, pooler.servers);
}
