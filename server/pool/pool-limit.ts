import type { PoolShape } from '../contract.ts';

/** Connections a pool of this shape may have at once; `Infinity` where one of its numbers means no limit. */
export function connectionsMax({ poolSize, maxOverflow }: PoolShape): number {
  return poolSize === 0 || maxOverflow === -1 ? Number.POSITIVE_INFINITY : poolSize + maxOverflow;
}
