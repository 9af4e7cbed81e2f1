/** One line of an exposition: a series and its value. */
export interface ExpositionSample {
  /** With `_` for every dot, as Prometheus wrote OpenTelemetry's names before it allowed dots. */
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

/** Names and quoted names, blanks, and a value; a timestamp and an exemplar may follow. */
const NAME = /[a-zA-Z_:][a-zA-Z0-9_:.]*/y;
const QUOTED = /"((?:[^"\\\n]|\\.)*)"/y;
const BLANKS = /[ \t]*/y;
const VALUE = /[^ \t\r{}#]+/y;

/**
 * The samples of a text in Prometheus's format 0.0.4 or OpenMetrics 1.0 that `wanted` asks for by name. Comments,
 * types, timestamps and exemplars are passed over, and so is whatever is no sample: this is somebody else's text,
 * and the rest of it is still good. Values that are no finite number are left out.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/ and
 * https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md
 */
export function* expositionSamples(
  text: string,
  wanted: (name: string) => boolean,
): Generator<ExpositionSample> {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const sample = sampleOf(text.slice(start, end), wanted);
    if (sample !== null) yield sample;
    start = end + 1;
  }
}

function sampleOf(line: string, wanted: (name: string) => boolean): ExpositionSample | null {
  const cursor = new Cursor(line);
  cursor.take(BLANKS);
  if (cursor.startsWith('#')) return null;
  let name = cursor.take(NAME);
  if (name !== null && !wanted(plain(name))) return null;
  cursor.take(BLANKS);
  const labels = new Map<string, string>();
  if (cursor.startsWith('{')) {
    const quotedName = readLabels(cursor, labels);
    if (quotedName === null) return null;
    // OpenMetrics 2 and Prometheus 3 put a name with dots in quotes among the labels.
    name ??= quotedName === '' ? null : quotedName;
  }
  if (name === null || !wanted(plain(name))) return null;
  cursor.take(BLANKS);
  const value = numberOf(cursor.take(VALUE));
  return value === null ? null : { name: plain(name), labels, value };
}

/** The quoted name among the labels, empty where there is none; `null`: these are no labels. */
function readLabels(cursor: Cursor, labels: Map<string, string>): string | null {
  let quotedName = '';
  cursor.skip(1);
  for (;;) {
    cursor.take(BLANKS);
    if (cursor.startsWith('}')) {
      cursor.skip(1);
      return quotedName;
    }
    const quoted = cursor.take(QUOTED);
    const key = quoted === null ? cursor.take(NAME) : unescaped(quoted);
    if (key === null) return null;
    cursor.take(BLANKS);
    if (cursor.startsWith('=')) {
      cursor.skip(1);
      cursor.take(BLANKS);
      const value = cursor.take(QUOTED);
      if (value === null) return null;
      labels.set(plain(key), unescaped(value));
    } else if (quoted !== null) {
      quotedName = key;
    } else {
      return null;
    }
    cursor.take(BLANKS);
    if (cursor.startsWith(',')) cursor.skip(1);
    else if (!cursor.startsWith('}')) return null;
  }
}

/** A place in a line. */
class Cursor {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  startsWith(character: string): boolean {
    return this.#line.startsWith(character, this.#at);
  }

  skip(characters: number): void {
    this.#at += characters;
  }

  /** What matches here, its group where it has one; `null`, and nothing is passed over, where nothing does. */
  take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#line);
    if (match === null) return null;
    this.#at = pattern.lastIndex;
    return match[1] ?? match[0];
  }
}

function plain(name: string): string {
  return name.replaceAll('.', '_');
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character,
  );
}

function numberOf(text: string | null): number | null {
  if (text === null || !/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
