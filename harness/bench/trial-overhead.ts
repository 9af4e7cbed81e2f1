/**
 * Where the time of a sweep's trials goes that is neither warm-up nor measured window: a real sweep of
 * some short trials, written to a run directory as any other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { SWEEP_PLAN_SCHEMA_VERSION, type SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { orderTrials, type PlannedTrial } from '../plan/sweep/trial-order.ts';
import { createRedactor } from '../report/redactor.ts';
import { machineEnvironment } from '../runner/environment.ts';
import type { LabDeps } from '../runner/lab.ts';
import { createLabMeasurer } from '../runner/lab-measurer.ts';
import { runSweep, type SweepRecord } from '../runner/sweep.ts';
import { SILENT } from '../runner/trial.ts';
import { createRun } from '../store/create-run.ts';
import { MACHINE_STORE } from '../store/store-deps.ts';

const WARMUP_MS = 500;
const WINDOW_MS = 1_000;

/** What one trial spent on everything else, in ms; the parts add up to the sum. */
export interface TrialOverhead {
  readonly id: string;
  readonly parts: {
    readonly startServer: number;
    /** Of the warm-up, beyond the warm-up itself: the parameters' check, the load process, its drain. */
    readonly aroundWarmup: number;
    /** Of the measurement, beyond the window: drain, the load process, the monitor's last sample. */
    readonly aroundWindow: number;
    readonly stats: number;
    readonly stopServer: number;
    readonly waitGone: number;
    /** The result's file and the journal's lines, on the disk. */
    readonly record: number;
    /** Judging, and what nobody accounts for. */
    readonly rest: number;
  };
  readonly sum: number;
}

export interface TrialOverheads {
  readonly trials: readonly TrialOverhead[];
  /** From the end of the last trial on one PostgreSQL to the begin of the first on the next. */
  readonly postgresRestartsMs: readonly number[];
}

/** @param poolSizes one trial each, for each of two max_connections */
export async function measureTrialOverhead(
  workers: number,
  poolSizes: readonly number[],
  deps: LabDeps,
): Promise<TrialOverheads> {
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-bench-'));
  const plan = shortSweep(workers, poolSizes);
  const machine = machineEnvironment(deps.poolLabVersion);
  const writer = createRun({
    directory,
    plan,
    machine,
    redactor: createRedactor(),
    store: MACHINE_STORE,
  });
  try {
    const spent = new TimeSpent(writer);
    await runSweep(orderTrials(plan), {
      measurer: createLabMeasurer(deps),
      record: spent,
      hooks: {
        onTrial: () => SILENT,
        onMeasured: () => undefined,
        onFailed: (_trial, error) => {
          throw error;
        },
        onTeardownFailed: (error) => {
          throw error;
        },
      },
      signal: deps.signal,
    });
    return spent;
  } finally {
    writer.close();
    rmSync(directory, { recursive: true });
  }
}

function shortSweep(workers: number, poolSizes: readonly number[]): SweepPlan {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  const base = { ...plan, workers, warmupMs: WARMUP_MS, durationMs: WINDOW_MS };
  return {
    schemaVersion: SWEEP_PLAN_SCHEMA_VERSION,
    axes: {
      workload: [base.workload],
      load: [base.load.model],
      dbRttMs: [base.distance.rttMs],
      maxConnections: [100, 101],
      poolKind: ['queue'],
      maxOverflow: [0],
      workers: [workers],
      poolSize: [...poolSizes],
    },
    base,
    rounds: 1,
    predictedSurge: 1,
    settings: {},
  };
}

/** A record that keeps the time: a trial's begins with its start, and ends when it is on the disk. */
class TimeSpent implements SweepRecord, TrialOverheads {
  readonly trials: TrialOverhead[] = [];
  readonly postgresRestartsMs: number[] = [];
  readonly #inner: SweepRecord;
  #startedAtMs = 0;
  #last: { readonly endedAtMs: number; readonly maxConnections: number } | null = null;

  constructor(inner: SweepRecord) {
    this.#inner = inner;
  }

  started(trial: PlannedTrial): void {
    const nowMs = performance.now();
    const restarted = this.#last?.maxConnections !== trial.plan.postgres.maxConnections;
    if (this.#last !== null && restarted)
      this.postgresRestartsMs.push(nowMs - this.#last.endedAtMs);
    // The time since the last trial is this one's too, unless PostgreSQL was started in between.
    this.#startedAtMs = this.#last === null || restarted ? nowMs : this.#last.endedAtMs;
    this.#inner.started(trial);
  }

  measured(trial: PlannedTrial, result: MeasuredTrial): void {
    const recordingMs = performance.now();
    this.#inner.measured(trial, result);
    const endedAtMs = performance.now();
    const spentMs = endedAtMs - this.#startedAtMs;
    this.#last = { endedAtMs, maxConnections: trial.plan.postgres.maxConnections };
    this.trials.push(overheadOf(trial.id, result, { spentMs, recordMs: endedAtMs - recordingMs }));
  }

  failed(trial: PlannedTrial, error: Parameters<SweepRecord['failed']>[1]): void {
    this.#inner.failed(trial, error);
  }
}

function overheadOf(
  id: string,
  { phasesMs, measuredMs }: MeasuredTrial,
  { spentMs, recordMs }: { readonly spentMs: number; readonly recordMs: number },
): TrialOverhead {
  const phase = (name: string): number => phasesMs[name] ?? Number.NaN;
  const sum = spentMs - WARMUP_MS - measuredMs;
  const parts = {
    startServer: phase('startServer'),
    aroundWarmup: phase('warmup') - WARMUP_MS,
    aroundWindow: phase('measure') - measuredMs,
    stats: phase('stats'),
    stopServer: phase('stopServer'),
    waitGone: phase('waitGone'),
    record: recordMs,
  };
  const known = Object.values(parts).reduce((total, ms) => total + ms, 0);
  return { id, parts: { ...parts, rest: sum - known }, sum };
}
