import { expandCells } from '../plan/sweep/cells.ts';
import type { PlannedTrial } from '../plan/sweep/trial-order.ts';
import { readPlanFile } from './plan-file.ts';
import { readRunContent } from './run-content.ts';
import type { StoreFiles } from './store-files.ts';
import type { StoredCell, StoredRun, StoredTrial } from './stored-run.ts';
import { parseTrialBytes, readTrialBytes } from './trial-file.ts';

/**
 * Reads a run directory, also while it is being written. What cannot be used is named in `damage` and
 * otherwise as if it were not there.
 *
 * @throws LabError RUN_DIRECTORY_UNREADABLE without a plan that can be trusted, or without the right to read
 */
export function readRun(directory: string, files: StoreFiles): StoredRun {
  const planFile = readPlanFile(directory, files);
  const { plan, planHash, machine, createdAt } = planFile;
  const content = readRunContent(directory, { files, planFile });
  const { journal, planned, measured } = content;
  const damage = [...content.damage, ...content.unread];
  const byCell = Map.groupBy(planned, ({ cell }) => cell.id);

  const readTrial = ({ id: trialId, round }: PlannedTrial): StoredTrial | null => {
    const told = journal.trials.get(trialId);
    if (told === undefined) return null;
    if (told.ending === 'failed') return { state: 'failed', round, error: told.error };
    if (!measured.has(trialId)) return null;
    const bytes = readTrialBytes(files, { directory, trialId }, told.sha256);
    const result = bytes.state === 'found' ? parseTrialBytes(trialId, bytes.found) : bytes;
    if (result.state === 'found') return { state: 'measured', round, result: result.found };
    measured.delete(trialId);
    damage.push(result.why);
    return null;
  };

  return {
    directory,
    plan,
    planHash,
    machine,
    createdAt,
    measured,
    damage,
    *cells(): Generator<StoredCell> {
      for (const cell of expandCells(plan)) {
        const rounds = (byCell.get(cell.id) ?? []).toSorted((a, b) => a.round - b.round);
        yield { cell, trials: rounds.flatMap((trial) => readTrial(trial) ?? []) };
      }
    },
  };
}
