import type { ErrorClass } from '../../../server/contract.ts';
import { knownFailure } from '../../known-failures.ts';
import type { Answer } from './answer.ts';

/** PostgreSQL's own sentences, and two clients' of a connection that broke; none means anything else elsewhere. */
const CLASSES: readonly (readonly [RegExp, ErrorClass])[] = [
  [/deadlock detected/, 'deadlock'],
  [/canceling statement due to statement timeout/, 'statement_timeout'],
  [/canceling statement due to lock timeout|could not obtain lock on/, 'lock_timeout'],
  [/terminating connection due to (?:idle-in-transaction|transaction) timeout/, 'tx_timeout'],
  [/password authentication failed for user/, 'db_auth'],
  [
    /the database system is (?:starting up|shutting down|in recovery mode)|query_wait_timeout/,
    'db_unavailable',
  ],
  [
    /terminating connection due to administrator command|server closed the connection unexpectedly/,
    'conn_lost',
  ],
  [
    /Connection terminated unexpectedly|connection was closed in the middle of operation/,
    'conn_lost',
  ],
];

/**
 * The failure that a text tells of; `null` where nothing in it is known. A text that tells of several, as a stack
 * trace does, is taken for its cause: a pool that gave up because PostgreSQL refused it tells of the refusal.
 */
export function failureInWords(text: string): Pick<Answer, 'errorClass' | 'refusalReason'> | null {
  const known = knownFailure(text);
  switch (known?.kind) {
    case 'refused':
      return { errorClass: 'too_many_connections', refusalReason: known.reason };
    case 'pool_timeout':
      return { errorClass: 'pool_timeout', refusalReason: null };
    case undefined: {
      const found = CLASSES.find(([words]) => words.test(text));
      return found === undefined ? null : { errorClass: found[1], refusalReason: null };
    }
  }
}
