import { REFUSAL_REASONS, type RefusalReason } from '../../server/contract.ts';

/** PostgreSQL 16 reworded the refusal that ordinary roles meet first. */
const REWORDED_IN_MAJOR = 16;

/**
 * The own sentence of PostgreSQL or PgBouncer for each refusal, as people find it in their logs.
 *
 * @param postgresVersion `null` where it was not in sight: the words of today's versions
 */
export function refusalWord(reason: RefusalReason, postgresVersion: string | null): string {
  const old = postgresVersion !== null && Number.parseInt(postgresVersion, 10) < REWORDED_IN_MAJOR;
  switch (reason) {
    case 'all_slots':
      return 'sorry, too many clients already';
    case 'superuser_reserved':
      return old
        ? 'remaining connection slots are reserved for non-replication superuser connections'
        : 'remaining connection slots are reserved for roles with the SUPERUSER attribute';
    case 'reserved':
      return 'remaining connection slots are reserved for roles with privileges of the "pg_use_reserved_connections" role';
    case 'role_limit':
      return 'too many connections for role';
    case 'database_limit':
      return 'too many connections for database';
    case 'pooler_clients':
      return 'no more connections allowed (max_client_conn): by PgBouncer, whose clients are as many as it takes';
    case 'unknown':
      return 'refused with SQLSTATE 53300 in words this lab does not know';
  }
}

/** The refusals of one trial, most frequent first. */
export function refusalWords(
  byReason: Readonly<Partial<Record<RefusalReason, number>>>,
  postgresVersion: string | null,
): readonly { readonly count: number; readonly words: string }[] {
  return REFUSAL_REASONS.map((reason) => ({
    count: byReason[reason] ?? 0,
    words: refusalWord(reason, postgresVersion),
  }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}
