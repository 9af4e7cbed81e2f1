import { LIMITS } from '../../server/contract.ts';
import type { Problem } from './option-table.ts';

/** The lab's own connection beside the API's. */
const MONITOR_CONNECTIONS = 1;

/** More connections of one worker than there may be. */
export function shapeProblems(
  { poolSize, maxOverflow }: { readonly poolSize: number; readonly maxOverflow: number },
  sources: { readonly poolSize: string; readonly maxOverflow: string },
): readonly Problem[] {
  const most = poolSize + maxOverflow;
  if (most <= LIMITS.poolConnectionsMax) return [];
  return [
    {
      field: '--pool-size + --max-overflow',
      value: `${poolSize} + ${maxOverflow}`,
      source: `${sources.poolSize}, ${sources.maxOverflow}`,
      problem: `is ${most} connections a worker, above ${LIMITS.poolConnectionsMax}`,
      remedy: `keep their sum at ${LIMITS.poolConnectionsMax} or less`,
    },
  ];
}

/** A PostgreSQL on which nothing is left for the API. */
export function slotProblems(
  values: {
    readonly maxConnections: number;
    readonly superuserReserved: number;
    readonly reserved: number;
  },
  sources: { readonly maxConnections: string },
): readonly Problem[] {
  const reserved = values.superuserReserved + values.reserved;
  const left = values.maxConnections - reserved;
  if (left > MONITOR_CONNECTIONS) return [];
  return [
    {
      field: '--max-connections',
      value: String(values.maxConnections),
      source: sources.maxConnections,
      problem:
        left <= 0
          ? `is all reserved (--superuser-reserved ${values.superuserReserved} + --reserved ${values.reserved})`
          : `leaves no connection for the API: ${reserved} reserved, 1 this lab's monitor`,
      remedy: `give ${reserved + MONITOR_CONNECTIONS + 1} or more, or reserve less`,
    },
  ];
}
