import { LabError } from '../lab-error.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import type { Redactor } from '../report/redactor.ts';
import { systemErrorCode } from '../system-error.ts';
import { makeDirectories, writeDurably } from './durable-file.ts';
import { planFileText } from './plan-file.ts';
import {
  lockGeneration,
  planPath,
  TRIALS_DIRECTORY,
  trialsPath,
  UNFINISHED_SUFFIX,
} from './run-layout.ts';
import { lockRun, releaseQuietly } from './run-lock.ts';
import { openRunWriter, type RunWriter } from './run-writer.ts';
import { sha256 } from './sha256.ts';
import type { StoreDeps } from './store-deps.ts';
import { writing } from './store-failure.ts';
import type { StoreFiles } from './store-files.ts';
import type { RunMachine } from './stored-run.ts';
import { prepareTrials } from './trials-directory.ts';

/**
 * Makes a run directory, with all directories above it, and locks it. One that is there must be empty,
 * or hold nothing but what an attempt left that was killed before there was a plan.
 *
 * @throws LabError RUN_DIRECTORY_EXISTS, RUN_DIRECTORY_IN_USE, RUN_DIRECTORY_UNWRITABLE
 */
export function createRun({
  directory,
  plan,
  machine,
  redactor,
  store,
}: {
  readonly directory: string;
  readonly plan: SweepPlan;
  readonly machine: RunMachine;
  readonly redactor: Redactor;
  readonly store: StoreDeps;
}): RunWriter {
  const { files } = store;
  const content = Buffer.from(planFileText({ plan, machine, createdAt: store.now() }));
  writing(directory, () => makeDirectories(files, directory));
  // Before the lock, so that none is left in somebody's directory, and once nobody else can write.
  refuseIfUsed(directory, files);
  const lock = lockRun(directory, store);
  try {
    refuseIfUsed(directory, files);
    prepareTrials(directory, files);
    writing(planPath(directory), () => writeDurably(files, planPath(directory), content));
    const planSha256 = sha256(content);
    return openRunWriter({
      directory,
      opening: 'created',
      planSha256,
      journalBytes: 0,
      lock,
      redactor,
      store,
    });
  } catch (error) {
    releaseQuietly(lock);
    throw error;
  }
}

function refuseIfUsed(directory: string, files: StoreFiles): void {
  const foreign = writing(directory, () => files.list(directory)).find(
    (name) =>
      lockGeneration(name) === null &&
      !name.endsWith(UNFINISHED_SUFFIX) &&
      !(name === TRIALS_DIRECTORY && isEmpty(files, trialsPath(directory))),
  );
  if (foreign === undefined) return;
  throw new LabError('RUN_DIRECTORY_EXISTS', {
    message: `${directory} is not empty: it holds ${foreign}`,
    hint: 'name a new directory with --out, or go on with an earlier run: `pool-lab sweep --resume DIR`',
  });
}

function isEmpty(files: StoreFiles, path: string): boolean {
  try {
    return files.list(path).length === 0;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false;
  }
}
