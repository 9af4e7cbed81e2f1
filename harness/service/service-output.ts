import type { Readable } from 'node:stream';
import { knownFailure } from '../known-failures.ts';
import { REDACTED, type Redactor } from '../report/redactor.ts';

/** Kept to be shown: enough for a stack trace, small enough to print. */
const LINES_SHOWN_MAX = 20;
const LINE_CHARACTERS_SHOWN_MAX = 500;
/** Of a longer line the beginning is read. */
const LINE_CHARACTERS_READ_MAX = 16_384;
/** Longer than any secret, a beginning of which may stand at the end of what was read of a longer line. */
const SECRET_CHARACTERS_MAX = 8_192;
/** ECMA-48's sequences, of which the control characters alone would leave a rest. */
const COLOUR = new RegExp(`${String.fromCodePoint(0x1b)}\\[[0-9;?]*[ -/]*[@-~]`, 'g');
/** A second one of these in the same record tells of the same failure. */
const CHAINED = /^(?:The above exception was|During handling of the above)/;
const TRACEBACK = /^Traceback \(most recent call last\)/;
const CONTINUED = /^(?:\s|$|Caused by:|\.\.\. \d+ more|\[SQL:|\(Background on this error)/;
const EXCEPTION = /^[\w.$]+(?:Error|Exception|Timeout)\b/;
/** Node, Python, the JVM and Go; gunicorn. */
const PORT_TAKEN = /EADDRINUSE|address already in use|Connection in use/i;

/** What a service said so far. */
export interface ServiceSaid {
  /** Records that name a known failure of a pool. */
  readonly poolTimeouts: number;
  /** Records that name a refusal of PostgreSQL, or of a pooler before it. */
  readonly refusals: number;
  readonly lines: number;
}

export interface ServiceOutput {
  said(): ServiceSaid;
  /** The last ones, without secrets. */
  lastLines(): readonly string[];
  /** It said that its port is somebody else's. */
  readonly saysPortTaken: boolean;
  /** What has come is read to its end, or nothing more comes within the time. */
  drained(deadlineMs: number): Promise<void>;
  /** Nobody reads any more, whoever still holds the other end. */
  close(): void;
}

/** Reads both streams at once and always: a full pipe would block the service. */
export function readServiceOutput(
  streams: readonly (Readable | null)[],
  redactor: Pick<Redactor, 'redact'>,
): ServiceOutput {
  const counts = { poolTimeouts: 0, refusals: 0, lines: 0 };
  const shown: string[] = [];
  let saysPortTaken = false;
  const open = streams.filter((it) => it !== null);
  const ends: Promise<void>[] = [];
  for (const stream of open) {
    const record = failuresByRecord((kind) => {
      if (kind === 'refused') counts.refusals += 1;
      else counts.poolTimeouts += 1;
    });
    const onLine = (line: string): void => {
      counts.lines += 1;
      record(line);
      if (PORT_TAKEN.test(line)) saysPortTaken = true;
      if (line.trim() === '') return;
      shown.push(line);
      if (shown.length > LINES_SHOWN_MAX) shown.shift();
    };
    const lines = splitLines(onLine);
    stream.setEncoding('utf8');
    stream.on('data', lines.push);
    // A reset pipe has nothing more to say.
    stream.on('error', () => undefined);
    ends.push(
      new Promise((resolve) => {
        stream.once('close', () => {
          lines.end();
          resolve();
        });
      }),
    );
  }
  return {
    said: () => ({ ...counts }),
    lastLines: () => shown.map((line) => shownLine(line, redactor)),
    get saysPortTaken() {
      return saysPortTaken;
    },
    async drained(deadlineMs) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, deadlineMs);
      });
      await Promise.race([Promise.all(ends), late]);
      clearTimeout(timer);
    },
    close() {
      for (const stream of open) stream.destroy();
    },
  };
}

/** Calls for each line, whatever its chunks' borders are; bounded, however long a line is. */
export function splitLines(onLine: (line: string) => void): {
  readonly push: (chunk: string) => void;
  readonly end: () => void;
} {
  let unfinished = '';
  return {
    push(chunk) {
      const parts = chunk.split('\n');
      const last = parts.pop() ?? '';
      for (const part of parts) {
        onLine(extended(unfinished, part).replace(/\r$/, ''));
        unfinished = '';
      }
      unfinished = extended(unfinished, last);
    },
    end() {
      if (unfinished !== '') onLine(unfinished);
      unfinished = '';
    },
  };
}

function extended(line: string, part: string): string {
  return (line + part.slice(0, LINE_CHARACTERS_READ_MAX)).slice(0, LINE_CHARACTERS_READ_MAX);
}

/**
 * Counts a failure once for each record: in a traceback the same sentence stands in every exception of the chain. Which
 * lines belong together is known of Python, Java and Node only.
 */
function failuresByRecord(onFailure: (kind: 'pool_timeout' | 'refused') => void) {
  const counted = new Set<string>();
  let inTraceback = false;
  let before: 'chain' | 'headline' | 'other' = 'other';
  return (line: string): void => {
    const isTraceback = TRACEBACK.test(line);
    const isException = EXCEPTION.test(line);
    const isContinued = CONTINUED.test(line);
    const belongsToBefore =
      isContinued ||
      CHAINED.test(line) ||
      (isTraceback && before !== 'other') ||
      (isException && (inTraceback || before === 'headline'));
    if (!belongsToBefore) {
      counted.clear();
      inTraceback = false;
    }
    if (isTraceback) inTraceback = true;
    if (CHAINED.test(line)) before = 'chain';
    else if (!isContinued) before = belongsToBefore || isException ? 'other' : 'headline';
    const failure = knownFailure(line);
    if (failure === null || counted.has(failure.kind)) return;
    counted.add(failure.kind);
    onFailure(failure.kind);
  };
}

/** Where so much was hidden that a secret without its end could be shown, nothing is. */
function shownLine(line: string, redactor: Pick<Redactor, 'redact'>): string {
  const clean = redactor.redact(line);
  const isCut = line.length === LINE_CHARACTERS_READ_MAX;
  if (isCut && clean.length < LINE_CHARACTERS_SHOWN_MAX + SECRET_CHARACTERS_MAX) return REDACTED;
  // Between its characters a secret may have had what is taken out: in UTF-16 each has a NUL beside it.
  return redactor.redact(cleaned(clean)).slice(0, LINE_CHARACTERS_SHOWN_MAX);
}

/** Without what would move a terminal's cursor, colour it or turn its direction. */
function cleaned(line: string): string {
  return line
    .replace(COLOUR, '')
    .replace(/\p{Cc}|\p{Bidi_Control}/gu, (character) => (character === '\t' ? character : ''));
}
