import { join } from 'node:path';
import type { Io } from '../io.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { orderTrials, type PlannedTrial } from '../plan/sweep/trial-order.ts';
import { formatCount, plural } from '../report/format.ts';
import type { ReportLine } from '../report/report-line.ts';
import { plainText } from '../report/sweep/plain-text.ts';
import { describeSweep } from '../report/sweep/plan-words.ts';
import { machineEnvironment } from '../runner/environment.ts';
import { createRun } from '../store/create-run.ts';
import { hashPlan } from '../store/plan-file.ts';
import { resumeRun } from '../store/resume-run.ts';
import type { RunWriter } from '../store/run-writer.ts';
import type { StoreDeps } from '../store/store-deps.ts';
import { poolLabVersion } from '../version.ts';
import type { AskedSweep } from './sweep-asked.ts';

/** A run directory that is ours to write into, and what there is to do. */
export interface OpenRun {
  readonly directory: string;
  readonly plan: SweepPlan;
  /** In the order they are measured. */
  readonly pending: readonly PlannedTrial[];
  /** Trials that were measured before. */
  readonly doneBefore: number;
  readonly writer: RunWriter;
  /** What is about to happen, in words. */
  readonly opening: readonly ReportLine[];
}

/** Runs without a name of their own are collected here, in the current directory. */
const RUNS_DIRECTORY = 'pool-lab-runs';
/** Of the plan's hash: enough to see at a glance which runs have the same plan. */
const HASH_CHARACTERS = 8;

/**
 * Makes the run directory, or takes it up again.
 *
 * @throws LabError RUN_DIRECTORY_*, RESUME_REFUSED
 */
export function openSweepRun(
  asked: AskedSweep,
  { io, store }: { readonly io: Pick<Io, 'redactor' | 'stderr'>; readonly store: StoreDeps },
): OpenRun {
  const common = { machine: machineEnvironment(poolLabVersion()), redactor: io.redactor, store };
  switch (asked.kind) {
    case 'new': {
      const { plan } = asked;
      const directory = asked.out ?? defaultDirectory(plan, store.now());
      const writer = createRun({ directory, plan, ...common });
      const opening = [...describeSweep(plan), { label: 'RUN', text: plainText(directory) }];
      return { directory, plan, pending: orderTrials(plan), doneBefore: 0, writer, opening };
    }
    case 'resume': {
      const directory = asked.from;
      const { writer, plan, pending, measuredCount, damage } = resumeRun({
        directory,
        plan: asked.plan,
        ...common,
      });
      const opening = [
        ...damage.map((text) => ({ label: 'DAMAGED', text: plainText(text) })),
        { label: 'RUN', text: resumedText(directory, measuredCount, pending.length) },
      ];
      return { directory, plan, pending, doneBefore: measuredCount, writer, opening };
    }
  }
}

/** `pool-lab-runs/20260102T030405Z-1a2b3c4d`: the moment it began, and its plan. */
export function defaultDirectory(plan: SweepPlan, now: Date): string {
  const moment = now.toISOString().replace(/\.\d+/, '').replaceAll(/[-:]/g, '');
  return join(RUNS_DIRECTORY, `${moment}-${hashPlan(plan).slice(0, HASH_CHARACTERS)}`);
}

function resumedText(path: string, measured: number, pending: number): string {
  const directory = plainText(path);
  const all = measured + pending;
  return pending === 0
    ? `${directory} is complete: all ${plural(all, 'trial')} are measured, nothing is left to do`
    : `going on with ${directory}: ${formatCount(measured)} of ${plural(all, 'trial')} measured, ${formatCount(pending)} to come`;
}
