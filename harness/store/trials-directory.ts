import { join } from 'node:path';
import { makeDirectories, removeIfThere } from './durable-file.ts';
import { TRIALS_DIRECTORY, trialsPath, UNFINISHED_SUFFIX } from './run-layout.ts';
import { reading, unreadable, writing } from './store-failure.ts';
import type { StoreFiles } from './store-files.ts';

/**
 * Has a directory for the trials, and nothing left in it or beside it of what was being written when
 * somebody was killed. Only for who holds the lock.
 *
 * @throws LabError RUN_DIRECTORY_UNWRITABLE, RUN_DIRECTORY_UNREADABLE
 */
export function prepareTrials(directory: string, files: StoreFiles): void {
  const path = trialsPath(directory);
  writing(path, () => makeDirectories(files, path));
  if (!writing(path, () => files.isDirectory(path))) {
    throw unreadable(`${path} is no directory of this run, but a file or a link`, {
      hint: `put a directory in the place of ${TRIALS_DIRECTORY}: trials are written nowhere else`,
    });
  }
  for (const place of [directory, path]) {
    writing(place, () => {
      for (const name of files.list(place)) {
        if (name.endsWith(UNFINISHED_SUFFIX)) removeIfThere(files, join(place, name));
      }
    });
  }
}

/** @throws LabError RUN_DIRECTORY_UNREADABLE */
export function listTrialFiles(directory: string, files: StoreFiles): readonly string[] {
  const path = trialsPath(directory);
  return reading(path, () => files.list(path)).toSorted();
}
