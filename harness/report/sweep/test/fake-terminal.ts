// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about
const COLOR = /\u001b\[[0-9;]*m/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what it is about
const TOKEN = /\u001b\[(\d*)([AJ])|[\s\S]/gu;

/**
 * As much of a terminal as a block that is drawn in place needs: it wraps, moves up, erases to the end,
 * and breaks its lines anew when its width changes.
 */
export class FakeTerminal {
  columns: number;
  /** Rows that belong to one line of text are one entry: how many rows it takes, the width decides. */
  #lines: string[] = [''];
  /** Characters before the cursor in the last touched line, and that line's index. */
  #line = 0;
  #at = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    for (const [token, count, command] of text.replace(COLOR, '').matchAll(TOKEN)) {
      if (command === 'A') this.#up(Number(count === '' ? 1 : count));
      else if (command === 'J') this.#eraseToEnd();
      else if (token === '\r') this.#at -= this.#at % this.columns;
      else if (token === '\n') this.#newLine();
      else this.#put(token);
    }
  }

  /** What is on the screen, wrapped as it would be. */
  rows(): readonly string[] {
    return this.#lines.flatMap((line) => this.#rowsOf(line));
  }

  #rowsOf(line: string): readonly string[] {
    const characters = [...line];
    const count = Math.max(1, Math.ceil(characters.length / this.columns));
    return Array.from({ length: count }, (_, row) =>
      characters.slice(row * this.columns, (row + 1) * this.columns).join(''),
    );
  }

  #up(rows: number): void {
    for (let moved = 0; moved < rows; moved += 1) {
      if (this.#at >= this.columns) {
        this.#at -= this.columns;
      } else if (this.#line > 0) {
        this.#line -= 1;
        const above = this.#rowsOf(this.#lines[this.#line] ?? '').length;
        this.#at += (above - 1) * this.columns;
      }
    }
  }

  #eraseToEnd(): void {
    const line = [...(this.#lines[this.#line] ?? '')].slice(0, this.#at).join('');
    this.#lines = [...this.#lines.slice(0, this.#line), line];
  }

  #newLine(): void {
    this.#line += 1;
    this.#at = 0;
    this.#lines[this.#line] ??= '';
  }

  #put(character: string): void {
    const characters = [...(this.#lines[this.#line] ?? '')];
    characters[this.#at] = character;
    this.#lines[this.#line] = Array.from(characters, (it) => it ?? ' ').join('');
    this.#at += 1;
  }
}
