import type { Readable } from 'node:stream';

/** Lines kept of a child's output: enough for a stack trace, small enough to print. */
const LINES_MAX = 20;
const LINE_CHARACTERS_MAX = 500;

/** Remembers the last lines that a child process wrote, to show them when it fails. */
export function outputTail(streams: readonly (Readable | null)[]): () => readonly string[] {
  const lines: string[] = [];
  for (const stream of streams) {
    let unfinished = '';
    stream?.setEncoding('utf8');
    stream?.on('data', (chunk: string) => {
      const parts = (unfinished + chunk).split('\n');
      unfinished = (parts.pop() ?? '').slice(0, LINE_CHARACTERS_MAX);
      lines.push(...parts.filter((line) => line.trim() !== ''));
      lines.splice(0, lines.length - LINES_MAX);
    });
    stream?.on('end', () => {
      if (unfinished.trim() !== '') lines.push(unfinished);
    });
  }
  return () => lines.map((line) => line.slice(0, LINE_CHARACTERS_MAX));
}
