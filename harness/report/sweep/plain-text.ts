/** Longer texts of strangers are cut: one of them must not push everything else off the screen. */
const LENGTH_MAX = 400;

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;
/** Marks that turn the direction of what follows, and others nobody sees. */
const INVISIBLE = /[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/**
 * A command to be copied. It is never cut, and a quoted line break stays one; what else would move the
 * cursor, or the text, of a terminal is shown as a replacement character.
 */
export function commandText(line: string): string {
  return line
    .toWellFormed()
    .split('\n')
    .map((part) => part.replace(CONTROLS, '\ufffd').replace(INVISIBLE, '\ufffd'))
    .join('\n');
}

/**
 * A text that somebody else wrote (a path, an error message, a setting) as one line of a report: a
 * terminal obeys escape sequences, XML has no control characters, and a table ends with its line.
 */
export function plainText(text: string): string {
  const line = text
    .toWellFormed()
    .replace(/[\t\n\r\u2028\u2029]+/g, ' ')
    .replace(CONTROLS, '\ufffd')
    .replace(INVISIBLE, '\ufffd')
    .trim();
  const characters = line.length <= LENGTH_MAX ? null : [...line];
  if (characters === null || characters.length <= LENGTH_MAX) return line;
  return `${characters.slice(0, LENGTH_MAX).join('')} … (${characters.length - LENGTH_MAX} more characters)`;
}
