import { ScriptSyntaxError } from './source-place.ts';
import { type SqlToken, sqlTokens } from './sql-lexer.ts';

/** One statement as it stands in its file, from its first word on, without the semicolon. */
export interface StatementSource {
  readonly kind: 'statement';
  readonly start: number;
  /** Comments and spaces in between are tokens like any other; none at either end. */
  readonly tokens: readonly SqlToken[];
}

/** A line that begins with a backslash. */
export interface MetaSource {
  readonly kind: 'meta';
  /** Of the backslash. */
  readonly start: number;
  readonly end: number;
}

/**
 * Statements and backslash commands of a file, in their order and one by one: what follows the last one taken was not
 * looked at. The last statement may lack its semicolon, as in psql.
 *
 * @throws ScriptSyntaxError
 */
export function* splitScript(text: string): Generator<StatementSource | MetaSource> {
  let from = 0;
  while (from < text.length) {
    const read = readOne(text, from);
    if (read.source !== null) yield read.source;
    from = read.end;
  }
}

function readOne(
  text: string,
  from: number,
): { readonly source: StatementSource | MetaSource | null; readonly end: number } {
  const tokens: SqlToken[] = [];
  const nesting = new Nesting(text);
  for (const token of sqlTokens(text, from)) {
    if (token.kind === 'backslash') {
      const [first] = tokens;
      if (first !== undefined) throw amidst(token.start);
      const end = metaEnd(text, token.start);
      return { source: { kind: 'meta', start: token.start, end }, end };
    }
    if (token.kind === 'semicolon' && nesting.isOutside) {
      return { source: statementOf(tokens), end: token.end };
    }
    const isBlank = token.kind === 'space' || token.kind === 'comment';
    if (isBlank && tokens.length === 0) continue;
    nesting.pass(token);
    tokens.push(token);
  }
  return { source: statementOf(tokens), end: text.length };
}

function amidst(offset: number): ScriptSyntaxError {
  return new ScriptSyntaxError(
    offset,
    'has a backslash in the middle of a statement',
    'end the statement before it with ;, and begin a line with the command (of those, \\gset and its like are not known)',
  );
}

function statementOf(tokens: readonly SqlToken[]): StatementSource | null {
  const [first] = tokens;
  const last = tokens.findLastIndex(({ kind }) => kind !== 'space' && kind !== 'comment');
  if (first === undefined) return null;
  return { kind: 'statement', start: first.start, tokens: tokens.slice(0, last + 1) };
}

/** To the end of its line; a backslash there takes it on to the next one. */
function metaEnd(text: string, start: number): number {
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\n', at);
    if (lineEnd < 0) return text.length;
    if (!/\\\r?$/.test(text.slice(start + 1, lineEnd))) return lineEnd;
    at = lineEnd + 1;
  }
}

/**
 * Where a semicolon ends no statement: in parentheses (CREATE RULE), and in the body of a function in SQL's own
 * style, between BEGIN ATOMIC and its END. As psql counts them.
 */
class Nesting {
  readonly #text: string;
  readonly #words: string[] = [];
  #parentheses = 0;
  #blocks = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get isOutside(): boolean {
    return this.#parentheses === 0 && this.#blocks === 0;
  }

  pass(token: SqlToken): void {
    if (token.kind === 'open') this.#parentheses += 1;
    if (token.kind === 'close') this.#parentheses = Math.max(0, this.#parentheses - 1);
    if (token.kind !== 'word') return;
    const word = this.#text.slice(token.start, token.end).toLowerCase();
    if (this.#words.length < 4) this.#words.push(word);
    if (this.#parentheses > 0 || !this.#isRoutine()) return;
    if (word === 'begin' || (word === 'case' && this.#blocks > 0)) this.#blocks += 1;
    if (word === 'end') this.#blocks = Math.max(0, this.#blocks - 1);
  }

  #isRoutine(): boolean {
    return /^create (?:or replace )?(?:function|procedure)\b/.test(this.#words.join(' '));
  }
}
