import type { Client } from 'pg';
import type { LabError } from '../lab-error.ts';
import { placeOf, ScriptSyntaxError, type SourcePlace } from '../plan/script/source-place.ts';
import { type StatementSource, splitScript } from '../plan/script/statement-splitter.ts';
import { type SaidBySql, saidBySql, sqlFailure } from './sql-failure.ts';

export interface DataFile {
  readonly path: string;
  readonly text: string;
}

/** psql's, with which pg_dump frames what it writes; they only guard against other commands. */
const FRAME = /^\\(?:un)?restrict\b/;

/**
 * Runs all statements of a file in one transaction, whatever BEGIN and COMMIT stand in it.
 *
 * @throws LabError SQL_FAILED with the place in the file; what is no answer of PostgreSQL as it is
 */
export async function runDataFile(client: Client, file: DataFile): Promise<void> {
  await client.query('BEGIN');
  try {
    for (const source of readable(file)) {
      const statement = file.text.slice(source.start, source.tokens.at(-1)?.end);
      const words = leadingWords(statement);
      if (isTransactionFrame(words)) continue;
      const refusal = refusalOf(words);
      if (refusal !== null) {
        throw failed(file, source.start, { ...NOT_SAID, message: refusal.problem }, refusal.remedy);
      }
      await run(client, { file, source, statement });
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    const said = saidBySql(error);
    // Of a constraint that is looked at by the end only.
    if (said === null) throw error;
    throw sqlFailure({ file: file.path, at: placeOf(file.text, file.text.length) }, said, REMEDY);
  }
}

const NOT_SAID = { sqlstate: null, detail: null, hint: null } as const;
const REMEDY = 'change the file: nothing of it was kept, and nothing was measured';

/** Backslash commands are psql's: without it they mean nothing. */
function* readable(file: DataFile): Generator<StatementSource> {
  const { text } = file;
  try {
    for (const source of splitScript(text)) {
      if (source.kind === 'statement') yield source;
      else if (!FRAME.test(text.slice(source.start, source.end))) {
        throw new ScriptSyntaxError(
          source.start,
          `is ${JSON.stringify(text.slice(source.start, source.end).trim().slice(0, 40))}, a command of psql's`,
          'leave it out: the file is run without psql',
        );
      }
    }
  } catch (error) {
    if (!(error instanceof ScriptSyntaxError)) throw error;
    throw failed(file, error.offset, { ...NOT_SAID, message: error.message }, error.remedy);
  }
}

async function run(
  client: Client,
  {
    file,
    source,
    statement,
  }: { readonly file: DataFile; readonly source: StatementSource; readonly statement: string },
): Promise<void> {
  try {
    await client.query(statement);
  } catch (error) {
    const said = saidBySql(error);
    if (said === null) throw error;
    const before = [...statement].slice(0, Math.max(0, (said.position ?? 1) - 1)).join('');
    throw failed(file, source.start + before.length, said, remedyOf(said));
  }
}

function failed(file: DataFile, offset: number, said: SaidBySql, remedy: string): LabError {
  const at: SourcePlace = placeOf(file.text, offset);
  return sqlFailure({ file: file.path, at }, said, remedy);
}

const UNDEFINED_OBJECT = '42704';
const NO_PRIVILEGE = '42501';
const UNDEFINED_TABLE = '42P01';

function remedyOf({ sqlstate, message }: SaidBySql): string {
  if (sqlstate === UNDEFINED_OBJECT && message.startsWith('role ')) {
    return 'leave roles out of the file: the lab gives the rights; pg_dump --no-owner --no-privileges writes none';
  }
  if (sqlstate === UNDEFINED_TABLE) {
    return 'make the table before it, in this file or in that of --sql-schema, which is run before --sql-seed';
  }
  if (sqlstate === NO_PRIVILEGE) {
    return 'leave that out: the file is run by an ordinary role, which owns what it makes';
  }
  return REMEDY;
}

/** In lower case; enough to know a statement by. */
function leadingWords(statement: string): readonly string[] {
  return statement.slice(0, 4_096).toLowerCase().split(/\s+/);
}

function isTransactionFrame([first = '', second = '']: readonly string[]): boolean {
  if (first === 'start') return second === 'transaction';
  return ['begin', 'commit', 'end'].includes(first) && second !== 'prepared';
}

function refusalOf(
  words: readonly string[],
): { readonly problem: string; readonly remedy: string } | null {
  const [first = '', second = ''] = words;
  if (
    first === 'copy' &&
    words.some((word, index) => word === 'from' && words[index + 1] === 'stdin')
  ) {
    return {
      problem: 'is COPY FROM STDIN, whose data psql would send',
      remedy: 'write INSERT: pg_dump --inserts does',
    };
  }
  if ((first === 'rollback' || first === 'abort') && second !== 'to') {
    return {
      problem: `is ${first.toUpperCase()}, and the file is one transaction`,
      remedy: 'leave it out',
    };
  }
  return null;
}
