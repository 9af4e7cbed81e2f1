import { REFUSAL_REASONS, type RefusalReason } from '../../server/contract.ts';
import type { LoadResult } from '../load/load-engine.ts';
import { budgetObservation } from './estimates/budget-observation.ts';
import { compositionOf, tellsParts } from './estimates/composition.ts';
import { faultResults } from './estimates/fault-results.ts';
import { judgedSteadyState } from './estimates/judged-steady-state.ts';
import { offeredPerSecond, steadyEstimates, wholeRunRates } from './estimates/steady-estimates.ts';
import { apiCpuMs, workerObservations } from './estimates/worker-observation.ts';
import { sumOf } from './failed-endings.ts';
import { percentilesOf } from './statistics/percentiles.ts';
import { evaluateThresholds } from './thresholds/threshold-results.ts';
import type {
  DecodeHistogram,
  TrialObservations,
  WatchedObservations,
} from './trial-observations.ts';
import {
  type MeasuredTrial,
  TRIAL_RESULT_SCHEMA_VERSION,
  type WatchedTrial,
} from './trial-result.ts';
import { findBottleneck } from './verdict/bottleneck.ts';
import { bottleneckFacts } from './verdict/bottleneck-facts.ts';
import { verdictOf } from './verdict/caveats.ts';
import { findCaveats } from './verdict/find-caveats.ts';
import { checkLaws } from './verdict/laws.ts';

const MS_PER_SECOND = 1000;
const US_PER_MS = 1000;

/** The one place where observations become a result: laws, steady state, estimates, verdict. */
export function summarizeTrial(seen: WatchedObservations, decode: DecodeHistogram): WatchedTrial;
export function summarizeTrial(seen: TrialObservations, decode: DecodeHistogram): MeasuredTrial;
export function summarizeTrial(seen: TrialObservations, decode: DecodeHistogram): MeasuredTrial {
  const { plan, load } = seen;
  const laws = checkLaws(seen);
  const steady = judgedSteadyState(plan, load, decode);
  const estimates = steadyEstimates(load, steady, decode);
  const workers = workerObservations(seen);
  const generator = generatorOf(load, decode);
  const wholeRunMs = percentilesOf(
    decode([load.latencyUs.ok, load.latencyUs.censored]),
    load.ledger.timeouts + load.ledger.unanswered,
  );
  const caveats = findCaveats({
    seen,
    laws,
    steady,
    estimates,
    workers,
    generator,
    wholeRunMsP50: wholeRunMs.p50,
  });
  const composition = tellsParts(seen) ? compositionOf(load.breakdown, estimates.latencyMs) : [];
  const trial: Omit<MeasuredTrial, 'thresholds'> = {
    schemaVersion: TRIAL_RESULT_SCHEMA_VERSION,
    state: 'measured',
    plan,
    startedAt: seen.startedAt,
    verdict: verdictOf(caveats),
    caveats: [...caveats],
    laws: [...laws],
    ended: endOf(seen),
    measuredMs: load.durationMs,
    steadyState: steady,
    offeredPerSecond: offeredPerSecond(load, steady),
    throughputPerSecond: estimates.throughputPerSecond,
    throughputInterval: estimates.throughputInterval,
    goodputPerSecond: estimates.goodputPerSecond,
    goodputInterval: estimates.goodputInterval,
    requests: requestsOf(load),
    attempts: attemptsOf(load),
    refusals: { total: sumOf(load.ledger.refusalReasons), byReason: refusalReasonsOf(load) },
    latencyMs: {
      ok: estimates.latencyMs,
      okIntervals: estimates.latencyIntervals,
      okHistogram: estimates.latencyHistogram,
      error: percentilesOf(decode([load.latencyUs.error]), 0),
    },
    wholeRun: { ...wholeRunRates(load), latencyMs: wholeRunMs },
    componentsMs: estimates.componentsMs,
    composition,
    bottleneck: findBottleneck(bottleneckFacts(seen, { caveats, workers, composition })),
    budget: seen.server === null ? null : budgetObservation(seen),
    connections: seen.server === null ? null : connectionsOf(seen),
    waitEventShares: { ...seen.server?.waitEventShares },
    workers,
    rollout: seen.rollout,
    cpuMs: {
      postgres: seen.postgresCpuMs,
      api: apiCpuMs(seen),
      generator: load.generator.cpuMs,
      pooler: seen.poolerCpuMs,
    },
    generator,
    host: seen.host,
    seconds: secondsOf(seen, decode),
    api: { ...seen.api },
    service: seen.service?.reading ?? null,
    distance: seen.distance,
    transport: seen.transport,
    faults: faultResults(seen),
    pooler: seen.pooler,
    phasesMs: { ...seen.phasesMs },
    environment: seen.environment,
  };
  return {
    ...trial,
    thresholds: [...evaluateThresholds(plan.thresholds, trial, seen.stoppedByThreshold)],
  };
}

function connectionsOf({ limits, server }: WatchedObservations): WatchedTrial['connections'] {
  return {
    ...limits,
    peakWorkers: server.peakWorkers,
    peakAll: server.peakAll,
    peakByWorker: { ...server.peakByWorker },
    samples: server.samples,
    longestGapMs: server.longestGapMs,
  };
}

/** A run that a threshold stopped was aborted by the lab itself. */
function endOf({ load, stoppedByThreshold }: TrialObservations): MeasuredTrial['ended'] {
  return load.ended === 'aborted' && stoppedByThreshold !== null ? 'threshold_failed' : load.ended;
}

function requestsOf({ ledger }: LoadResult): MeasuredTrial['requests'] {
  const { refusalReasons: _, attempts: __, httpErrors, connectionErrors, ...counts } = ledger;
  return {
    ...counts,
    httpErrors: { ...httpErrors },
    connectionErrors: { ...connectionErrors },
  };
}

function attemptsOf({ ledger }: LoadResult): MeasuredTrial['attempts'] {
  const { refusalReasons: _, httpErrors, connectionErrors, ...counts } = ledger.attempts;
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

function generatorOf(load: LoadResult, decode: DecodeHistogram): MeasuredTrial['generator'] {
  const { threads, eventLoopUtilization, eventLoopDelayMsP99, stalledMs } = load.generator;
  const lag = decode([load.lagUs]);
  const at = (q: number): number | null =>
    lag.samples === 0 ? null : lag.quantileUs(q) / US_PER_MS;
  return {
    threads,
    eventLoopUtilization,
    eventLoopDelayMsP99,
    stalledMs,
    dispatchLagMsP50: at(0.5),
    dispatchLagMsP99: at(0.99),
    reconnects: load.reconnects,
  };
}

function secondsOf(
  { load, server }: TrialObservations,
  decode: DecodeHistogram,
): MeasuredTrial['seconds'] {
  const peaks = new Map(server?.seconds.map((it) => [it.second, it.workerConnectionsPeak]));
  return load.seconds.map((second) => {
    const { ok, error, censored } = second.outcomes;
    const latency = percentilesOf(
      decode([second.latencyUs.ok, second.latencyUs.censored]),
      censored,
    );
    const insideMs = Math.min(MS_PER_SECOND, load.durationMs - second.second * MS_PER_SECOND);
    return {
      second: second.second,
      started: second.started,
      dropped: second.dropped,
      ok,
      good: second.good,
      error,
      censored,
      inFlightMean: insideMs > 0 ? (second.inFlightSeconds * MS_PER_SECOND) / insideMs : 0,
      connectionsPeak: peaks.get(second.second) ?? null,
      latencyMsP50: latency.p50,
      latencyMsP99: latency.p99,
    };
  });
}
