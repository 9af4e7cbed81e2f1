import type { MeasuredTrial } from '../../analysis/trial-result.ts';
import { LabError } from '../../lab-error.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { orderTrials, type PlannedTrial } from '../../plan/sweep/trial-order.ts';
import { createRedactor } from '../../report/redactor.ts';
import { sampleTrial } from '../../report/test/sample-trial.ts';
import { createRun } from '../create-run.ts';
import { readPlanFile } from '../plan-file.ts';
import { resumeRun } from '../resume-run.ts';
import type { RunWriter } from '../run-writer.ts';
import type { StoreDeps } from '../store-deps.ts';
import type { StoreFiles } from '../store-files.ts';
import type { RunMachine } from '../stored-run.ts';

export const DIRECTORY = '/runs/new/run';

export const MACHINE: RunMachine = {
  poolLabVersion: '0.1.0',
  nodeVersion: 'v24.0.0',
  platform: 'linux',
  arch: 'x64',
  osRelease: '6.1',
  cpuModel: 'a CPU',
  cores: 2,
  memoryBytes: 8_000_000_000,
};

/** Three cells, one round. */
export function samplePlan(changes: Partial<SweepPlan> = {}): SweepPlan {
  const { plan: base } = sampleTrial();
  return {
    schemaVersion: 1,
    axes: {
      workload: ['hot'],
      load: [base.load.model],
      dbRttMs: [0],
      maxConnections: [100],
      poolKind: ['queue'],
      maxOverflow: [0],
      workers: [1],
      poolSize: [1, 2, 3],
    },
    base,
    rounds: 1,
    predictedSurge: 1,
    settings: { 'pool-size': ['1..3'] },
    ...changes,
  };
}

/** A small result that says which trial it is of. */
export const resultOf = ({ plan, round }: PlannedTrial): MeasuredTrial =>
  sampleTrial({ plan, measuredMs: 1_000 * plan.pool.poolSize + round });

export const aFailure = (): LabError =>
  new LabError('SERVER_NOT_READY', { message: 'the API was not ready', hint: 'look at its log' });

export function createSampleRun(store: StoreDeps, plan: SweepPlan = samplePlan()): RunWriter {
  const redactor = createRedactor();
  return createRun({ directory: DIRECTORY, plan, machine: MACHINE, redactor, store });
}

export function resumeSampleRun(
  store: StoreDeps,
  {
    plan = null,
    machine = MACHINE,
  }: { readonly plan?: SweepPlan | null; readonly machine?: RunMachine } = {},
) {
  return resumeRun({ directory: DIRECTORY, plan, machine, redactor: createRedactor(), store });
}

/** As a sweep does; `told` gets each trial once it is said to be safe. */
export function measureAll(
  writer: RunWriter,
  trials: readonly PlannedTrial[],
  told: Set<string> = new Set(),
): void {
  for (const trial of trials) {
    writer.started(trial);
    writer.measured(trial, resultOf(trial));
    told.add(trial.id);
  }
  writer.finished();
}

/** A whole run: created where `disk` has none yet, else resumed. */
export function runToTheEnd(
  store: StoreDeps,
  { disk, told = new Set() }: { readonly disk: StoreFiles; readonly told?: Set<string> },
): void {
  const resumed = hasPlan(disk) ? resumeSampleRun(store) : null;
  const writer = resumed?.writer ?? createSampleRun(store);
  try {
    measureAll(writer, resumed?.pending ?? orderTrials(samplePlan()), told);
  } finally {
    writer.close();
  }
}

function hasPlan(files: StoreFiles): boolean {
  try {
    readPlanFile(DIRECTORY, files);
    return true;
  } catch (error) {
    if (error instanceof LabError && error.code === 'RUN_DIRECTORY_UNREADABLE') return false;
    throw error;
  }
}
