import type { Cause, CauseOf } from '../../analysis/inspection/cause.ts';
import type { Observation } from '../../analysis/inspection/inspection.ts';
import { formatCount, plural } from '../format.ts';
import { namesText, sqlName, sqlText } from './inspected-names.ts';

/** The next step. Statements are for people to run: inspect runs none of them. */
export function causeAdvice(cause: Cause, observation: Observation): string {
  switch (cause.code) {
    case 'lock_pile_up':
      return lockPileUp(cause);
    case 'idle_in_transaction':
      return idleInTransaction(cause);
    case 'role_at_limit':
      return limitReached(`ALTER ROLE ${sqlName(cause.role)}`, cause, observation);
    case 'database_at_limit':
      return limitReached(`ALTER DATABASE ${sqlName(cause.database)}`, cause, observation);
    case 'storm':
      return 'Let it keep its connections: a pool in the application, or PgBouncer in transaction mode before PostgreSQL. Where it is refused: wait before trying again, longer each time and by chance.';
    case 'leak':
      return `${cause.certainty === 'possible' ? `Ask the pool of ${namesText(cause.holders)} how many connections are checked out. As many as here: a leak, look for the path that does not give one back. Few: the pool is too large.` : `Look in ${namesText(cause.holders)} for the path that does not give its connection back: an error, an early return, a client made for each call; or for a second process on that host.`} Until then: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle' AND state_change < now() - interval '${intervalText(cause.longIdleMs)}'${ofApplication(cause)}; a sound pool opens others when it needs them.`;
    case 'oversized_fleet':
      return `Make the pools of ${namesText(cause.holders)} smaller; pool-lab budget --max-connections ${observation.slots.maxConnections} with its replicas and workers says what fits, in a rolling deploy too. Where processes are many: PgBouncer in transaction mode.`;
    case 'busy':
      return 'Look at what they do (WAITS below, pg_stat_statements). More connections are more speed only where they wait for something that is not used up: pool-lab sweep measures it.';
    case 'unexplained':
      return observation.role.seesEverybody
        ? 'Look at HOLDERS, and look again: one of them may be wanted smaller.'
        : `Look as a role that sees what others do: GRANT pg_monitor TO ${sqlName(observation.role.name)}.`;
  }
}

function lockPileUp({ root }: CauseOf<'lock_pile_up'>): string {
  if (root === null) {
    return 'Fewer connections write to the same rows faster: make the pools smaller, and the transactions shorter.';
  }
  if (root.isPrepared) {
    return 'SELECT gid, owner, prepared FROM pg_prepared_xacts; then COMMIT PREPARED or ROLLBACK PREPARED it, as its owner meant.';
  }
  if (root.pid === null) return 'Look again: who holds it now may stay longer.';
  const next =
    root.state === 'idle_in_transaction'
      ? `SELECT pg_terminate_backend(${root.pid}) rolls its transaction back and lets all of them go on`
      : `It is at work. SELECT pg_cancel_backend(${root.pid}) ends its statement, pg_terminate_backend its session: what it did is rolled back, and all of them go on`;
  return `${next}. For next time: lock_timeout for those who wait, idle_in_transaction_session_timeout for who holds.`;
}

function idleInTransaction(cause: CauseOf<'idle_in_transaction'>): string {
  const role = cause.holders[0]?.role ?? null;
  const whose = role === null ? 'its role' : sqlName(role);
  return `Between BEGIN and COMMIT it does something else: a call to another service, a person, an error path that ends no transaction. Now: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND state_change < now() - interval '1 min'${ofApplication(cause)} rolls those back. For good: ALTER ROLE ${whose} SET idle_in_transaction_session_timeout = '1min'. A larger max_connections would be held as well.`;
}

function limitReached(
  alter: string,
  { limit }: { readonly limit: number },
  { slots }: Observation,
): string {
  const free = slots.left.ordinary;
  const raise =
    free === 0
      ? 'Raising it gains nothing: no slot is left.'
      : `${alter} CONNECTION LIMIT n; ${plural(free, 'slot')} ${free === 1 ? 'is' : 'are'} left.`;
  return `Make its pools fit into ${formatCount(limit)}, in a rolling deploy too. Or raise the limit: ${raise}`;
}

const intervalText = (ms: number): string => `${formatCount(ms / 60_000)} min`;

function ofApplication({ holders }: Pick<CauseOf<'leak'>, 'holders'>): string {
  const [first] = holders;
  return first === undefined ? '' : ` AND application_name = ${sqlText(first.application)}`;
}
