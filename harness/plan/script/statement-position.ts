import { placeOf, type SourcePlace } from './source-place.ts';
import type { StatementSource } from './statement-splitter.ts';

/**
 * Where in the file something is that PostgreSQL names by its place in a statement: there variables are `$1` and on,
 * which are not as long as their names.
 *
 * @param position in characters, from 1
 */
export function placeInStatement(
  text: string,
  { start, tokens }: StatementSource,
  position: number,
): SourcePlace {
  let left = position - 1;
  let variables = 0;
  for (const token of tokens) {
    const source = text.slice(token.start, token.end);
    if (token.kind === 'variable') variables += 1;
    const sent = [...(token.kind === 'variable' ? `$${variables}` : source)];
    if (left < sent.length) {
      const within = token.kind === 'variable' ? 0 : sent.slice(0, left).join('').length;
      return placeOf(text, token.start + within);
    }
    left -= sent.length;
  }
  return placeOf(text, start);
}
