import { type Judgement, lost, refused } from './judgement.ts';
import { notAcceptingReason, refusalReason } from './postgres-words.ts';

/**
 * What PgBouncer means by an answer with 08P01, its code for everything; the text is all there is. Texts of
 * 1.12 to 1.25, from `client.c`, `janitor.c`, `objects.c` and `server.c`. What PostgreSQL told it at a login it
 * passes on as a text of its own, from 1.21 on with PostgreSQL's code; why it has no connection now it tells
 * by the last such text (`cached error`), or, before 1.21, not at all.
 */
export function judgePoolerMessage(message: string): Judgement | undefined {
  const reason = refusalReason(message);
  // PostgreSQL's words: no slot, also where they are repeated for `server_login_retry`, 15 s.
  if (reason !== undefined) return refused(reason);
  return POOLER_WORDS.find(([words]) => words.test(message))?.[1](message);
}

const meaning =
  (judgement: Judgement): ((message: string) => Judgement) =>
  () =>
    judgement;

/** The first that matches; of a cached error it is the cause that counts, so that causes come first. */
const POOLER_WORDS: readonly (readonly [RegExp, (message: string) => Judgement])[] = [
  // Its own limits of clients: PostgreSQL has slots, and nobody asked it for one.
  [/no more connections allowed|client connections exceeded/, meaning(refused('pooler_clients'))],
  [/\bauth(entication)? failed|no such user|not permitted to log in/, meaning(lost('db_auth'))],
  [/permission denied for database/, meaning(lost('db_auth', 'no_connect_privilege'))],
  [
    /no such database|database "[^"]*" does not exist|database does not exist/,
    meaning(lost('db_unavailable', 'no_such_database')),
  ],
  [/the database system is/, (message) => lost('db_unavailable', notAcceptingReason(message))],
  [/server login has been failing/, meaning(lost('db_unavailable', 'pooler_login_failing'))],
  [/client_login_timeout/, meaning(lost('db_unavailable', 'pooler_login_timeout'))],
  [/query_wait_timeout/, meaning(lost('db_unavailable', 'pooler_wait_timeout'))],
  [/unsupported startup parameter/i, meaning(lost('db_unavailable', 'pooler_startup_parameter'))],
  [
    /connect failed|connect timeout|DNS lookup failed/,
    meaning(lost('db_unavailable', 'pooler_connect')),
  ],
  [/query[_ ]timeout/, meaning(lost('statement_timeout', 'pooler_query_timeout'))],
  [/idle transaction timeout/, meaning(lost('tx_timeout', 'pooler_idle_transaction'))],
  [/transaction timeout/, meaning(lost('tx_timeout', 'pooler_transaction'))],
  [/server (conn crashed|closed|disconnected)/i, meaning(lost('conn_lost', 'pooler_server_lost'))],
  [/shut(ting)? ?down|suspended/, meaning(lost('db_unavailable', 'shutting_down'))],
];
