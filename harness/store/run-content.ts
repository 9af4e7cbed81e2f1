import { type JournalContent, readJournal } from './journal.ts';
import type { PlanFile } from './plan-file.ts';
import { planPath } from './run-layout.ts';
import { unreadable } from './store-failure.ts';
import type { StoreFiles } from './store-files.ts';
import { type CheckedTrials, checkTrials } from './trial-check.ts';
import { listTrialFiles } from './trials-directory.ts';

/**
 * Everything of a run but its results, each trial file held against its hash.
 *
 * @throws LabError RUN_DIRECTORY_UNREADABLE
 */
export function readRunContent(
  directory: string,
  {
    files,
    planFile,
  }: { readonly files: StoreFiles; readonly planFile: PlanFile & { readonly fileSha256: string } },
): CheckedTrials & { readonly journal: JournalContent } {
  // In this order: a trial measured meanwhile is in the journal by then, or has no file yet.
  const names = listTrialFiles(directory, files);
  const journal = readJournal(directory, files);
  if (journal.planSha256.some((sha256) => sha256 !== planFile.fileSha256)) {
    throw unreadable(`${planPath(directory)} was altered since the run was begun`, {
      hint: 'restore the file, or measure anew',
    });
  }
  return { journal, ...checkTrials({ directory, plan: planFile.plan, journal, names, files }) };
}
