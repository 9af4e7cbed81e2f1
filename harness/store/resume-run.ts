import { LabError } from '../lab-error.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import type { PlannedTrial } from '../plan/sweep/trial-order.ts';
import { parseThreshold } from '../plan/thresholds/threshold.ts';
import type { Redactor } from '../report/redactor.ts';
import { runDifferences } from './plan-differences.ts';
import { readPlanFile } from './plan-file.ts';
import { readRunContent } from './run-content.ts';
import { planPath } from './run-layout.ts';
import { lockRun, releaseQuietly } from './run-lock.ts';
import { openRunWriter, type RunWriter } from './run-writer.ts';
import type { StoreDeps } from './store-deps.ts';
import { unreadable } from './store-failure.ts';
import type { StoreFiles } from './store-files.ts';
import type { RunMachine } from './stored-run.ts';
import { parseTrialBytes, readTrialBytes } from './trial-file.ts';
import { prepareTrials } from './trials-directory.ts';

export interface ResumedRun {
  readonly writer: RunWriter;
  /** As it is stored. */
  readonly plan: SweepPlan;
  /** In the order they are measured, without those that count as measured; failed ones again. */
  readonly pending: readonly PlannedTrial[];
  /** How many trials count as measured. */
  readonly measuredCount: number;
  /** Sentences about files that cannot be used, whose trials are measured anew. */
  readonly damage: readonly string[];
}

/**
 * Takes up a run that ended before its end, however it did. A trial that was only started is measured
 * anew; what a killed process left half written is cleared away.
 *
 * @param plan the plan asked for now, or `null` to go on with what is stored
 * @throws LabError RUN_DIRECTORY_UNREADABLE, RESUME_REFUSED (naming every difference), RUN_DIRECTORY_IN_USE,
 * RUN_DIRECTORY_UNWRITABLE
 */
export function resumeRun({
  directory,
  plan,
  machine,
  redactor,
  store,
}: {
  readonly directory: string;
  readonly plan: SweepPlan | null;
  readonly machine: RunMachine;
  readonly redactor: Redactor;
  readonly store: StoreDeps;
}): ResumedRun {
  const { files } = store;
  const planFile = readPlanFile(directory, files);
  refuseIfDifferent(directory, runDifferences(planFile, { plan, machine }));
  refuseIfNotUnderstood(directory, planFile.plan);
  const lock = lockRun(directory, store);
  try {
    prepareTrials(directory, files);
    const content = readRunContent(directory, { files, planFile });
    const { journal, planned, measured, damage } = content;
    refuseIfUnread(content.unread);
    dropUnusable({ directory, files, content });

    const writer = openRunWriter({
      directory,
      opening: 'resumed',
      planSha256: planFile.fileSha256,
      journalBytes: journal.wholeBytes,
      lock,
      redactor,
      store,
    });
    return {
      writer,
      plan: planFile.plan,
      pending: planned.filter(({ id }) => !measured.has(id)),
      measuredCount: measured.size,
      damage,
    };
  } catch (error) {
    releaseQuietly(lock);
    throw error;
  }
}

/** Only a plan that was altered has them: what is given is checked before a run is made. */
function refuseIfNotUnderstood(directory: string, { base }: SweepPlan): void {
  for (const text of base.thresholds) {
    const threshold = parseThreshold(text);
    if (threshold.ok) continue;
    throw unreadable(
      `${planPath(directory)} has a threshold, "${text}", that ${threshold.problem}`,
      {
        hint: 'measure anew with --out; a report of what was measured can be made all the same',
      },
    );
  }
}

/** What no report could use is measured anew, else the run could never be completed. */
function dropUnusable({
  directory,
  files,
  content: { journal, measured, damage },
}: {
  readonly directory: string;
  readonly files: StoreFiles;
  readonly content: ReturnType<typeof readRunContent>;
}): void {
  for (const trialId of [...measured]) {
    const told = journal.trials.get(trialId);
    if (told?.ending !== 'measured') continue;
    const bytes = readTrialBytes(files, { directory, trialId }, told.sha256);
    const result = bytes.state === 'found' ? parseTrialBytes(trialId, bytes.found) : bytes;
    if (result.state === 'unread') refuseIfUnread([result.why]);
    if (result.state !== 'damaged') continue;
    measured.delete(trialId);
    damage.push(result.why);
  }
}

/** A measurement that is only out of reach is not thrown away. */
function refuseIfUnread(unread: readonly string[]): void {
  if (unread.length === 0) return;
  throw unreadable(unread.join('; '), {
    hint: 'make it readable; if it is lost, delete the file, and its trial is measured anew',
  });
}

function refuseIfDifferent(directory: string, differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new LabError('RESUME_REFUSED', {
    message: `${directory} was measured differently: ${differences.join('; ')}`,
    hint: 'go on with the same plan (none need be given), version and machine, or begin a new run with --out',
  });
}
