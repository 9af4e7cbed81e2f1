import type { Claim } from './claim.ts';

/**
 * Ordinary slots that a load leaves to everybody else on a server that is not the lab's: as many as
 * PostgreSQL keeps for superusers by default, and for the same purpose. One who looks, one who deploys and a
 * health check get in; what is reserved for superusers is beside it.
 */
export const FREE_SLOTS_MIN = 3;

/** What is left of the usable slots; `null`: nothing bounds the claim. */
export function freeSlots({
  usable,
  reachable,
}: {
  readonly usable: number;
  readonly reachable: Claim;
}): Claim {
  return reachable === null ? null : Math.max(0, usable - reachable);
}

export function leavesEnough(slots: {
  readonly usable: number;
  readonly reachable: Claim;
}): boolean {
  return (freeSlots(slots) ?? 0) >= FREE_SLOTS_MIN;
}
