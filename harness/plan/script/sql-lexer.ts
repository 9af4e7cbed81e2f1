import { ScriptSyntaxError } from './source-place.ts';

/**
 * What PostgreSQL's own scanner tells apart, as far as it decides where a statement ends and what in it is a variable
 * (src/backend/parser/scan.l and src/fe_utils/psqlscan.l, with standard_conforming_strings on).
 */
export interface SqlToken {
  readonly kind:
    | 'space'
    | 'comment'
    /** In quotes of any kind, dollars among them. */
    | 'quoted'
    | 'word'
    /** `:name` */
    | 'variable'
    /** `$1` */
    | 'parameter'
    | 'semicolon'
    | 'backslash'
    | 'open'
    | 'close'
    | 'other';
  readonly start: number;
  readonly end: number;
}

const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]*/y;
const SPACE = /[ \t\n\r\f\v]+/y;
const NUMBER = /\d[\w.]*/y;
const PARAMETER = /\$\d+/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const VARIABLE = /:[A-Za-z_][A-Za-z0-9_]*/y;
const LINE_COMMENT = /--[^\n\r]*/y;
/** A string goes on behind a line break, in the way in which it began. */
const CONTINUED = /[ \t\f\v]*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;

/** @throws ScriptSyntaxError where a quote or a comment has no end */
export function* sqlTokens(text: string, from = 0): Generator<SqlToken> {
  let at = from;
  while (at < text.length) {
    const token = tokenAt(text, at);
    yield token;
    at = token.end;
  }
}

function tokenAt(text: string, start: number): SqlToken {
  const token = (kind: SqlToken['kind'], end: number): SqlToken => ({ kind, start, end });
  const matched = (pattern: RegExp): number | null => {
    pattern.lastIndex = start;
    return pattern.test(text) ? pattern.lastIndex : null;
  };
  const char = text.charAt(start);
  const two = text.slice(start, start + 2);
  const space = matched(SPACE);
  if (space !== null) return token('space', space);
  if (two === '--') return token('comment', matched(LINE_COMMENT) ?? text.length);
  if (two === '/*') return token('comment', blockCommentEnd(text, start));
  if (char === "'") return token('quoted', stringEnd(text, start, start, false));
  if (char === '"') return token('quoted', identifierEnd(text, start, start));
  const prefixed = /^(?:([eE])|[bBxXnN]|[uU]&)'/.exec(text.slice(start, start + 3));
  if (prefixed !== null) {
    const quote = start + prefixed[0].length - 1;
    return token('quoted', stringEnd(text, start, quote, prefixed[1] !== undefined));
  }
  if (/^[uU]&"/.test(text.slice(start, start + 3))) {
    return token('quoted', identifierEnd(text, start, start + 2));
  }
  if (WORD_START.test(char)) return token('word', matched(WORD) ?? start + 1);
  const number = matched(NUMBER);
  if (number !== null) return token('other', number);
  if (char === '$') {
    const parameter = matched(PARAMETER);
    if (parameter !== null) return token('parameter', parameter);
    const tagEnd = matched(DOLLAR_TAG);
    if (tagEnd === null) return token('other', start + 1);
    return token('quoted', dollarEnd(text, start, tagEnd));
  }
  // A cast, and a named argument: two characters that belong together.
  if (two === '::' || two === ':=') return token('other', start + 2);
  const variable = matched(VARIABLE);
  if (variable !== null) return token('variable', variable);
  const kind = SINGLE.get(char);
  return token(kind ?? 'other', start + 1);
}

const SINGLE: ReadonlyMap<string, SqlToken['kind']> = new Map([
  [';', 'semicolon'],
  ['\\', 'backslash'],
  ['(', 'open'],
  [')', 'close'],
]);

/** @param start of the token, which is what has no end where the quote has none */
function stringEnd(text: string, start: number, quote: number, escapes: boolean): number {
  let at = quote + 1;
  for (;;) {
    const char = text.charAt(at);
    if (char === '') throw unterminated(start, 'a string');
    if (escapes && char === '\\') {
      at += 2;
    } else if (char !== "'") {
      at += 1;
    } else if (text.charAt(at + 1) === "'") {
      at += 2;
    } else {
      CONTINUED.lastIndex = at + 1;
      if (!CONTINUED.test(text)) return at + 1;
      at = CONTINUED.lastIndex;
    }
  }
}

function identifierEnd(text: string, start: number, quote: number): number {
  for (let at = quote + 1; ; ) {
    const end = text.indexOf('"', at);
    if (end < 0) throw unterminated(start, 'a quoted name');
    if (text.charAt(end + 1) !== '"') return end + 1;
    at = end + 2;
  }
}

function dollarEnd(text: string, start: number, tagEnd: number): number {
  const tag = text.slice(start, tagEnd);
  const end = text.indexOf(tag, tagEnd);
  if (end < 0) throw unterminated(start, `a string in ${tag}`);
  return end + tag.length;
}

/** They nest, unlike in C. */
function blockCommentEnd(text: string, start: number): number {
  const mark = /\/\*|\*\//g;
  mark.lastIndex = start + 2;
  for (let depth = 1; ; ) {
    const found = mark.exec(text);
    if (found === null) throw unterminated(start, 'a comment');
    depth += found[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
}

function unterminated(start: number, what: string): ScriptSyntaxError {
  return new ScriptSyntaxError(start, `begins ${what} that has no end`, 'end it');
}
