import type { Paint } from './paint.ts';
import { commandText } from './sweep/plain-text.ts';

const TAB_TEXT = '    ';

/**
 * What is told of an error on a terminal. Its message may quote anybody: a plan, a lock or a setting of a
 * directory that somebody sent, and a terminal obeys escape sequences. Lines stay lines.
 */
export function errorText(
  { message, hint }: { readonly message: string; readonly hint: string },
  { red }: Pick<Paint, 'red'>,
): string {
  return `${red(harmless(message))}\n→ ${harmless(hint)}\n`;
}

/** The text without anything that a terminal would obey. */
export function harmless(text: string): string {
  return commandText(text.replaceAll('\t', TAB_TEXT));
}
