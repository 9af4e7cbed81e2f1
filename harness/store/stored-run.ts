import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { Cell } from '../plan/sweep/cells.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';

/** What must be the same for trials to belong to one run. */
export interface RunMachine {
  readonly poolLabVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  readonly arch: string;
  readonly osRelease: string;
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** How one trial of a run ended, as the run directory has it. */
export type StoredTrial =
  | { readonly state: 'measured'; readonly round: number; readonly result: MeasuredTrial }
  | {
      readonly state: 'failed';
      readonly round: number;
      readonly error: { readonly code: string; readonly message: string; readonly hint: string };
    };

/** A cell with those of its trials that are there, by round; rounds still to come are not. */
export interface StoredCell {
  readonly cell: Cell;
  readonly trials: readonly StoredTrial[];
}

/** A run directory as it can be read, whatever happened to it. */
export interface StoredRun {
  readonly directory: string;
  readonly plan: SweepPlan;
  /** SHA-256 of the plan, hexadecimal. */
  readonly planHash: string;
  readonly machine: RunMachine;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** Ids of trials, e.g. `c001-r1`, that count as measured. */
  readonly measured: ReadonlySet<string>;
  /** Sentences about files that cannot be used, each naming the file. Grows while `cells` is read. */
  readonly damage: readonly string[];
  /** Cell by cell in the order of the plan, so that a large run need not be in memory as a whole. */
  cells(): Iterable<StoredCell>;
}
