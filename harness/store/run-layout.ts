import { join } from 'node:path';

/** The names in a run directory. */
export const PLAN_FILE = 'plan.json';
export const JOURNAL_FILE = 'journal.jsonl';
export const TRIALS_DIRECTORY = 'trials';
const LOCK_PREFIX = 'lock.';

/** What a file is called until it is complete. */
export const UNFINISHED_SUFFIX = '.tmp';

export const planPath = (directory: string): string => join(directory, PLAN_FILE);
export const journalPath = (directory: string): string => join(directory, JOURNAL_FILE);
export const trialsPath = (directory: string): string => join(directory, TRIALS_DIRECTORY);
export const lockName = (generation: number): string => `${LOCK_PREFIX}${generation}`;

/** As sentences name it: relative to the run directory. */
export const trialFile = (trialId: string): string => `${TRIALS_DIRECTORY}/${trialId}.json`;

/** `trials/c001-r1.json` for `c001-r1.json`, else `null`. */
export function trialIdOf(fileName: string): string | null {
  return /^(c[0-9]+-r[0-9]+)\.json$/.exec(fileName)?.[1] ?? null;
}

/** 3 for `lock.3`, else `null`. */
export function lockGeneration(name: string): number | null {
  const digits = /^lock\.([1-9][0-9]{0,14})$/.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
