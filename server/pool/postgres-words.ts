import type { RefusalReason } from '../contract.ts';

/**
 * Wordings from PostgreSQL 9.6 to 18; those about the reserve come after authentication, "too many
 * clients" before it. Source: `src/backend/utils/init/postinit.c` and `storage/lmgr/proc.c`.
 */
export function refusalReason(message: string): RefusalReason | undefined {
  if (message.includes('too many clients already')) return 'all_slots';
  if (/reserved for .*superuser/i.test(message)) return 'superuser_reserved';
  if (message.includes('connection limit exceeded for non-superusers')) return 'superuser_reserved';
  if (/reserved for roles with privileges of/.test(message)) return 'reserved';
  if (message.includes('too many connections for role')) return 'role_limit';
  if (message.includes('too many connections for database')) return 'database_limit';
  return undefined;
}

export function notAcceptingReason(message: string): string {
  if (message.includes('starting up')) return 'starting_up';
  if (message.includes('shutting down')) return 'shutting_down';
  if (message.includes('recovery')) return 'in_recovery';
  return 'not_accepting';
}
