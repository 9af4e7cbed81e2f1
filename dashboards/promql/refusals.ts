import {
  CONNECT_ERROR_OF_REFUSAL,
  type ErrorClass,
  POOLER_REFUSAL,
  POSTGRES_REFUSALS,
} from '../../server/contract.ts';

const REFUSED_CLASS = 'too_many_connections' satisfies ErrorClass;

/*
 * Which of the connections that could not be opened were refused, and by whom. By the reason, since the SQLSTATE
 * tells it only where nothing stands between: PgBouncer has 08P01 for its own refusals, and before 1.21
 * for those that it passes on.
 */

/** PostgreSQL had no slot: for anybody, for this role or for this database. */
export const REFUSED_BY_POSTGRES = `reason=~"${POSTGRES_REFUSALS.join('|')}"`;

/** PgBouncer has as many clients as it takes; PostgreSQL was not asked. */
export const REFUSED_BY_POOLER = `reason="${CONNECT_ERROR_OF_REFUSAL[POOLER_REFUSAL]}"`;

/**
 * Requests that failed because PostgreSQL had no slot. Behind PgBouncer a connection is opened and refused no
 * more: it is the first statement that is told, from 1.21 on with PostgreSQL's words.
 */
export const REQUESTS_REFUSED_BY_POSTGRES = `class="${REFUSED_CLASS}", reason!="${POOLER_REFUSAL}"`;
