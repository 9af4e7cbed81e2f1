import {
  CONNECT_ERROR_OF_REFUSAL,
  POOLER_REFUSAL,
  REFUSAL_REASONS,
} from '../../server/contract.ts';

/**
 * Which of the connections that could not be opened were refused, and by whom. By the reason, since the SQLSTATE
 * tells it only where nothing stands between: PgBouncer has 08P01 for its own refusals, and before 1.21
 * for those that it passes on.
 */
const byPostgres = REFUSAL_REASONS.filter((reason) => reason !== POOLER_REFUSAL);

/** PostgreSQL had no slot: for anybody, for this role or for this database. */
export const REFUSED_BY_POSTGRES = `reason=~"${byPostgres.map((reason) => CONNECT_ERROR_OF_REFUSAL[reason]).join('|')}"`;

/** PgBouncer has as many clients as it takes; PostgreSQL was not asked. */
export const REFUSED_BY_POOLER = `reason="${CONNECT_ERROR_OF_REFUSAL[POOLER_REFUSAL]}"`;
