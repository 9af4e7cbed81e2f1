import type { RefusalReason } from '../../server/contract.ts';

/**
 * `ordinary`: neither of the others. `reserved`: member of `pg_use_reserved_connections`.
 * `superuser`: may take every slot, its own reserve included.
 */
export const ROLE_KINDS = ['ordinary', 'reserved', 'superuser'] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

export interface SlotSettings {
  readonly maxConnections: number;
  readonly superuserReserved: number;
  readonly reserved: number;
  /** Connections of everybody else: other services, migrations, psql, monitoring. */
  readonly others: number;
  readonly role: RoleKind;
}

/** Slots of `max_connections` that roles of this kind cannot get. */
export function withheldFrom({ role, superuserReserved, reserved }: SlotSettings): number {
  if (role === 'superuser') return 0;
  return role === 'reserved' ? superuserReserved : superuserReserved + reserved;
}

/**
 * `max_connections − withheld − others`, never below 0.
 *
 * PostgreSQL counts free slots, not who holds the others: a superuser's connection uses up an
 * ordinary slot too (measured on 18.4), so `others` are everybody's.
 */
export function usableSlots(settings: SlotSettings): number {
  return Math.max(0, settings.maxConnections - withheldFrom(settings) - settings.others);
}

/** Which of PostgreSQL's refusals (SQLSTATE 53300) the first connection that is too many meets. */
export function firstRefusal({ role, superuserReserved, reserved }: SlotSettings): RefusalReason {
  if (role === 'ordinary' && reserved > 0) return 'reserved';
  return role !== 'superuser' && superuserReserved > 0 ? 'superuser_reserved' : 'all_slots';
}
