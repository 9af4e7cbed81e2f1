import type { SessionGroup } from '../analysis/service-reading.ts';
import type { BackendGroup, TransactionCounts } from '../postgres/monitor-queries.ts';
import type { SessionTransports } from '../postgres/session-transports.ts';
import { isWatched, type Watched } from '../postgres/watched-sessions.ts';
import { createSessionGroups } from './session-groups.ts';

/** One second of a window; means over its samples. */
export interface MonitorSecond {
  readonly second: number;
  readonly samples: number;
  readonly workerConnectionsPeak: number;
  readonly workerConnectionsMean: number;
  /** Everybody else that holds a slot, the monitor included, without those still connecting. */
  readonly othersMean: number;
  readonly startingPeak: number;
  readonly activeMean: number;
  readonly idleInTransactionMean: number;
  readonly waitingForLocksMean: number;
}

/** What the server side looked like between `startSampling` and `stop`. Between samples: unknown. */
export interface MonitorWindow {
  readonly durationMs: number;
  readonly intervalMs: number;
  readonly samples: number;
  /** Planned moments without a sample, because an earlier one took too long. */
  readonly samplesMissed: number;
  /** Samples that started more than half an interval after their planned moment. */
  readonly samplesLate: number;
  /** Longest time between two samples in a row, the edges of the window included. */
  readonly sampleGapMsMax: number;
  /** Connections of all workers together, at the moment there were most. */
  readonly workerConnectionsPeak: number;
  /** All client backends, whoever's, those still connecting included. */
  readonly clientBackendsPeak: number;
  /** Backends that had not finished connecting: they take a slot before they may be refused. */
  readonly startingPeak: number;
  /** By application name; empty where others than the lab's workers are watched. */
  readonly peakByWorker: Readonly<Record<string, number>>;
  /** Who was watched, where it is none of the lab's workers: their names are not the lab's to know beforehand. */
  readonly sessions: readonly SessionGroup[];
  /** Of the workers' backends, e.g. `{ active: 3.2, idle: 16.8 }`. */
  readonly meanByState: Readonly<Record<string, number>>;
  /**
   * What the workers' *active* backends waited for, as shares of their samples; `CPU` stands for no
   * wait event, which is running or waiting for a processor. Empty when none was ever active.
   */
  readonly waitEventShares: Readonly<Record<string, number>>;
  readonly seconds: readonly MonitorSecond[];
  /**
   * Transactions in the API's database, everybody's, the monitor's samples among them. Backends report theirs once a second and at
   * their end, so a window's edges are blurred by a second. `null`: could not be read.
   */
  readonly transactions: TransactionCounts | null;
  /** How the workers' connections came, looked at once when some were there; `null`: none could be seen. */
  readonly transports: SessionTransports | null;
  /** Why sampling ended early; `null` when it did not. */
  readonly lost: string | null;
}

export type WindowSamples = Omit<
  MonitorWindow,
  | 'durationMs'
  | 'samplesMissed'
  | 'samplesLate'
  | 'sampleGapMsMax'
  | 'transactions'
  | 'transports'
  | 'lost'
  | 'intervalMs'
>;

/** Connections at most so far: of all workers together, of everybody, of one worker. */
export interface WindowPeaks {
  readonly workers: number;
  readonly all: number;
  readonly worker: number;
}

/** Connections of the last sample and at most so far: of all workers together, and of everybody. */
export interface LiveConnections {
  readonly workersNow: number;
  readonly workersPeak: number;
  readonly allNow: number;
  readonly allPeak: number;
}

/** Takes samples one by one and keeps sums only, whatever the length of the window. */
export interface WindowAccumulator {
  add(elapsedMs: number, groups: readonly BackendGroup[]): void;
  peaks(): WindowPeaks;
  live(): LiveConnections;
  result(): WindowSamples;
}

interface Totals {
  samples: number;
  workersPeak: number;
  workers: number;
  others: number;
  startingPeak: number;
  active: number;
  idleInTransaction: number;
  waitingForLocks: number;
}

export function createWindowAccumulator(watched: Watched): WindowAccumulator {
  const whole = noTotals();
  const bySecond = new Map<number, Totals>();
  const states = new Map<string, number>();
  const waits = new Map<string, number>();
  const peaks = new Map<string, number>();
  const ofWorkers = watched.kind === 'names';
  const sessions = createSessionGroups();
  let clientBackendsPeak = 0;
  let last = { workers: 0, all: 0 };
  return {
    add(elapsedMs, groups) {
      const second = Math.floor(elapsedMs / 1000);
      const totals = bySecond.get(second) ?? noTotals();
      bySecond.set(second, totals);
      const seen = groups.filter((group) => isWatched(watched, group));
      const sample = summarize(groups, new Set(seen));
      last = sample;
      for (const target of [whole, totals]) addTo(target, sample);
      clientBackendsPeak = Math.max(clientBackendsPeak, sample.all);
      if (!ofWorkers) sessions.add(seen);
      for (const [worker, backends] of ofWorkers ? countByName(seen) : []) {
        peaks.set(worker, Math.max(peaks.get(worker) ?? 0, backends));
      }
      for (const { state, waitEvent, backends } of seen) {
        increase(states, state, backends);
        if (state === 'active') increase(waits, waitEvent ?? 'CPU', backends);
      }
    },
    peaks: () => ({
      workers: whole.workersPeak,
      all: clientBackendsPeak,
      worker: Math.max(0, ...peaks.values()),
    }),
    live: () => ({
      workersNow: last.workers,
      workersPeak: whole.workersPeak,
      allNow: last.all,
      allPeak: clientBackendsPeak,
    }),
    result: () => ({
      samples: whole.samples,
      workerConnectionsPeak: whole.workersPeak,
      clientBackendsPeak,
      startingPeak: whole.startingPeak,
      peakByWorker: Object.fromEntries(peaks),
      sessions: sessions.result(),
      meanByState: divided(states, whole.samples),
      waitEventShares: divided(waits, whole.active),
      seconds: [...bySecond].map(([second, totals]) => toSecond(second, totals)),
    }),
  };
}

interface SampleSummary {
  readonly all: number;
  readonly workers: number;
  readonly starting: number;
  readonly active: number;
  readonly idleInTransaction: number;
  readonly waitingForLocks: number;
}

function summarize(
  groups: readonly BackendGroup[],
  seen: ReadonlySet<BackendGroup>,
): SampleSummary {
  const sum = {
    all: 0,
    workers: 0,
    starting: 0,
    active: 0,
    idleInTransaction: 0,
    waitingForLocks: 0,
  };
  for (const group of groups) {
    const { state, waitEvent, backends } = group;
    sum.all += backends;
    if (!seen.has(group)) {
      if (state === 'starting') sum.starting += backends;
      continue;
    }
    sum.workers += backends;
    if (state.startsWith('idle in transaction')) sum.idleInTransaction += backends;
    if (state !== 'active') continue;
    sum.active += backends;
    if (waitEvent?.startsWith('Lock/') === true) sum.waitingForLocks += backends;
  }
  return sum;
}

function countByName(groups: readonly BackendGroup[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { applicationName, backends } of groups) increase(counts, applicationName, backends);
  return counts;
}

function noTotals(): Totals {
  return {
    samples: 0,
    workersPeak: 0,
    workers: 0,
    others: 0,
    startingPeak: 0,
    active: 0,
    idleInTransaction: 0,
    waitingForLocks: 0,
  };
}

function addTo(totals: Totals, sample: SampleSummary): void {
  totals.samples += 1;
  totals.workersPeak = Math.max(totals.workersPeak, sample.workers);
  totals.workers += sample.workers;
  totals.others += sample.all - sample.workers - sample.starting;
  totals.startingPeak = Math.max(totals.startingPeak, sample.starting);
  totals.active += sample.active;
  totals.idleInTransaction += sample.idleInTransaction;
  totals.waitingForLocks += sample.waitingForLocks;
}

function toSecond(second: number, totals: Totals): MonitorSecond {
  return {
    second,
    samples: totals.samples,
    workerConnectionsPeak: totals.workersPeak,
    workerConnectionsMean: totals.workers / totals.samples,
    othersMean: totals.others / totals.samples,
    startingPeak: totals.startingPeak,
    activeMean: totals.active / totals.samples,
    idleInTransactionMean: totals.idleInTransaction / totals.samples,
    waitingForLocksMean: totals.waitingForLocks / totals.samples,
  };
}

function increase(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function divided(counts: ReadonlyMap<string, number>, by: number): Record<string, number> {
  return Object.fromEntries([...counts].map(([key, value]) => [key, value / by]));
}
