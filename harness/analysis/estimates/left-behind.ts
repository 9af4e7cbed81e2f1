import type { DatabaseFaultKind } from '../../plan/database-fault.ts';

/** What these cut off, PostgreSQL goes on with for a while, or until the network of the trial is gone. */
const CUTTING: readonly DatabaseFaultKind[] = ['reset', 'blackhole'];

/** How many times what a load can open PostgreSQL may have, with what these faults leave behind. */
export function timesOpened(faults: readonly { readonly kind: DatabaseFaultKind }[]): number {
  return 1 + faults.filter(({ kind }) => CUTTING.includes(kind)).length;
}
