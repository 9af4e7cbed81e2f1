import { systemErrorCode } from '../system-error.ts';
import { writeWhole } from './durable-file.ts';
import { type JournalEvent, journalEventSchema, type TrialFailure } from './journal-events.ts';
import { parseJsonText } from './json-text.ts';
import { JOURNAL_FILE, journalPath } from './run-layout.ts';
import { reading, writing } from './store-failure.ts';
import type { OpenFile, StoreFiles } from './store-files.ts';

/** The longest run has 400,000 lines of 200 bytes; as much again for errors. */
const JOURNAL_BYTES_MAX = 256 * 2 ** 20;

/** What the journal says of a trial: the last of its endings. */
export type JournalTrial =
  | { readonly ending: 'measured'; readonly sha256: string }
  | { readonly ending: 'failed'; readonly error: TrialFailure };

export interface JournalContent {
  /** `null` without a journal. */
  readonly bytes: number | null;
  /** Of them, those before a line that was cut off. */
  readonly wholeBytes: number;
  readonly planSha256: readonly string[];
  readonly trials: ReadonlyMap<string, JournalTrial>;
  /** Trials that were started and have no end: being measured, or lost in a crash. */
  readonly open: ReadonlySet<string>;
  readonly damage: readonly string[];
}

/**
 * Reads what there is. A last line without its end is what a crash leaves and says nothing; any other
 * line that cannot be understood is damage, and only what it said is lost.
 *
 * @throws LabError RUN_DIRECTORY_UNREADABLE
 */
export function readJournal(directory: string, files: StoreFiles): JournalContent {
  const path = journalPath(directory);
  const bytes = reading(path, () => readIfThere(files, path));
  if (bytes === null) {
    return {
      bytes: null,
      wholeBytes: 0,
      planSha256: [],
      trials: new Map(),
      open: new Set(),
      damage: [],
    };
  }
  const wholeBytes = bytes.lastIndexOf(0x0a) + 1;
  const planSha256: string[] = [];
  const trials = new Map<string, JournalTrial>();
  const damage: string[] = [];
  const open = new Set<string>();
  for (const [index, line] of linesOf(bytes.subarray(0, wholeBytes)).entries()) {
    const event = journalEventSchema.safeParse(parseJsonText(line));
    if (!event.success) {
      damage.push(`line ${index + 1} of ${JOURNAL_FILE} cannot be understood and is not used`);
      continue;
    }
    switch (event.data.event) {
      case 'created':
      case 'resumed':
        planSha256.push(event.data.planSha256);
        break;
      case 'started':
        open.add(event.data.trial);
        break;
      case 'measured':
        trials.set(event.data.trial, { ending: 'measured', sha256: event.data.sha256 });
        open.delete(event.data.trial);
        break;
      case 'failed':
        trials.set(event.data.trial, { ending: 'failed', error: event.data.error });
        open.delete(event.data.trial);
        break;
      case 'finished':
        open.clear();
        break;
    }
  }
  return { bytes: bytes.length, wholeBytes, planSha256, trials, open, damage };
}

/** Appends line by line; each is on the disk when `append` returns. */
export interface Journal {
  append(event: JournalEvent): void;
  close(): void;
}

/**
 * @param wholeBytes what is behind them is a line cut off, and goes
 * @throws LabError RUN_DIRECTORY_UNWRITABLE, as does every method
 */
export function openJournal(
  directory: string,
  { files, wholeBytes }: { readonly files: StoreFiles; readonly wholeBytes: number },
): Journal {
  const path = journalPath(directory);
  const file: OpenFile = writing(path, () => {
    const opened = files.openToAppend(path);
    opened.truncate(wholeBytes);
    return opened;
  });
  return {
    append: (event) =>
      writing(path, () => {
        writeWhole(file, Buffer.from(`${JSON.stringify(event)}\n`));
        file.sync();
      }),
    close: () => writing(path, () => file.close()),
  };
}

function readIfThere(files: StoreFiles, path: string): Buffer | null {
  try {
    return files.read(path, JOURNAL_BYTES_MAX);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function linesOf(whole: Buffer): readonly string[] {
  return whole.toString('utf8').split('\n').slice(0, -1);
}
