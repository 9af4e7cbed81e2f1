import type { ServerStats, WorkerStats } from '../../../server/contract.ts';
import type { ServerAccount, TrialObservations } from '../trial-observations.ts';
import type { MeasuredTrial } from '../trial-result.ts';

const MS_PER_SECOND = 1000;

/** Each worker's account of the window and its drain: the difference of its two readings. A service gives none. */
export function workerObservations({
  load,
  account,
  api,
}: TrialObservations): MeasuredTrial['workers'] {
  if (account === null) return [];
  const seconds = observedSeconds(load);
  return sinceBefore(account).map(({ end, start, since }) => ({
    worker: end.worker,
    answers: load.answersByWorker[String(end.worker)] ?? 0,
    acquireStarted: since(({ pool }) => pool.acquireStarted),
    acquireTimeout: since(({ pool }) => pool.acquireTimeout),
    acquireError: since(({ pool }) => pool.acquireError),
    opened: since(({ pool }) => pool.opened),
    heldPeak: peakOf(({ pool }) => pool.heldPeak, { end, start, api }),
    waitingPeak: peakOf(({ pool }) => pool.waitingPeak, { end, start, api }),
    meanWaiting: seconds > 0 ? since(({ pool }) => pool.waitingSeconds) / seconds : 0,
    saturatedShare:
      seconds > 0 ? Math.min(1, since(({ pool }) => pool.saturatedSeconds) / seconds) : 0,
    eventLoopUtilization: loopUtilization(since),
    cpuMs: since(({ cpuMs }) => cpuMs),
  }));
}

/** Connections that all workers held at the same time, on average; 0 where nobody told. */
export function meanHeld({ load, account }: TrialObservations): number {
  if (account === null) return 0;
  const seconds = observedSeconds(load);
  const held = sinceBefore(account).reduce(
    (sum, { since }) => sum + since(({ pool }) => pool.holdSeconds),
    0,
  );
  return seconds > 0 ? held / seconds : 0;
}

/** CPU time of all workers and their primary in between, or of a service's processes, in ms; `null`: unknown. */
export function apiCpuMs({
  account,
  service,
}: Pick<TrialObservations, 'account' | 'service'>): number | null {
  return account === null
    ? (service?.reading.process?.cpuMs ?? null)
    : cpuMsOf(account.after) - cpuMsOf(account.before);
}

/** Of a worker that served others before, a peak is the trial's own only where it is a new one. */
function peakOf(
  read: (stats: WorkerStats) => number,
  {
    end,
    start,
    api,
  }: {
    readonly end: WorkerStats;
    readonly start: WorkerStats | null;
    readonly api: TrialObservations['api'];
  },
): number | null {
  const peak = read(end);
  return api.target === null || start === null || peak > read(start) ? peak : null;
}

type Since = (read: (stats: WorkerStats) => number) => number;

/** A worker that started in between began at nothing. */
function sinceBefore({ before, after }: ServerAccount): readonly {
  readonly end: WorkerStats;
  readonly start: WorkerStats | null;
  readonly since: Since;
}[] {
  const earlier = new Map(before.workers.map((stats) => [stats.worker, stats]));
  return after.workers.map((end) => {
    const start = earlier.get(end.worker);
    return {
      end,
      start: start ?? null,
      since: (read) => Math.max(0, read(end) - (start === undefined ? 0 : read(start))),
    };
  });
}

function loopUtilization(since: Since): number {
  const activeMs = since((it) => it.eventLoopActiveMs);
  const idleMs = since((it) => it.eventLoopIdleMs);
  return activeMs + idleMs > 0 ? activeMs / (activeMs + idleMs) : 0;
}

/** The second reading is taken when the drain is over. */
function observedSeconds({ durationMs, drainMs }: TrialObservations['load']): number {
  return (durationMs + drainMs) / MS_PER_SECOND;
}

function cpuMsOf({ workers, primaryCpuMs }: ServerStats): number {
  return workers.reduce((sum, { cpuMs }) => sum + cpuMs, primaryCpuMs);
}
