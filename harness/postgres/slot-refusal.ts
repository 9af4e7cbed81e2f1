import type { DatabaseConfig, RefusalReason } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';

/** Without a pooler's own: that one has no SQLSTATE 53300, and nothing to do with slots. */
type SlotRefusalReason = Exclude<RefusalReason, 'pooler_clients'>;

/**
 * Which of PostgreSQL's refusals with SQLSTATE 53300 this is, in the words of version 14 to 18; the ones
 * about reserved slots come after authentication, "too many clients" before it.
 */
export function slotRefusalReason(message: string): SlotRefusalReason {
  if (message.includes('too many clients already')) return 'all_slots';
  if (/reserved for .*superuser/i.test(message)) return 'superuser_reserved';
  if (message.includes('reserved for roles with privileges of')) return 'reserved';
  if (message.includes('too many connections for role')) return 'role_limit';
  if (message.includes('too many connections for database')) return 'database_limit';
  return 'unknown';
}

interface Refusal {
  /** For whom there is a slot, and for whom not. */
  readonly means: string;
  readonly next: string;
}

const REFUSALS: Readonly<
  Record<SlotRefusalReason, (asked: Pick<DatabaseConfig, 'user' | 'database'>) => Refusal>
> = {
  all_slots: () => ({
    means:
      'every slot of max_connections is taken, those reserved for superusers too: nobody can connect now, whatever the role',
    next: 'try again: in a storm slots are free for moments; otherwise stop an application that has connections, or end a session by its process on the server (kill -TERM, never -9), then look again',
  }),
  superuser_reserved: ({ user }) => ({
    means: `only the slots of superuser_reserved_connections are left: superusers still get one, "${user}" and all applications do not`,
    next: 'give the address of a superuser in DATABASE_URL: it gets a slot, and `pool-lab inspect` says with it who has the others',
  }),
  reserved: ({ user }) => ({
    means: `only the slots of reserved_connections are left: roles with pg_use_reserved_connections and superusers still get one, "${user}" and all applications do not`,
    next: 'give the address of such a role in DATABASE_URL; for next time: GRANT pg_use_reserved_connections, pg_monitor TO a role for monitoring',
  }),
  role_limit: ({ user }) => ({
    means: `the role "${user}" has as many connections as it may (its CONNECTION LIMIT); slots may be free, and other roles get them`,
    next: 'give the address of another role in DATABASE_URL: it sees who has them; superusers have no such limit',
  }),
  database_limit: ({ database }) => ({
    means: `the database "${database}" has as many connections as it may (its CONNECTION LIMIT); slots may be free, and other databases give them`,
    next: 'name another database in DATABASE_URL, e.g. postgres: from each the whole server is seen; superusers have no such limit',
  }),
  unknown: () => ({
    means: 'PostgreSQL, or what stands before it, has no connection left, in words not known here',
    next: 'give the address of PostgreSQL itself and of a superuser in DATABASE_URL',
  }),
};

/** The refusal is the answer: what it means, and who still gets a slot. */
export function explainSlotRefusal(
  said: string,
  { host, port, user, database }: Omit<DatabaseConfig, 'password'>,
  cause: unknown,
): LabError {
  const { means, next } = REFUSALS[slotRefusalReason(said)]({ user, database });
  return new LabError('NO_SLOT_FOR_MONITOR', {
    message: `NO SLOT at ${host}:${port} for "${user}": ${means} (53300: ${said})`,
    hint: next,
    cause,
  });
}
