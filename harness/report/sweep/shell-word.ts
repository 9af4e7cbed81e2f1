const HARMLESS = /^[\w@%+=:,./-]+$/;

/** A text as one word of a POSIX shell, quoted where it must be. */
export function shellWord(text: string): string {
  if (HARMLESS.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
