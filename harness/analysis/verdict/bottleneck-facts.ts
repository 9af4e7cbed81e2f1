import { claimOfShape, shapeOfPool } from '../../sizing/process-claim.ts';
import { meanComposition, tellsParts } from '../estimates/composition.ts';
import { poolerOfTrial } from '../estimates/pooler-of-trial.ts';
import { apiCpuMs, meanHeld } from '../estimates/worker-observation.ts';
import { sumOf } from '../failed-endings.ts';
import type { TrialObservations } from '../trial-observations.ts';
import type { Caveat, MeasuredTrial } from '../trial-result.ts';
import type { BottleneckFacts, Composed } from './bottleneck.ts';

/** Any of them says that it was not the tested system which set the pace. */
const GENERATOR_FAILED: readonly Caveat['code'][] = [
  'generator_busy',
  'dispatch_late',
  'offered_short',
  'dropped_at_cap',
];

/** Where to look for what limits a trial, with everything in one unit each. */
export function bottleneckFacts(
  seen: TrialObservations,
  {
    caveats,
    workers,
    composition,
  }: {
    readonly caveats: readonly Caveat[];
    readonly workers: MeasuredTrial['workers'];
    readonly composition: MeasuredTrial['composition'];
  },
): BottleneckFacts {
  const { plan, load, server, environment, postgresCpuMs } = seen;
  const { attempts } = load.ledger;
  // The readings are taken before the window and after the drain.
  const observedMs = load.durationMs + load.drainMs;
  const cores = (cpuMs: number): number => (observedMs > 0 ? cpuMs / observedMs : 0);
  const perSecond = (count: number): number => (observedMs > 0 ? (count * 1000) / observedMs : 0);
  const failure = caveats.find(
    ({ code, grade }) => grade === 'INVALID' && GENERATOR_FAILED.includes(code),
  );
  return {
    generatorFailure: failure?.detail ?? null,
    stalledWorkers: caveats.find(({ code }) => code === 'worker_stalled')?.detail ?? null,
    refusals: sumOf(attempts.refusalReasons) - (attempts.refusalReasons['pooler_clients'] ?? 0),
    poolerRefusals: attempts.refusalReasons['pooler_clients'] ?? 0,
    attempts: attempts.started,
    retries: plan.load.retry !== null,
    afar: plan.distance.rttMs > 0,
    pooled: poolerOfTrial(seen).pooler !== null,
    poolTimeouts: attempts.httpErrors['pool_timeout'] ?? 0,
    slow: slowestOf(composition),
    mean: tellsParts(seen) ? meanOf(load.breakdown) : null,
    workers: workers.map((it) => ({ ...it, cores: cores(it.cpuMs) })),
    pool: {
      connections: claimOfShape(shapeOfPool(plan.pool)).most,
      meanHeld: meanHeld(seen),
      openedPerSecond: perSecond(workers.reduce((sum, { opened }) => sum + opened, 0)),
      answersPerSecond: perSecond(load.ledger.ok),
    },
    postgres: {
      activeMean: server?.activeMean ?? 0,
      waitEventShares: server?.waitEventShares ?? {},
      cores: postgresCpuMs === null ? null : cores(postgresCpuMs),
      // Where a server is that somebody else runs, and what else has its CPU, is unknown.
      isHere: environment.postgres !== null && environment.postgres.provider !== 'url',
    },
    pooler: poolerFacts(seen),
    service: serviceFacts(seen),
    machine: {
      cores: environment.cores,
      apiCores: cores(apiCpuMs(seen) ?? 0),
      generatorCores: cores(load.generator.cpuMs),
      cpuPressureShare: seen.host.cpuPressureShare,
    },
  };
}

function serviceFacts(seen: TrialObservations): BottleneckFacts['service'] {
  const { service, server, plan, load } = seen;
  if (service === null) return null;
  const { process, metrics, refusalsLogged } = service.reading;
  const observedMs = load.durationMs + load.drainMs;
  const cpuMs = process?.cpuMs ?? null;
  return {
    workers: plan.workers,
    seesDatabase: server !== null,
    cores: cpuMs === null || observedMs === 0 ? null : cpuMs / observedMs,
    // Behind a pooler it is the pooler that was refused, which keeps that to itself.
    refusalsLogged: plan.pooler === null ? (refusalsLogged ?? 0) : 0,
    waitingMean: metrics?.waitingMean ?? null,
    usedMean: metrics?.usedMean ?? null,
    poolMax: metrics?.max ?? null,
    sessions: sessionFacts(seen),
    inFlightMean: load.durationMs === 0 ? 0 : (load.inFlightSeconds * 1000) / load.durationMs,
  };
}

/** Of a service that the lab started: nobody knows whose all the sessions are beside one that ran already. */
function sessionFacts(
  seen: TrialObservations,
): NonNullable<BottleneckFacts['service']>['sessions'] {
  const { service, server, plan } = seen;
  const direct = poolerOfTrial(seen).reached === 'postgres' && plan.service?.kind === 'command';
  if (service === null || server === null || !direct) return null;
  const busyMean = service.reading.sessions.reduce(
    (sum, { meanByState: { idle = 0, ...busy } }) => sum + sumOf(busy),
    0,
  );
  const { most } = claimOfShape(plan.pool);
  const told = plan.service?.shapeKnown === true && plan.rolloutSurge === 0;
  return {
    peak: server.peakWorkers,
    busyMean,
    ceiling: told && most !== null ? most * plan.workers : null,
  };
}

/** Of one that the lab started, and that told; its readings are of the window and the drain. */
function poolerFacts({
  plan,
  pooler,
  poolerCpuMs,
  load,
}: TrialObservations): BottleneckFacts['pooler'] {
  const observedMs = load.durationMs + load.drainMs;
  if (plan.pooler === null || pooler === null || observedMs === 0) return null;
  const { mode, defaultPoolSize, reservePoolSize } = plan.pooler;
  return {
    mode,
    servers: defaultPoolSize + reservePoolSize,
    busyMean: Math.max(0, pooler.transactionMs - pooler.waitMs) / observedMs,
    waitingMean: pooler.clientsWaitingMean,
    waitMs: pooler.transactions === 0 ? null : pooler.waitMs / pooler.transactions,
    cores: poolerCpuMs === null ? null : poolerCpuMs / observedMs,
  };
}

function slowestOf(composition: MeasuredTrial['composition']): Composed | null {
  const slowest = composition.at(-1);
  if (slowest === undefined) return null;
  const { quantile, latencyMs, partsMs } = slowest;
  return { at: `at ${quantile}`, latencyMs, partsMs };
}

function meanOf(breakdown: TrialObservations['load']['breakdown']): Composed | null {
  const mean = meanComposition(breakdown);
  return mean === null ? null : { at: 'on average over the run', ...mean };
}
