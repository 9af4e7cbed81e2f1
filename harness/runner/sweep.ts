import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { LabError } from '../lab-error.ts';
import { type PlannedTrial, postgresKey } from '../plan/sweep/trial-order.ts';
import type { PostgresSettings } from '../postgres/provider.ts';
import type { TrialHooks } from './trial.ts';

export type MeasureTrial = (trial: PlannedTrial, hooks: TrialHooks) => Promise<MeasuredTrial>;

/** What measures: a real lab, or in tests a load model without any time. */
export interface SweepMeasurer {
  /** One PostgreSQL with these settings for the time of `use`. */
  withPostgres<T>(
    settings: PostgresSettings,
    use: (measure: MeasureTrial) => Promise<T>,
  ): Promise<T>;
}

/** Where a sweep writes down what it does. What it was told is safe when the call returns. */
export interface SweepRecord {
  started(trial: PlannedTrial): void;
  measured(trial: PlannedTrial, result: MeasuredTrial): void;
  failed(trial: PlannedTrial, error: LabError): void;
}

export interface SweepHooks {
  /** Before a trial, `position` from 1 of all that are to be measured now. */
  readonly onTrial: (trial: PlannedTrial, position: number) => TrialHooks;
  readonly onMeasured: (trial: PlannedTrial, result: MeasuredTrial) => void;
  readonly onFailed: (trial: PlannedTrial, error: LabError) => void;
}

/** So many failures one after the other are no accident of a cell: what is broken is the machine. */
const FAILURES_IN_A_ROW_MAX = 3;

/** No trial could go any better after one of these. */
const HOPELESS: ReadonlySet<string> = new Set(['CONFIG_INVALID', 'USAGE']);

/**
 * Measures the trials in the order given, one PostgreSQL for each stretch of trials that share its
 * settings. A trial that fails is recorded as failed, PostgreSQL is started anew, and the sweep goes on.
 * A trial that is stopped from outside leaves no trace but its start.
 *
 * @throws LabError of the last trial after three failures in a row, or of the record: nothing can be kept
 */
export async function runSweep(
  trials: readonly PlannedTrial[],
  deps: {
    readonly measurer: SweepMeasurer;
    readonly record: SweepRecord;
    readonly hooks: SweepHooks;
    readonly signal: AbortSignal;
  },
): Promise<'completed' | 'stopped'> {
  const { measurer, record, hooks, signal } = deps;
  let next = 0;
  let failuresInARow = 0;

  const fail = (trial: PlannedTrial, error: LabError): void => {
    record.failed(trial, error);
    hooks.onFailed(trial, error);
  };
  /** Until the settings change, a trial fails, or somebody stops it. */
  const measureStretch = async (measure: MeasureTrial, settingsKey: string): Promise<void> => {
    for (let trial = trials[next]; trial !== undefined; trial = trials[next]) {
      if (signal.aborted || postgresKey(trial.plan) !== settingsKey) return;
      record.started(trial);
      const result = await measure(trial, hooks.onTrial(trial, next + 1));
      if (signal.aborted) return;
      record.measured(trial, result);
      hooks.onMeasured(trial, result);
      next += 1;
      failuresInARow = 0;
    }
  };

  for (let first = trials[next]; first !== undefined; first = trials[next]) {
    if (signal.aborted) return 'stopped';
    const settingsKey = postgresKey(first.plan);
    let ready = false;
    try {
      await measurer.withPostgres(first.plan.postgres, async (measure) => {
        ready = true;
        await measureStretch(measure, settingsKey);
      });
    } catch (error) {
      if (signal.aborted) return 'stopped';
      if (!(error instanceof LabError) || isOfTheRecord(error)) throw error;
      failuresInARow += 1;
      // A PostgreSQL that does not start fails everything that was to be measured on it.
      for (let trial = trials[next]; trial !== undefined; trial = trials[next]) {
        if (postgresKey(trial.plan) !== settingsKey) break;
        fail(trial, error);
        next += 1;
        if (ready) break;
      }
      if (failuresInARow >= FAILURES_IN_A_ROW_MAX || HOPELESS.has(error.code)) throw error;
    }
  }
  return signal.aborted ? 'stopped' : 'completed';
}

function isOfTheRecord({ code }: LabError): boolean {
  return code.startsWith('RUN_DIRECTORY_');
}
