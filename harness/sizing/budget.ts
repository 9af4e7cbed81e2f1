import type { PoolShape } from '../../server/contract.ts';

/** What a deployment claims at most; `null` means unbounded. */
export type Claim = number | null;

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
}

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
  readonly fits: boolean;
  readonly fitsDuringRollout: boolean;
}

/**
 * `workers × (pool_size + max_overflow) ≤ max_connections − reserved − others`.
 *
 * Assumes the API's role is neither superuser nor `pg_use_reserved_connections`, and that every
 * worker may reach its ceiling at the same moment.
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
  const floor = unlimitedSize ? null : workers * shape.poolSize;
  const ceiling = perWorker === null ? null : workers * perWorker;
  const rolloutCeiling = perWorker === null ? null : (workers + rolloutSurge) * perWorker;
  const within = (claim: Claim): boolean => claim !== null && claim <= usable;
  return {
    usable,
    floor,
    ceiling,
    rolloutCeiling,
    floorFits: within(floor),
    fits: within(ceiling),
    fitsDuringRollout: within(rolloutCeiling),
  };
}
