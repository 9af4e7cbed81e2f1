import type { PoolKind, PoolShape } from '../../server/contract.ts';
import type { Claim } from './claim.ts';

/** Connections one process holds when idle and claims at most; `null` means unbounded. */
export interface ProcessClaim {
  readonly idle: Claim;
  readonly most: Claim;
}

/** What a pool shape claims. `pool_size` 0 keeps everything, `max_overflow` −1 has no end. */
export function claimOfShape({ poolSize, maxOverflow }: PoolShape): ProcessClaim {
  if (poolSize === 0) return { idle: null, most: null };
  return { idle: poolSize, most: maxOverflow === -1 ? null : poolSize + maxOverflow };
}

/**
 * The shape by which the budget judges a pool: the null pool ignores its numbers, so only the
 * number of requests at the same time bounds what it opens.
 */
export function shapeOfPool({
  kind,
  poolSize,
  maxOverflow,
}: PoolShape & { readonly kind: PoolKind }): PoolShape {
  return kind === 'null' ? { poolSize: 0, maxOverflow: -1 } : { poolSize, maxOverflow };
}
