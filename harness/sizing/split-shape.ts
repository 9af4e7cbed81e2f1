import type { PoolShape } from '../../server/contract.ts';

/**
 * Splits what one process may open into size and overflow: two thirds kept, the rest for peaks
 * (6 → 4+2, 5 → 3+2). Any split of the same sum fits the same budget; this one keeps most
 * connections warm and gives some slots back at night. Without overflow all of it is size.
 *
 * @param perProcess at least 1
 */
export function splitShape(
  perProcess: number,
  { withOverflow }: { readonly withOverflow: boolean },
): PoolShape {
  const poolSize = withOverflow ? Math.max(1, Math.floor((perProcess * 2) / 3)) : perProcess;
  return { poolSize, maxOverflow: perProcess - poolSize };
}
