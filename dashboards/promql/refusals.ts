import {
  CONNECT_ERROR_OF_REFUSAL,
  POOLER_REFUSAL,
  POSTGRES_REFUSALS,
} from '../../server/contract.ts';

/*
 * Which of the connections that could not be opened were refused, and by whom. By the reason, since the SQLSTATE
 * tells it only where nothing stands between: PgBouncer has 08P01 for its own refusals, and before 1.21
 * for those that it passes on.
 */

/** PostgreSQL had no slot: for anybody, for this role or for this database. */
export const REFUSED_BY_POSTGRES = `reason=~"${POSTGRES_REFUSALS.join('|')}"`;

/** PgBouncer has as many clients as it takes; PostgreSQL was not asked. */
export const REFUSED_BY_POOLER = `reason="${CONNECT_ERROR_OF_REFUSAL[POOLER_REFUSAL]}"`;
