import type { RefusalReason, ServerStats, WorkerStats } from '../../server/contract.ts';
import { REFUSAL_REASONS, type SERVER_TIMING } from '../../server/contract.ts';
import type { LoadResult } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { computeBudget } from '../sizing/budget.ts';
import { shapeOfPool } from '../sizing/process-claim.ts';
import { reachableConnections } from '../sizing/reachable-connections.ts';
import { verdictOf } from './caveats.ts';
import { type CaveatInput, findCaveats } from './find-caveats.ts';
import { checkLaws, total } from './laws.ts';
import { type HistogramView, percentilesOf } from './percentiles.ts';
import {
  type Environment,
  type MeasuredTrial,
  TRIAL_RESULT_SCHEMA_VERSION,
} from './trial-result.ts';

/** What one trial saw, from everybody who watched it; counts and times as they were taken. */
export interface TrialObservations {
  readonly plan: TrialPlan;
  readonly startedAt: string;
  readonly environment: Environment;
  readonly load: LoadResult;
  /** The server's own account, with nothing in flight: before the window and after the drain. */
  readonly before: ServerStats;
  readonly after: ServerStats;
  readonly deaths: readonly { readonly worker: number; readonly reason: string }[];
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
    readonly waitEventShares: Readonly<Record<string, number>>;
    readonly lost: boolean;
  };
  readonly rollout: MeasuredTrial['rollout'];
  /** Connections of the API that the server side still had after the API was stopped. */
  readonly leftBehind: number;
  readonly postgresCpuMs: number | null;
  readonly phasesMs: Readonly<Record<string, number>>;
}

/** Reads a histogram in the form the load engine sent it. */
export type DecodeHistogram = (encoded: readonly string[]) => HistogramView;

/** The one place where observations become a result: laws, verdict, percentiles, the budget. */
export function summarizeTrial(seen: TrialObservations, decode: DecodeHistogram): MeasuredTrial {
  const { plan, load } = seen;
  const windowSeconds = load.durationMs / 1000;
  const refusals = total(load.ledger.refusalReasons);
  const laws = checkLaws(seen);
  const latencyOk = percentilesOf(
    decode([load.latencyUs.ok, load.latencyUs.censored]),
    decode([load.latencyUs.censored]).samples,
  );
  const caveatInput: CaveatInput = { seen, laws, latencyOk };
  const caveats = findCaveats(caveatInput);
  return {
    schemaVersion: TRIAL_RESULT_SCHEMA_VERSION,
    state: 'measured',
    plan,
    startedAt: seen.startedAt,
    verdict: verdictOf(caveats),
    caveats: [...caveats],
    laws: [...laws],
    ended: load.ended,
    measuredMs: load.durationMs,
    throughputPerSecond: windowSeconds > 0 ? load.ledger.ok / windowSeconds : 0,
    goodputPerSecond: windowSeconds > 0 ? load.good / windowSeconds : 0,
    requests: requestsOf(load),
    refusals: { total: refusals, byReason: refusalReasonsOf(load) },
    latencyMs: { ok: latencyOk, error: percentilesOf(decode([load.latencyUs.error]), 0) },
    componentsMs: componentsOf(load, decode),
    budget: budgetOf(seen, refusals),
    connections: {
      ...seen.limits,
      peakWorkers: seen.server.peakWorkers,
      peakAll: seen.server.peakAll,
      peakByWorker: { ...seen.server.peakByWorker },
      samples: seen.server.samples,
      longestGapMs: seen.server.longestGapMs,
    },
    waitEventShares: { ...seen.server.waitEventShares },
    workers: workersOf(seen),
    rollout: seen.rollout,
    cpuMs: {
      postgres: seen.postgresCpuMs,
      api: apiCpuMs(seen.after) - apiCpuMs(seen.before),
      generator: load.generator.cpuMs,
    },
    generator: {
      eventLoopUtilization: load.generator.eventLoopUtilization,
      eventLoopDelayMsP99: load.generator.eventLoopDelayMsP99,
    },
    seconds: load.seconds.map((second) => {
      const ok = percentilesOf(
        decode([second.latencyUs.ok, second.latencyUs.censored].filter((it) => it !== null)),
        second.outcomes.censored,
      );
      return {
        second: second.second,
        started: second.started,
        ok: second.outcomes.ok,
        error: second.outcomes.error,
        censored: second.outcomes.censored,
        latencyMsP50: ok.p50,
        latencyMsP99: ok.p99,
      };
    }),
    phasesMs: { ...seen.phasesMs },
    environment: seen.environment,
  };
}

function requestsOf({ ledger }: LoadResult): MeasuredTrial['requests'] {
  const { refusalReasons: _, httpErrors, connectionErrors, ...counts } = ledger;
  return {
    ...counts,
    httpErrors: { ...httpErrors },
    connectionErrors: { ...connectionErrors },
  };
}

function refusalReasonsOf({ ledger }: LoadResult): MeasuredTrial['refusals']['byReason'] {
  const byReason: Partial<Record<RefusalReason, number>> = {};
  for (const [name, count] of Object.entries(ledger.refusalReasons)) {
    const reason = REFUSAL_REASONS.find((known) => known === name) ?? 'unknown';
    byReason[reason] = (byReason[reason] ?? 0) + count;
  }
  return byReason;
}

function componentsOf(load: LoadResult, decode: DecodeHistogram): MeasuredTrial['componentsMs'] {
  const of = (name: (typeof SERVER_TIMING)[number] | 'rest') =>
    percentilesOf(decode([load.componentsUs[name]]), 0);
  return {
    wait: of('wait'),
    connect: of('connect'),
    db: of('db'),
    total: of('total'),
    rest: of('rest'),
  };
}

/**
 * Refusals are predicted for what the trial did: few clients cannot make the pools open all that
 * they may, see `reachableConnections`. During a rolling restart the clients move on and leave idle
 * connections behind, and a fan-out asks for several at once: there the ceiling alone counts.
 */
function budgetOf(seen: TrialObservations, refusals: number): MeasuredTrial['budget'] {
  const { plan, limits, others } = seen;
  const predicted = computeBudget({
    workers: plan.workers,
    shape: shapeOfPool(plan.pool),
    rolloutSurge: plan.rolloutSurge,
    ...limits,
    others,
  });
  const oneEach = plan.rolloutSurge === 0 && !['fan-out', 'mixed'].includes(plan.workload);
  const ceiling = plan.rolloutSurge > 0 ? predicted.rolloutCeiling : predicted.ceiling;
  const reachable = oneEach
    ? reachableConnections(plan.pool, plan.workers, plan.load.connections)
    : ceiling;
  const predictedRefusals = reachable === null || reachable > predicted.usable;
  const observedRefusals = refusals > 0;
  return {
    others,
    predicted,
    reachable,
    predictedRefusals,
    observedRefusals,
    agrees: predictedRefusals === observedRefusals,
  };
}

function workersOf({ load, before, after }: TrialObservations): MeasuredTrial['workers'] {
  const earlier = new Map(before.workers.map((stats) => [stats.worker, stats]));
  const windowSeconds = (load.durationMs + load.drainMs) / 1000;
  return after.workers.map((end) => {
    const start = earlier.get(end.worker);
    const since = (read: (stats: WorkerStats) => number): number =>
      Math.max(0, read(end) - (start === undefined ? 0 : read(start)));
    return {
      worker: end.worker,
      answers: load.answersByWorker[String(end.worker)] ?? 0,
      acquireStarted: since(({ pool }) => pool.acquireStarted),
      acquireTimeout: since(({ pool }) => pool.acquireTimeout),
      acquireError: since(({ pool }) => pool.acquireError),
      opened: since(({ pool }) => pool.opened),
      heldPeak: end.pool.heldPeak,
      waitingPeak: end.pool.waitingPeak,
      meanWaiting: windowSeconds > 0 ? since(({ pool }) => pool.waitingSeconds) / windowSeconds : 0,
      saturatedShare:
        windowSeconds > 0
          ? Math.min(1, since(({ pool }) => pool.saturatedSeconds) / windowSeconds)
          : 0,
      eventLoopUtilization: end.eventLoopUtilization,
      cpuMs: since(({ cpuMs }) => cpuMs),
    };
  });
}

function apiCpuMs({ workers, primaryCpuMs }: ServerStats): number {
  return workers.reduce((sum, { cpuMs }) => sum + cpuMs, primaryCpuMs);
}
