/** The only importer of shell-quote. */
import { parse } from 'shell-quote';

export type CommandWords =
  | { readonly ok: true; readonly words: readonly string[] }
  | { readonly ok: false; readonly problem: string };

/**
 * The words of a command line as a shell would split them, with its quotes, and without anything a shell would do: what
 * only a shell can do, variables outside of single quotes included, is named.
 */
export function commandWords(line: string): CommandWords {
  const variables: string[] = [];
  const parts = parse(line, (name) => {
    variables.push(name);
    return '';
  });
  const [variable] = variables;
  if (variable !== undefined) return { ok: false, problem: `needs a shell for $${variable}` };
  const words: string[] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      words.push(part);
    } else if ('comment' in part) {
      return { ok: false, problem: 'has a comment' };
    } else if (part.op === 'glob') {
      words.push(part.pattern);
    } else {
      return { ok: false, problem: `needs a shell for ${part.op}` };
    }
  }
  return { ok: true, words };
}
