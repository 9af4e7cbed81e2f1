/** Last lines of a process's output, within a fixed amount of memory however much there is. */
export interface LogTail {
  push(chunk: Buffer | string): void;
  lines(): readonly string[];
}

/** Enough for PostgreSQL's longest complaint (shared memory: message, detail and hint). */
const KEPT_CHARACTERS = 16_384;
const KEPT_LINES = 40;

export function createLogTail(): LogTail {
  let text = '';
  return {
    push(chunk) {
      text += chunk.toString();
      if (text.length > 2 * KEPT_CHARACTERS) text = text.slice(-KEPT_CHARACTERS);
    },
    lines: () =>
      text
        .split('\n')
        .map((line) => line.trimEnd())
        .filter((line) => line !== '')
        .slice(-KEPT_LINES),
  };
}
