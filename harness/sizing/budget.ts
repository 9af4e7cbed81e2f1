import type { PoolShape } from '../../server/contract.ts';
import type { Claim } from './claim.ts';
import { type ClientBudget, claimBehind, clientBudget } from './pooled-budget.ts';
import type { PoolerLimits } from './pooler-limits.ts';

export interface BudgetInput {
  readonly workers: number;
  readonly shape: PoolShape;
  /** Extra workers alive at the same time during a rolling deploy. */
  readonly rolloutSurge: number;
  readonly maxConnections: number;
  readonly superuserReserved: number;
  readonly reserved: number;
  /** Connections of everybody else, the lab's own monitor among them. */
  readonly others: number;
  /** Between the pools and PostgreSQL. @default null, the pools connect to it themselves */
  readonly pooler?: PoolerLimits | null;
}

/** Connections to PostgreSQL: the pools' own, or behind a pooler what that lets through of them. */
export interface Budget {
  /** `max_connections − reserved − others`, for an ordinary role. */
  readonly usable: number;
  /** `workers × pool_size`. */
  readonly floor: Claim;
  /** `workers × (pool_size + max_overflow)`. */
  readonly ceiling: Claim;
  /** `(workers + surge) × (pool_size + max_overflow)`. */
  readonly rolloutCeiling: Claim;
  readonly floorFits: boolean;
  /** Nobody refuses a connection: neither PostgreSQL nor a pooler before it. */
  readonly fits: boolean;
  readonly fitsDuringRollout: boolean;
  /** `null`: there is no pooler. */
  readonly clients: ClientBudget | null;
}

/**
 * `workers × (pool_size + max_overflow) ≤ max_connections − reserved − others`.
 *
 * Assumes the API's role is neither superuser nor `pg_use_reserved_connections`, and that every
 * worker may reach its ceiling at the same moment. Behind a pooler the left side is at most its
 * connections, and its own inequality is `workers × (pool_size + max_overflow) ≤ max_client_conn`.
 */
export function computeBudget(input: BudgetInput): Budget {
  const { workers, shape, rolloutSurge } = input;
  const unlimitedSize = shape.poolSize === 0;
  const perWorker =
    unlimitedSize || shape.maxOverflow === -1 ? null : shape.poolSize + shape.maxOverflow;
  const usable = Math.max(
    0,
    input.maxConnections - input.superuserReserved - input.reserved - input.others,
  );
  const claims = {
    floor: unlimitedSize ? null : workers * shape.poolSize,
    ceiling: perWorker === null ? null : workers * perWorker,
    rolloutCeiling: perWorker === null ? null : (workers + rolloutSurge) * perWorker,
  };
  const { pooler = null } = input;
  const clients = pooler === null ? null : clientBudget(pooler, claims);
  const reaching = (claim: Claim): Claim => (pooler === null ? claim : claimBehind(pooler, claim));
  const floor = reaching(claims.floor);
  const ceiling = reaching(claims.ceiling);
  const rolloutCeiling = reaching(claims.rolloutCeiling);
  const within = (claim: Claim): boolean => claim !== null && claim <= usable;
  return {
    usable,
    floor,
    ceiling,
    rolloutCeiling,
    floorFits: within(floor),
    fits: within(ceiling) && (clients?.fits ?? true),
    fitsDuringRollout: within(rolloutCeiling) && (clients?.fitsDuringRollout ?? true),
    clients,
  };
}
