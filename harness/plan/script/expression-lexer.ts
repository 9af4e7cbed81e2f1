import { ScriptSyntaxError } from './source-place.ts';

export interface ExpressionToken {
  readonly kind: 'integer' | 'double' | 'variable' | 'word' | 'symbol';
  /** Words in lower case. */
  readonly text: string;
  /** Where in the file. */
  readonly at: number;
}

const TOKEN =
  /(?<space>(?:[ \t\r\f\v\n]|\\\r?\n)+)|(?<double>(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+)|(?<integer>\d+)|(?<variable>:[A-Za-z_]\w*)|(?<word>[A-Za-z_]\w*)|(?<symbol><>|!=|<=|>=|<<|>>|[-+*/%=<>&|#~(),])/y;

/** @param offset where in the file `text` begins */
export function expressionTokens(text: string, offset: number): readonly ExpressionToken[] {
  const tokens: ExpressionToken[] = [];
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (groups === undefined) {
      throw new ScriptSyntaxError(
        offset + at,
        `has ${JSON.stringify([...text.slice(at)][0])}, which no expression has`,
        'leave it out; strings are not known, write them into the SQL',
      );
    }
    for (const kind of KINDS) {
      const found = groups[kind];
      if (found !== undefined) {
        tokens.push({ kind, text: kind === 'word' ? found.toLowerCase() : found, at: offset + at });
      }
    }
  }
  return tokens;
}

const KINDS = ['integer', 'double', 'variable', 'word', 'symbol'] as const;
