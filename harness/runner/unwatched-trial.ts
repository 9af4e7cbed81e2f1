import type { ServiceReading } from '../analysis/service-reading.ts';
import { unseenOf } from '../analysis/service-unseen.ts';
import { summarizeTrial } from '../analysis/summarize.ts';
import type { ServiceObservation } from '../analysis/trial-observations.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { mergeHistograms } from '../load/account/histogram.ts';
import type { LoadProgress, LoadRequest, LoadResult } from '../load/load-engine.ts';
import type { RequestMix } from '../plan/request-mix.ts';
import type { Service } from '../plan/service.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { TrialPhase } from '../report/phase-words.ts';
import type { ServiceMetrics } from '../service/metrics/metrics-account.ts';
import { watchServiceMetrics } from '../service/metrics/watch-service-metrics.ts';
import { hostBetween, readHostHealth } from './host-health.ts';
import { runLoad } from './observed-load.ts';
import { requireTargetAnswers } from './target-answers.ts';
import type { JudgedTarget } from './target-consent.ts';
import { createThresholdWatch } from './threshold-watch.ts';
import { loadRequest, warmupRequest } from './trial-request.ts';
import type { UnwatchedLab } from './unwatched-lab.ts';

export interface UnwatchedHooks {
  readonly onPhase: (phase: TrialPhase) => void;
  /** About once a second of the measured window and its drain. */
  readonly onProgress: (progress: LoadProgress) => void;
}

export interface UnwatchedService {
  readonly plan: TrialPlan;
  readonly service: Extract<Service, { readonly kind: 'running' }>;
  /** Where it is connected to. */
  readonly judged: JudgedTarget;
  /** What it is asked. */
  readonly requests: RequestMix;
}

/**
 * One measurement of a service that runs already, and of whose database nothing is known: one request of each kind,
 * warm-up, the measured window, drain, judgement.
 *
 * @throws LabError as `requireTargetAnswers` does
 */
export async function runUnwatchedTrial(
  lab: UnwatchedLab,
  { plan, service, judged, requests }: UnwatchedService,
  hooks: UnwatchedHooks,
): Promise<MeasuredTrial> {
  const { origin, metricsPath } = service;
  const { signal } = lab;
  const startedAt = new Date().toISOString();
  const phase = stopwatch();
  const request: LoadRequest = { ...loadRequest(judged.origin, plan, judged.host), requests };
  const wrongBefore = await requireTargetAnswers(origin, requests, { ...lab, judged });
  hooks.onPhase('warmup');
  if (plan.warmupMs > 0) {
    await runLoad(lab, 'warmup', warmupRequest(request, plan), {
      signal,
      onProgress: () => undefined,
    });
  }
  const warmupMs = phase();

  hooks.onPhase('measure');
  const workers = service.shapeKnown ? plan.workers : null;
  const metrics =
    metricsPath === null
      ? null
      : await watchServiceMetrics({ origin: judged.origin, path: metricsPath, workers, signal });
  const hostBefore = readHostHealth();
  const { cores } = lab.environment;
  const thresholds = createThresholdWatch({ plan, constants: { cores }, peaks: () => NO_PEAKS });
  const load = await runLoad(lab, 'measure', request, {
    signal: AbortSignal.any([signal, thresholds.signal]),
    onProgress: (progress) => {
      hooks.onProgress(progress);
      if (!signal.aborted) thresholds.look(progress);
    },
  });
  const told = (await metrics?.stop()) ?? NOT_ASKED;
  const measureMs = phase();

  return summarizeTrial(
    {
      plan,
      startedAt,
      environment: { ...lab.environment, loadEngine: load.engineVersion },
      load,
      stoppedByThreshold: thresholds.stop(),
      account: null,
      deaths: [],
      limits: null,
      others: null,
      server: null,
      service: observationOf({ origin, load, told, wrongBefore }),
      rollout: null,
      // Which statements it sends to whom is its own.
      api: {
        target: origin,
        via: null,
        viaLimits: null,
        preparedStatements: false,
        statementsProblem: null,
      },
      distance: null,
      transport: null,
      faults: [],
      pooler: null,
      poolerCpuMs: null,
      leftBehind: null,
      postgresCpuMs: null,
      host: hostBetween(hostBefore, readHostHealth(), measureMs),
      phasesMs: { warmup: warmupMs, measure: measureMs },
    },
    mergeHistograms,
  );
}

/** Of facts that a plan without a database in sight cannot ask for. */
const NO_PEAKS = { workers: 0, all: 0, worker: 0 } as const;
const NOT_ASKED: ServiceMetrics = { metrics: null, unseen: [] };

function observationOf({
  origin,
  load,
  told,
  wrongBefore,
}: {
  readonly origin: string;
  readonly load: LoadResult;
  readonly told: ServiceMetrics;
  readonly wrongBefore: ServiceObservation['wrongBefore'];
}): ServiceObservation {
  const { metrics, unseen: metricsUnseen } = told;
  const timing = { ...load.timed };
  const reading: ServiceReading = {
    origin,
    process: null,
    timing,
    metrics,
    sessions: [],
    refusalsLogged: null,
    said: null,
    // Of a single kind the whole ledger says it.
    requests: load.byRequest.length < 2 ? [] : load.byRequest.map((it) => ({ ...it })),
    unseen: unseenOf({
      timing,
      metricsUnseen,
      refusalsLogged: null,
      process: null,
      seesDatabase: false,
    }),
  };
  return { reading, wrongBefore, busiestSecondMean: 0 };
}

function stopwatch(): () => number {
  let lastMs = performance.now();
  return () => {
    const elapsedMs = performance.now() - lastMs;
    lastMs += elapsedMs;
    return elapsedMs;
  };
}
