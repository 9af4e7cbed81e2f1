import type { ClientBase } from 'pg';
import { z } from 'zod';
import { knownFailure } from '../known-failures.ts';

/**
 * Counts the connections that PostgreSQL refused, by its own log: it writes one FATAL line for each, whoever asked
 * and whatever became of the answer. A client that tries again, as libpq does without TLS after it was refused
 * with it, is refused twice, and counted twice.
 */
export interface RefusalLog {
  /** Anywhere cut. */
  push(chunk: Buffer | string): void;
  /** So far; what the server has written a moment ago may still be on its way. */
  refusals(): number;
}

/** The lines that count are short; a longer one is somebody's statement. */
const LINE_CHARACTERS_MAX = 2_048;
/**
 * As `log_line_prefix` has it by default: `2026-01-31 12:00:00.000 UTC [4711] FATAL:  …`. What a statement may have
 * written there begins with a tab.
 */
const FATAL_LINE = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \S+ \[\d+\] FATAL: {2}(.*)$/;

export function createRefusalLog(): RefusalLog {
  let refusals = 0;
  let unfinished = '';
  let skipping = false;
  const end = (line: string): void => {
    const [, message] = FATAL_LINE.exec(line.trimEnd()) ?? [];
    if (message !== undefined && knownFailure(message)?.kind === 'refused') refusals += 1;
  };
  return {
    push: (chunk) => {
      // Every byte one character: whatever encoding the log is in, a chunk cannot cut one in two.
      const lines = (typeof chunk === 'string' ? chunk : chunk.toString('latin1')).split('\n');
      for (const [index, part] of lines.entries()) {
        if (index > 0) {
          if (!skipping) end(unfinished);
          unfinished = '';
          skipping = false;
        }
        if (skipping) continue;
        unfinished += part;
        if (unfinished.length <= LINE_CHARACTERS_MAX) continue;
        unfinished = '';
        skipping = true;
      }
    },
    refusals: () => refusals,
  };
}

const settingsSchema = z.object({
  prefix: z.string(),
  level: z.string(),
  collector: z.string(),
  destination: z.string(),
  language: z.string(),
});

/**
 * Whether this server's log tells refusals in the way they are counted. A prefix or a level of somebody's own
 * choice, another language or another place to write to would make them look like none.
 */
export async function tellsRefusals(superuser: ClientBase): Promise<boolean> {
  const { rows } = await superuser.query(`
    SELECT current_setting('log_line_prefix') AS prefix,
           current_setting('log_min_messages') AS level,
           current_setting('logging_collector') AS collector,
           current_setting('log_destination') AS destination,
           current_setting('lc_messages') AS language`);
  return showsRefusals(settingsSchema.parse(rows[0]));
}

export function showsRefusals({
  prefix,
  level,
  collector,
  destination,
  language,
}: z.infer<typeof settingsSchema>): boolean {
  return (
    prefix === '%m [%p] ' &&
    !/panic/i.test(level) &&
    collector === 'off' &&
    /\bstderr\b/i.test(destination) &&
    /^(C|POSIX|en)([._@-]|$)/i.test(language)
  );
}
