import { APPLICATION_NAME_PREFIX } from '../../server/contract.ts';
import { summarizeTrial } from '../analysis/summarize.ts';
import { thresholdConstants } from '../analysis/thresholds/threshold-constants.ts';
import type { MeasuredTrial, WatchedTrial } from '../analysis/trial-result.ts';
import { LabError } from '../lab-error.ts';
import { mergeHistograms } from '../load/account/histogram.ts';
import type { LoadProgress, LoadResult } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { TrialPhase } from '../report/phase-words.ts';
import type { ServiceEnd } from '../service/service-end.ts';
import { hostBetween, readHostHealth } from './host-health.ts';
import type { Lab } from './lab.ts';
import type { LiveConnections, MonitorWindow } from './monitor-window.ts';
import { runLoad } from './observed-load.ts';
import { startPoolerSampling } from './pooler-sampling.ts';
import { readTreeCpuMs } from './process-cpu.ts';
import { rollOut } from './rollout.ts';
import { type Tested, withTested } from './tested.ts';
import { requestTo, requireAnswers } from './tested-requests.ts';
import { createThresholdWatch } from './threshold-watch.ts';
import { type TrialPorts, warmupRequest } from './trial-request.ts';

/** PostgreSQL ends a backend a moment after its socket closed. */
const BACKENDS_GONE_DEADLINE_MS = 5_000;

export interface TrialHooks {
  readonly onPhase: (phase: TrialPhase) => void;
  /** About once a second of the measured window and its drain. */
  readonly onProgress: (progress: LoadProgress, connections: LiveConnections) => void;
}

export const SILENT: TrialHooks = {
  onPhase: () => undefined,
  onProgress: () => undefined,
};

/**
 * One measurement: fresh workers, warm-up, the measured window, drain, stop, judgement. Workers are
 * gone from the server side when it returns.
 */
export async function runTrial(
  lab: Lab,
  plan: TrialPlan,
  hooks: TrialHooks = SILENT,
  ports: TrialPorts = { port: 0, adminPort: 0 },
): Promise<WatchedTrial> {
  const [result] = await runTrials(lab, [plan], hooks, ports);
  if (result === undefined) throw new Error('a trial ended without a result');
  return result;
}

/**
 * Several measurements on the same workers, one after the other, each with its own warm-up; their
 * plans differ in the load only. Saves the start where freshness is not what is compared.
 */
export async function runTrials(
  lab: Lab,
  plans: readonly TrialPlan[],
  hooks: TrialHooks = SILENT,
  ports: TrialPorts = { port: 0, adminPort: 0 },
): Promise<readonly WatchedTrial[]> {
  const [first] = plans;
  if (first === undefined) return [];
  if (lab.target === null) hooks.onPhase('start');
  const startingMs = performance.now();
  let stoppingMs = startingMs;
  let stopped: ServiceEnd | null = null;
  if (lab.target === null) await lab.sql.prepare(first, lab.signal);
  const measured = await withTested(lab, { plan: first, ports }, async (tested) => {
    const startServerMs = performance.now() - startingMs;
    const observations: Measurement[] = [];
    for (const plan of plans) {
      observations.push(await measure({ lab, tested, plan, hooks, startServerMs }));
    }
    if (lab.target === null) hooks.onPhase('stop');
    stoppingMs = performance.now();
    if (tested.kind === 'service') stopped = (await tested.system.instances?.stop()) ?? null;
    return observations;
  });
  const stoppedMs = performance.now();
  if (lab.target === null) await lab.sql.finish(first);
  // One that goes on keeps its connections, and so does a PgBouncer between the two.
  const leftBehind =
    lab.target === null && lab.apiVia === null
      ? await lab.monitor.waitUntilGone(lab.watched, BACKENDS_GONE_DEADLINE_MS)
      : null;
  const end = {
    leftBehind,
    stopped,
    stopServerMs: stoppedMs - stoppingMs,
    waitGoneMs: performance.now() - stoppedMs,
  };
  return measured.map((finish) => finish(end));
}

/** A measurement waits for its last facts: when the server side was rid of the workers, and whether. */
type Measurement = (end: {
  readonly leftBehind: number | null;
  /** A service that the lab started. */
  readonly stopped: ServiceEnd | null;
  readonly stopServerMs: number;
  readonly waitGoneMs: number;
}) => WatchedTrial;

async function measure(context: {
  readonly lab: Lab;
  readonly tested: Tested;
  readonly plan: TrialPlan;
  readonly hooks: TrialHooks;
  readonly startServerMs: number;
}): Promise<Measurement> {
  const { lab, tested, plan, hooks, startServerMs } = context;
  const server = tested.system;
  const request = requestTo(tested, plan);
  const startedAt = new Date().toISOString();
  const phase = stopwatch();

  const openAccount = await requireAnswers(tested, { lab, plan, request });
  hooks.onPhase('warmup');
  if (plan.warmupMs > 0) {
    await runLoad(lab, 'warmup', warmupRequest(request, plan), {
      signal: lab.signal,
      onProgress: () => undefined,
    });
  }
  const warmupMs = phase();
  await using told = await openAccount();
  await server.readDistance?.();

  hooks.onPhase('measure');
  const pooler =
    server.pgbouncer === null
      ? null
      : await startPoolerSampling({ ...server.pgbouncer, warn: lab.warn });
  const cpuBefore = postgresCpuMs(lab);
  const poolerCpuBefore = poolerCpuMs(server);
  const hostBefore = readHostHealth();
  // A pooler's connections are called after whoever had them last, and belong to no worker.
  const isPooled = server.pgbouncer !== null || lab.apiVia !== null;
  const sampling = lab.monitor.startSampling(lab.watched);
  const limits = {
    maxConnections: lab.monitor.limits.maxConnections,
    superuserReserved: lab.monitor.limits.superuserReservedConnections,
    reserved: lab.monitor.limits.reservedConnections,
  };
  const thresholds = createThresholdWatch({
    plan,
    constants: thresholdConstants({
      plan,
      limits,
      others: lab.others,
      cores: lab.environment.cores,
    }),
    peaks: () => (isPooled ? { ...sampling.peaks(), worker: 0 } : sampling.peaks()),
  });
  const stopping = AbortSignal.any([lab.signal, thresholds.signal]);
  const [load, rollout] = await Promise.all([
    runLoad(lab, 'measure', request, {
      signal: AbortSignal.any([stopping, server.ended]),
      onStart: (atUs) => server.faults?.begin(plan.faults, atUs),
      onProgress: (progress) => {
        hooks.onProgress(progress, sampling.live());
        if (!lab.signal.aborted) thresholds.look(progress);
      },
    }),
    plan.rolloutSurge > 0
      ? rollOut(tested, { lab, plan, signal: AbortSignal.any([stopping, server.ended]) })
      : null,
  ]);
  const window = await sampling.stop();
  const faults = server.ended.aborted ? [] : ((await server.faults?.end()) ?? []);
  const poolerReading = (await pooler?.stop()) ?? null;
  const cpuAfter = postgresCpuMs(lab);
  const poolerCpuAfter = poolerCpuMs(server);
  const measureMs = phase();
  const host = hostBetween(hostBefore, readHostHealth(), measureMs);
  throwIfBroken([lab.signal, server.ended], load);
  const { account, deaths, service } = await told.end({ load, window });
  const distance = (await server.readDistance?.()) ?? null;
  const statsMs = phase();

  return ({ leftBehind, stopped, stopServerMs, waitGoneMs }) =>
    summarizeTrial(
      {
        plan,
        startedAt,
        environment: { ...lab.environment, loadEngine: load.engineVersion },
        load,
        stoppedByThreshold: thresholds.stop(),
        account,
        deaths,
        limits,
        others: lab.others,
        server: {
          peakWorkers: window.workerConnectionsPeak,
          peakAll: window.clientBackendsPeak,
          peakByWorker:
            isPooled || tested.kind === 'service' ? {} : byWorkerId(window.peakByWorker),
          samples: window.samples,
          longestGapMs: window.sampleGapMsMax,
          activeMean: window.meanByState['active'] ?? 0,
          waitEventShares: window.waitEventShares,
          seconds: window.seconds,
          lost: window.lost !== null,
        },
        service: service?.(stopped) ?? null,
        rollout,
        api: {
          target: lab.target,
          via: lab.apiVia,
          viaLimits: lab.viaSettings?.limits ?? null,
          preparedStatements: server.statements.named,
          statementsProblem: server.statements.problem,
        },
        distance,
        transport: transportReading(window.transports),
        faults,
        pooler: poolerReading,
        poolerCpuMs:
          poolerCpuBefore === null || poolerCpuAfter === null
            ? null
            : poolerCpuAfter - poolerCpuBefore,
        leftBehind,
        postgresCpuMs: cpuBefore === null || cpuAfter === null ? null : cpuAfter - cpuBefore,
        host,
        phasesMs: {
          ...(lab.target === null ? { startServer: startServerMs } : {}),
          warmup: warmupMs,
          measure: measureMs,
          stats: statsMs,
          ...(lab.target === null ? { stopServer: stopServerMs } : {}),
          ...(leftBehind === null ? {} : { waitGone: waitGoneMs }),
        },
      },
      mergeHistograms,
    );
}

/**
 * The user's Ctrl-C keeps what was measured; a database or an API that died leaves nothing to keep. Of a service it is
 * told why it died, also where the load ended for that, before it was known.
 */
function throwIfBroken(signals: readonly AbortSignal[], load: LoadResult): void {
  for (const { reason } of signals) {
    if (!(reason instanceof LabError)) continue;
    if (load.ended === 'aborted' || reason.code === 'SERVICE_ENDED') throw reason;
  }
}

function transportReading(seen: MonitorWindow['transports']): MeasuredTrial['transport'] {
  return seen === null ? null : { ...seen, protocols: [...seen.protocols] };
}

function byWorkerId(peaks: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(peaks).map(([name, peak]) => [name.slice(APPLICATION_NAME_PREFIX.length), peak]),
  );
}

function postgresCpuMs(lab: Lab): number | null {
  const { postmasterPid } = lab.postgres;
  return postmasterPid === null ? null : readTreeCpuMs(postmasterPid);
}

function poolerCpuMs({ pgbouncer }: Tested['system']): number | null {
  return pgbouncer === null ? null : readTreeCpuMs(pgbouncer.pid);
}

function stopwatch(): () => number {
  let lastMs = performance.now();
  return () => {
    const elapsedMs = performance.now() - lastMs;
    lastMs += elapsedMs;
    return elapsedMs;
  };
}
