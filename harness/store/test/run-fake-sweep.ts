/*
 * A process that creates or resumes the run directory it is given and measures its trials, each of which
 * takes next to no time. Says `ready` before it touches the directory, and `end` when there is nothing
 * left to do.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { orderTrials } from '../../plan/sweep/trial-order.ts';
import { createRedactor } from '../../report/redactor.ts';
import { runSweep } from '../../runner/sweep.ts';
import { createRun } from '../create-run.ts';
import { DISK_FILES } from '../disk-files.ts';
import { resumeRun } from '../resume-run.ts';
import { PLAN_FILE } from '../run-layout.ts';
import type { RunWriter } from '../run-writer.ts';
import { MACHINE_STORE } from '../store-deps.ts';
import { MACHINE, resultOf, samplePlan } from './sample-run.ts';

const directory = process.env['RUN_DIRECTORY'] ?? '';
/** So that about as many kills come inside of a trial as between two. */
const TRIAL_MS = 1;

const plan = samplePlan({ rounds: 5 });
const redactor = createRedactor();

function open(): { readonly writer: RunWriter; readonly pending: ReturnType<typeof orderTrials> } {
  const input = { directory, plan, machine: MACHINE, redactor, store: MACHINE_STORE };
  return DISK_FILES.isDirectory(directory) && hasPlan()
    ? resumeRun(input)
    : { writer: createRun(input), pending: orderTrials(plan) };
}

function hasPlan(): boolean {
  return DISK_FILES.list(directory).includes(PLAN_FILE);
}

process.stdout.write('ready\n');
const { writer, pending } = open();
await runSweep(pending, {
  measurer: {
    withPostgres: (_settings, use) =>
      use(async (trial) => {
        await delay(TRIAL_MS);
        return resultOf(trial);
      }),
  },
  record: writer,
  hooks: {
    onTrial: () => ({ onPhase: () => undefined, onProgress: () => undefined }),
    onMeasured: ({ id }) => {
      process.stdout.write(`measured ${id}\n`);
    },
    onFailed: () => undefined,
    onTeardownFailed: () => undefined,
  },
  signal: new AbortController().signal,
});
writer.finished();
writer.close();
process.stdout.write('end\n');
