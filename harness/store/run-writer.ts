import type { LabError } from '../lab-error.ts';
import type { Redactor } from '../report/redactor.ts';
import type { SweepRecord } from '../runner/sweep.ts';
import { syncDirectory } from './durable-file.ts';
import { openJournal } from './journal.ts';
import type { JournalEvent } from './journal-events.ts';
import type { RunLock } from './run-lock.ts';
import type { StoreDeps } from './store-deps.ts';
import { writing } from './store-failure.ts';
import { writeTrialFile } from './trial-file.ts';

/**
 * Writes down what a sweep does. After the first failure nothing more is written, since the end of the
 * journal is not known any more: every further call fails as the first did.
 */
export interface RunWriter extends SweepRecord {
  readonly directory: string;
  /** All trials have been measured. */
  finished(): void;
  /** Lets others write into the directory. Fails only where nothing failed before; twice does nothing. */
  close(): void;
}

/**
 * Opens the journal and says in it that the run was `created` or `resumed`. The lock is the writer's from
 * then on.
 *
 * @throws LabError RUN_DIRECTORY_UNWRITABLE; the lock is still the caller's then
 */
export function openRunWriter({
  directory,
  opening,
  planSha256,
  journalBytes,
  lock,
  redactor,
  store: { files, now },
}: {
  readonly directory: string;
  readonly opening: 'created' | 'resumed';
  readonly planSha256: string;
  /** Of the journal's whole lines. */
  readonly journalBytes: number;
  readonly lock: RunLock;
  readonly redactor: Redactor;
  readonly store: StoreDeps;
}): RunWriter {
  const at = (): string => now().toISOString();
  const journal = openJournal(directory, { files, wholeBytes: journalBytes });
  try {
    journal.append({ event: opening, at: at(), planSha256 });
    // The journal's name, and that of the plan, whose writer may have been killed before this.
    writing(directory, () => syncDirectory(files, directory));
  } catch (error) {
    caught(journal.close);
    throw error;
  }
  let failure: { readonly error: unknown } | null = null;
  let closed = false;

  const guarded = (write: () => void): void => {
    if (closed) throw new Error('the run is closed, nothing can be written any more');
    if (failure !== null) throw failure.error;
    try {
      write();
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const append = (event: JournalEvent): void => guarded(() => journal.append(event));

  return {
    directory,
    started: ({ id }) => append({ event: 'started', at: at(), trial: id }),
    measured: ({ id }, result) =>
      guarded(() => {
        const sha256 = writeTrialFile(files, { directory, trialId: id }, result);
        journal.append({ event: 'measured', at: at(), trial: id, sha256 });
      }),
    failed: ({ id }, error) =>
      append({ event: 'failed', at: at(), trial: id, error: describe(error, redactor) }),
    finished: () => append({ event: 'finished', at: at() }),
    close: () => {
      if (closed) return;
      closed = true;
      const errors = [journal.close, lock.release].flatMap((end) => caught(end));
      if (failure === null && errors.length > 0) throw errors[0];
    },
  };
}

function describe({ code, message, hint }: LabError, redactor: Redactor) {
  return { code, message: redactor.redact(message), hint: redactor.redact(hint) };
}

function caught(end: () => void): readonly unknown[] {
  try {
    end();
    return [];
  } catch (error) {
    return [error];
  }
}
