import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { orderTrials, type PlannedTrial } from '../plan/sweep/trial-order.ts';
import type { JournalContent } from './journal.ts';
import { JOURNAL_FILE, trialFile, trialIdOf } from './run-layout.ts';
import type { StoreFiles } from './store-files.ts';
import { readTrialBytes } from './trial-file.ts';

export interface CheckedTrials {
  /** In the order they are measured. */
  readonly planned: readonly PlannedTrial[];
  /** Ids of those whose measurement is recorded and whose file is the one recorded. */
  readonly measured: Set<string>;
  readonly damage: string[];
  /** Sentences about files that may be right and cannot be read. */
  readonly unread: readonly string[];
}

/**
 * Holds the journal against the plan and the files.
 *
 * A trial counts when the journal says that it was measured and its file has the hash that stands there.
 * The file of a trial that was only started is no damage: it is being written, or a crash came between
 * the file and its line.
 */
export function checkTrials({
  directory,
  plan,
  journal,
  names,
  files,
}: {
  readonly directory: string;
  readonly plan: SweepPlan;
  readonly journal: JournalContent;
  /** Names in the directory of the trials, listed before the journal was read. */
  readonly names: readonly string[];
  readonly files: StoreFiles;
}): CheckedTrials {
  const planned = orderTrials(plan);
  const known = new Set(planned.map(({ id }) => id));
  const damage = [...journal.damage];
  const unread: string[] = [];
  const measured = new Set<string>();
  for (const [trialId, told] of journal.trials) {
    if (!known.has(trialId)) {
      damage.push(`${JOURNAL_FILE} tells of ${trialId}, which is not in the plan and is not used`);
      continue;
    }
    if (told.ending === 'failed') continue;
    const read = readTrialBytes(files, { directory, trialId }, told.sha256);
    switch (read.state) {
      case 'found':
        measured.add(trialId);
        break;
      case 'damaged':
        damage.push(read.why);
        break;
      case 'unread':
        unread.push(read.why);
        break;
    }
  }
  damage.push(...orphans(journal, names));
  return { planned, measured, damage, unread };
}

function orphans(journal: JournalContent, names: readonly string[]): readonly string[] {
  const found = names
    .flatMap((name) => trialIdOf(name) ?? [])
    .filter((id) => !journal.open.has(id) && journal.trials.get(id)?.ending !== 'measured');
  if (journal.bytes === null && found.length > 0) {
    return [`${JOURNAL_FILE} is missing, so none of ${found.length} trial files is used`];
  }
  return found.map((id) => `${trialFile(id)} is not in the journal as measured, and is not used`);
}
