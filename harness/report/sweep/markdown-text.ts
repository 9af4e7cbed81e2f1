import { plainText } from './plain-text.ts';

/** What Markdown, HTML in it, or GitHub's own extensions (mentions, references, formulas) would read. */
const SPECIAL = /[\\`*_{}[\]<>&#~!|@$^]/g;

/** A text to be shown as it stands and to do nothing; those of strangers are cut before. */
export function markdownText(text: string): string {
  return (
    withoutControls(text)
      .replace(SPECIAL, (character) => `&#${character.codePointAt(0) ?? 0};`)
      // GitHub looks for names and numbers when the entities are characters again: an invisible space parts them.
      .replace(/(&#(?:64|35);)(?=[\w-])/g, '$1&#8203;')
      // Addresses would become links.
      .replaceAll('://', ':&#47;&#47;')
      .replace(/www\./gi, (match) => `${match.slice(0, -1)}&#46;`)
  );
}

/** Lines as they stand, without controls already, in a fence that none of them can end. */
export function fenced(lines: readonly string[]): string {
  const text = lines.join('\n');
  const longest = [...text.matchAll(/`+/g)].reduce((most, [run]) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

/** A text of strangers: as much of it as has room, shown as it stands. */
export function foreignMarkdown(text: string): string {
  return markdownText(plainText(text));
}

function withoutControls(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not get out
  return line.toWellFormed().replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd');
}

/** A table whose cells are Markdown already; `|` in them must be escaped. */
export function markdownTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right')[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = titles.map((_, index) => (align[index] === 'right' ? '--:' : ':--'));
  return [line(titles), line(rule), ...rows.map(line)].join('\n');
}

/** Opened by a click. The empty lines make what is inside Markdown again. */
export function markdownDetails(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}
