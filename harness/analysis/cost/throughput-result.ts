import { pairedRatio } from '../statistics/paired-ratio.ts';
import type { MeasuredTrial } from '../trial-result.ts';
import { type Absent, isAbsent, type ObservedThroughput } from './cost-observation.ts';
import type { CostResult } from './cost-result.ts';
import { quantile } from './duration.ts';

type Result = CostResult['throughput'];
type Side = Extract<Result, { state: 'measured' }>['pooled'];

/** How much more is answered when connections are kept. */
export function throughputResult(observed: ObservedThroughput | Absent): Result {
  if (isAbsent(observed)) return { state: 'absent', reason: observed.absent };
  const [first] = observed;
  if (first === undefined) return { state: 'absent', reason: 'no trial was made' };
  const { plan } = first.pooled;
  const trials = observed.flatMap(({ pooled, unpooled }) => [pooled, unpooled]);
  const verdicts = new Set(trials.map(({ verdict }) => verdict));
  const isInvalid = verdicts.has('INVALID');
  const ratio = isInvalid
    ? null
    : pairedRatio(
        observed.map(({ pooled, unpooled }) => ({
          left: pooled.throughputPerSecond ?? Number.NaN,
          right: unpooled.throughputPerSecond ?? Number.NaN,
        })),
      );
  return {
    state: 'measured',
    pairs: observed.length,
    workers: plan.workers,
    callers: plan.load.model.kind === 'closed' ? plan.load.model.connections : 0,
    poolSize: plan.pool.poolSize,
    workload: plan.workload,
    durationMs: plan.durationMs,
    pooled: sideOf(observed.map(({ pooled }) => pooled)),
    unpooled: sideOf(observed.map(({ unpooled }) => unpooled)),
    ratio,
    verdict: isInvalid ? 'INVALID' : verdicts.has('DEGRADED') ? 'DEGRADED' : 'VALID',
    caveats: [...new Set(trials.flatMap(({ caveats }) => caveats.map(({ code }) => code)))].map(
      (code) => `${code} in ${countOf(trials, code)} of ${trials.length} trials`,
    ),
  };
}

function countOf(trials: readonly MeasuredTrial[], code: string): number {
  return trials.filter(({ caveats }) => caveats.some((caveat) => caveat.code === code)).length;
}

function sideOf(trials: readonly MeasuredTrial[]): Side {
  const answered = sum(trials, ({ requests }) => requests.ok);
  const cpu = trials.map(({ cpuMs }) => cpuMs.postgres);
  return {
    throughputPerSecond: medianOf(trials.map(({ throughputPerSecond }) => throughputPerSecond)),
    latencyMsP50: medianOf(trials.map(({ latencyMs }) => latencyMs.ok.p50)),
    postgresCpuMsPerRequest:
      answered === 0 || cpu.some((ms) => ms === null)
        ? null
        : cpu.reduce<number>((total, ms) => total + (ms ?? 0), 0) / answered,
    connectionsPerRequest:
      answered === 0
        ? 0
        : sum(trials, ({ workers }) => workers.reduce((total, { opened }) => total + opened, 0)) /
          answered,
    failedRequests: sum(trials, ({ requests }) => requests.scheduled - requests.ok),
  };
}

function medianOf(values: readonly (number | null)[]): number | null {
  const numbers = values.filter((value) => value !== null);
  if (numbers.length < values.length || numbers.length === 0) return null;
  return quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
}

function sum(trials: readonly MeasuredTrial[], read: (trial: MeasuredTrial) => number): number {
  return trials.reduce((total, trial) => total + read(trial), 0);
}
