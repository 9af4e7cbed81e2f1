import type { ServerStats } from '../../server/contract.ts';
import type { LoadResult } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { ServiceReading } from './service-reading.ts';
import type { HistogramView } from './statistics/percentiles.ts';
import type { ThresholdStop } from './thresholds/threshold-results.ts';
import type { Environment, FaultReading, Host, WatchedEnvironment } from './trial-machine.ts';
import type { MeasuredTrial } from './trial-result.ts';

/** What one trial saw, from everybody who watched it; counts and times as they were taken. */
export type TrialObservations = WatchedObservations | UnwatchedObservations;

/** With the database in sight. */
export interface WatchedObservations extends CommonObservations {
  readonly environment: WatchedEnvironment;
  readonly limits: {
    readonly maxConnections: number;
    readonly superuserReserved: number;
    readonly reserved: number;
  };
  /** Connections of everybody but the API, the monitor's own included, before the API started. */
  readonly others: number;
  readonly server: {
    readonly peakWorkers: number;
    readonly peakAll: number;
    readonly peakByWorker: Readonly<Record<string, number>>;
    readonly samples: number;
    readonly longestGapMs: number;
    /** Of the workers' backends, those in a statement, on average over the samples. */
    readonly activeMean: number;
    readonly waitEventShares: Readonly<Record<string, number>>;
    /** Connections of all workers at most, by second of the window; some may be missing. */
    readonly seconds: readonly {
      readonly second: number;
      readonly workerConnectionsPeak: number;
    }[];
    readonly lost: boolean;
  };
}

/** Of a service that runs already, and whose database nobody named. */
export interface UnwatchedObservations extends CommonObservations {
  readonly environment: Environment & { readonly postgres: null };
  readonly limits: null;
  readonly others: null;
  readonly server: null;
}

interface CommonObservations {
  readonly plan: TrialPlan;
  readonly startedAt: string;
  readonly load: LoadResult;
  /** The threshold that stopped the run (`--abort-on-fail`); `null`: none did. */
  readonly stoppedByThreshold: ThresholdStop | null;
  /** Of the lab's own API; `null`: a service was measured, which gives no account. */
  readonly account: ServerAccount | null;
  readonly deaths: readonly { readonly worker: number; readonly reason: string }[];
  /** `null`: the lab's own API was measured. */
  readonly service: ServiceObservation | null;
  readonly rollout: MeasuredTrial['rollout'];
  readonly api: MeasuredTrial['api'];
  readonly distance: MeasuredTrial['distance'];
  readonly transport: MeasuredTrial['transport'];
  /** Of the plan's faults, in their order. */
  readonly faults: readonly FaultReading[];
  /** Of the pooler that the lab started; `null`: none, or nothing was told. */
  readonly pooler: MeasuredTrial['pooler'];
  /** CPU time of its process in the window; `null` as well where the system does not tell. */
  readonly poolerCpuMs: number | null;
  /**
   * Connections of the API that the server side still had after the API was stopped; `null` where it was
   * not, or where another keeps them on purpose.
   */
  readonly leftBehind: number | null;
  readonly postgresCpuMs: number | null;
  readonly host: Host;
  readonly phasesMs: Readonly<Record<string, number>>;
}

/** What a service showed, with what only the judgement needs. */
export interface ServiceObservation {
  readonly reading: ServiceReading;
  /** Requests that were answered wrong before any load, with what came instead, e.g. `status 500`. */
  readonly wrongBefore: readonly { readonly name: string; readonly got: string }[];
  /** Its connections on average over that second of the window which had the most of them. */
  readonly busiestSecondMean: number;
}

/** The API's own account, with nothing in flight: before the window and after the drain. */
export interface ServerAccount {
  readonly before: ServerStats;
  readonly after: ServerStats;
}

/** Merges histograms in the form the load engine sent them; `null` stands for an empty one. */
export type DecodeHistogram = (
  encoded: readonly (string | null)[],
) => HistogramView & { encode(): string };
