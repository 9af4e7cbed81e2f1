import type { SCRIPT_TRANSACTION_ROLES } from '../../../server/contract.ts';

export type TransactionRole = (typeof SCRIPT_TRANSACTION_ROLES)[number];

export interface Refusal {
  readonly problem: string;
  readonly remedy: string;
}

/** @param words of the statement in lower case, names in quotes without their quotes */
export function transactionRole(words: readonly string[]): TransactionRole {
  const [first = '', ...rest] = words;
  const [second] = rest.filter((word) => word !== 'work' && word !== 'transaction');
  // The next transaction begins at once: nothing changes for who counts them.
  const isChained = rest.includes('chain') && !rest.includes('no');
  switch (first) {
    case 'begin':
      return 'begin';
    case 'start':
      return rest[0] === 'transaction' ? 'begin' : 'none';
    case 'commit':
    case 'end':
      return isChained || second === 'prepared' ? 'none' : 'commit';
    case 'rollback':
    case 'abort':
      return isChained || second === 'prepared' || second === 'to' ? 'none' : 'rollback';
    default:
      return 'none';
  }
}

/** Statements that read; what writes under them (WITH, EXPLAIN ANALYZE, functions) the role may not. */
const READING: ReadonlySet<string> = new Set([
  ...['select', 'with', 'table', 'values', 'show', 'explain'],
  ...['begin', 'start', 'commit', 'end', 'rollback', 'abort', 'savepoint', 'release'],
  ...['declare', 'fetch', 'move', 'close', 'set', 'reset', 'lock'],
]);

/** What PostgreSQL would let the role set, and what the lab promises of every statement. */
const OWN_SETTINGS: ReadonlyMap<string, string> = new Map([
  ['statement_timeout', 'give --statement-timeout'],
  ['default_transaction_read_only', 'give --allow-writes where a script is to write'],
  ['transaction_read_only', 'give --allow-writes where a script is to write'],
  ['role', 'leave it out: every script runs in one role'],
  ['session_authorization', 'leave it out: every script runs in one role'],
]);

/**
 * Why a statement is not run at all. It is for who wrote the script to know early: what keeps a statement from
 * writing are the rights of its role.
 */
export function refusalOf(
  words: readonly string[],
  { allowWrites }: { readonly allowWrites: boolean },
): Refusal | null {
  const [first = ''] = words;
  const always = ALWAYS.get(first);
  if (always !== undefined) return always;
  if (first === 'set' || first === 'reset') {
    const refusal = settingRefusal(words);
    if (refusal !== null) return refusal;
  }
  if (words[1] === 'prepared') return TWO_PHASES;
  if (allowWrites) return null;
  if (READING.has(first)) return asksToWrite(words) ? READ_WRITE : null;
  return {
    problem: `is ${first.toUpperCase()}, which does not only read`,
    remedy: 'give --allow-writes: the lab runs SQL of yours read-only otherwise',
  };
}

const PREPARES_ITSELF = 'leave it out: every statement of a script is prepared once a connection';
const TWO_PHASES: Refusal = {
  problem: 'is of a transaction in two phases',
  remedy: 'write BEGIN and COMMIT: a script is one request on one connection',
};
const READ_WRITE: Refusal = {
  problem: 'asks for a transaction that writes',
  remedy: 'give --allow-writes, or leave READ WRITE out',
};

const ALWAYS: ReadonlyMap<string, Refusal> = new Map([
  [
    'copy',
    {
      problem: 'is COPY, which needs data of its client or a file of the server',
      remedy: 'write INSERT or SELECT',
    },
  ],
  ...['execute', 'deallocate', 'discard'].map((word): [string, Refusal] => [
    word,
    {
      problem: `is ${word.toUpperCase()}, and the lab's own prepared statements are on that connection`,
      remedy: PREPARES_ITSELF,
    },
  ]),
  [
    'prepare',
    { problem: 'is PREPARE, which a second request would find done', remedy: PREPARES_ITSELF },
  ],
  ['listen', { problem: 'is LISTEN, which nobody here hears', remedy: 'leave it out' }],
]);

function settingRefusal(words: readonly string[]): Refusal | null {
  const named = words.slice(1).filter((word) => word !== 'local');
  const [first = '', second = ''] = named;
  if (words[0] === 'reset' && first === 'all') {
    return { problem: 'is RESET ALL', remedy: 'reset what the script has set, by its name' };
  }
  const name =
    first === 'session' ? (second === 'authorization' ? 'session_authorization' : second) : first;
  const remedy = OWN_SETTINGS.get(name);
  return remedy === undefined
    ? null
    : { problem: `sets ${name}, which is the lab's to set`, remedy };
}

function asksToWrite(words: readonly string[]): boolean {
  const [first = ''] = words;
  if (!['begin', 'start', 'set'].includes(first)) return false;
  return words.some((word, index) => word === 'read' && words[index + 1] === 'write');
}
