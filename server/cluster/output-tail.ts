import type { Readable } from 'node:stream';

/** Enough for a stack trace. */
const LINES_KEPT = 20;
/** A line without an end is cut here, so that a flood cannot fill the primary's memory. */
const LINE_LENGTH_MAX = 4_000;

/** The last lines a process wrote, to be shown when it dies; every line is passed on as it comes. */
export class OutputTail {
  readonly lines: string[] = [];
  readonly #onLine: (line: string) => void;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  read(stream: Readable): void {
    let rest = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = (parts.pop() ?? '').slice(-LINE_LENGTH_MAX);
      for (const line of parts) this.#add(line);
    });
    stream.on('end', () => {
      if (rest !== '') this.#add(rest);
    });
  }

  #add(line: string): void {
    this.lines.push(line.slice(0, LINE_LENGTH_MAX));
    if (this.lines.length > LINES_KEPT) this.lines.shift();
    this.#onLine(line);
  }
}
