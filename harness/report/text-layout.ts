/** Narrower than this, wrapping makes text harder to read than the terminal's own wrapping. */
const WIDTH_MIN = 40;
/** Wider lines are hard to read, however wide the terminal. */
const WIDTH_MAX = 100;

/** A number stays with its unit. */
const BREAK = / (?!(?:%|ms|s|min|B|KiB|MiB|GiB|TiB)(?![\p{L}\d]))/u;

/** Escape sequences of colours take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about
const SGR = /\u001b\[[0-9;]*m/g;

export function visibleLength(text: string): number {
  return [...text.replace(SGR, '')].length;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - visibleLength(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - visibleLength(text))) + text;
}

/** Breaks at spaces; lines after the first are indented. A word longer than a line stays whole. */
export function wrap(
  text: string,
  options: { readonly columns: number; readonly indent: number },
): string {
  const margin = ' '.repeat(options.indent);
  return wrappedLines(text, { width: widthOf(options.columns), hanging: options.indent })
    .map((line, index) => (index === 0 ? line : margin + line))
    .join('\n');
}

/** `LABEL   text`, wrapped under itself. An empty label continues the one above. */
export function labelled(
  label: string,
  text: string,
  options: { readonly columns: number; readonly labelWidth: number },
): string {
  const { columns, labelWidth } = options;
  return wrappedLines(text, { width: widthOf(columns) - labelWidth, hanging: 0 })
    .map((line, index) => (padEnd(index === 0 ? label : '', labelWidth) + line).trimEnd())
    .join('\n');
}

const widthOf = (columns: number): number => Math.max(WIDTH_MIN, Math.min(WIDTH_MAX, columns));

/** Lines after the first leave `hanging` columns free; line breaks of the text are kept. */
function wrappedLines(
  text: string,
  { width, hanging }: { readonly width: number; readonly hanging: number },
): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(BREAK)) {
      const room = width - (lines.length === 0 ? 0 : hanging);
      if (line !== '' && visibleLength(line) + 1 + visibleLength(word) > room) {
        lines.push(line.trimEnd());
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line.trimEnd());
  }
  return lines;
}

/** Columns as wide as their widest cell, two spaces between; `align` by column, default left. */
export function table(
  rows: readonly (readonly string[])[],
  align: readonly ('left' | 'right')[],
): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, visibleLength(cell));
    });
  }
  return rows.map((row) =>
    row
      .map((cell, index) =>
        (align[index] === 'right' ? padStart : padEnd)(cell, widths[index] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}
