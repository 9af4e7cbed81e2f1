import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { type ErrorCode, LabError } from '../lab-error.ts';
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
  /** PostgreSQL or something beside it did not end well; all its trials are safe. */
  readonly onTeardownFailed: (error: LabError) => void;
}

/** So many failures one after the other are no accident of a cell: what is broken is the machine. */
const MACHINE_FAILURES_IN_A_ROW_MAX = 3;
/** Cells that ask for too much fail by themselves, and the shuffle may put some of them in a row. */
const CELL_FAILURES_IN_A_ROW_MAX = 10;

/** What a cell may bring about by its own numbers, e.g. by more workers than there is memory for. */
const OF_THE_CELL: ReadonlySet<ErrorCode> = new Set([
  'SERVER_NOT_READY',
  'SERVICE_NOT_READY',
  'SERVICE_ENDED',
  'SERVER_CRASH_LOOP',
  'TOO_FEW_FILE_DESCRIPTORS',
]);

/** No trial could go any better after one of these. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set([
  'USAGE',
  'CONFIG_INVALID',
  'SQL_FAILED',
  'PLATFORM_UNSUPPORTED',
  'BINARIES_MISSING',
  'LIBRARY_MISSING',
  'PGBOUNCER_MISSING',
  'NO_UNPRIVILEGED_ACCOUNT',
  'DIRECTORY_UNUSABLE',
  'DISK_FULL',
  'DATABASE_UNUSABLE',
  'REFUSED_FOREIGN_ROLE',
]);

/**
 * Measures the trials in the order given, one PostgreSQL for each stretch of trials that share its
 * settings. A trial that fails is recorded as failed, PostgreSQL is started anew, and the sweep goes on.
 * A trial that is stopped from outside leaves no trace but its start.
 *
 * @throws LabError of the last failure after too many in a row or one that is hopeless; of the record,
 * which can keep nothing any more
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
  let ready = false;
  let running: PlannedTrial | null = null;
  const inARow = { machine: 0, cell: 0 };

  /** Until the settings change, a trial fails, or somebody stops it. */
  const measureStretch = async (measure: MeasureTrial, settingsKey: string): Promise<void> => {
    for (const trial of stretchFrom(trials, next, settingsKey)) {
      if (signal.aborted) return;
      record.started(trial);
      running = trial;
      const result = await measure(trial, hooks.onTrial(trial, next + 1));
      if (signal.aborted) return;
      record.measured(trial, result);
      hooks.onMeasured(trial, result);
      running = null;
      next += 1;
      inARow.machine = 0;
      inARow.cell = 0;
    }
  };
  const fail = (trial: PlannedTrial, error: LabError): void => {
    record.failed(trial, error);
    hooks.onFailed(trial, error);
    next += 1;
  };
  const failStretch = (error: LabError, settingsKey: string): void => {
    if (running !== null) fail(running, error);
    else if (ready) hooks.onTeardownFailed(error);
    else if (!HOPELESS.has(error.code)) {
      // A PostgreSQL that does not start fails everything that was to be measured on it.
      for (const trial of stretchFrom(trials, next, settingsKey)) fail(trial, error);
    }
    inARow[OF_THE_CELL.has(error.code) ? 'cell' : 'machine'] += 1;
  };

  for (let first = trials[next]; first !== undefined; first = trials[next]) {
    if (signal.aborted) return 'stopped';
    const settingsKey = postgresKey(first.plan);
    ready = false;
    running = null;
    try {
      await measurer.withPostgres(first.plan.postgres, async (measure) => {
        ready = true;
        await measureStretch(measure, settingsKey);
      });
    } catch (thrown) {
      const error = firstErrorOf(thrown);
      if (isOfTheRecord(error)) throw error;
      if (signal.aborted) return 'stopped';
      if (!(error instanceof LabError)) throw thrown;
      failStretch(error, settingsKey);
      const broken =
        inARow.machine >= MACHINE_FAILURES_IN_A_ROW_MAX ||
        inARow.cell >= CELL_FAILURES_IN_A_ROW_MAX;
      if (broken || HOPELESS.has(error.code)) throw error;
    }
  }
  return signal.aborted ? 'stopped' : 'completed';
}

/** The trials from `start` on that can be measured on the same PostgreSQL. */
function stretchFrom(
  trials: readonly PlannedTrial[],
  start: number,
  settingsKey: string,
): readonly PlannedTrial[] {
  const end = trials.findIndex(
    (trial, index) => index >= start && postgresKey(trial.plan) !== settingsKey,
  );
  return trials.slice(start, end === -1 ? trials.length : end);
}

/** What went wrong first, where ending what it left behind went wrong too. */
function firstErrorOf(error: unknown): unknown {
  return error instanceof SuppressedError ? firstErrorOf(error.suppressed) : error;
}

function isOfTheRecord(error: unknown): boolean {
  return error instanceof LabError && error.code.startsWith('RUN_DIRECTORY_');
}
