import { ERROR_CLASSES } from '../../server/contract.ts';
import { COMPONENTS } from '../load/load-engine.ts';
import { type FactName, SUMMARIES, type SummaryName } from '../plan/threshold-facts.ts';
import { failedEndings, sumOf } from './failed-endings.ts';
import { SAMPLES_BEYOND_MIN, samplesBeyond } from './percentiles.ts';
import { atLeast, exactly, type Range } from './threshold-range.ts';
import { valueWords } from './threshold-words.ts';
import type { MeasuredTrial, Percentiles } from './trial-result.ts';

/** A fact of one trial, or why the trial has no number for it. */
export type Reading =
  | {
      readonly kind: 'known';
      readonly range: Range;
      /** Where it is a lower bound only: why. */
      readonly because?: string;
    }
  | { readonly kind: 'withheld'; readonly why: string };

/** A trial that has been measured and is about to be judged. */
export type JudgedTrial = Omit<MeasuredTrial, 'thresholds'>;
type Read = (trial: JudgedTrial) => Reading;

/** What `fact` was in that trial. */
export function readFact(fact: FactName, trial: JudgedTrial): Reading {
  const read = READINGS.get(fact);
  if (read === undefined) throw new Error(`nothing reads the fact ${fact}`);
  return read(trial);
}

const UNTOLD = 'this system does not tell it';

const READINGS: ReadonlyMap<FactName, Read> = new Map<FactName, Read>([
  ...summaries('latency', (trial) => clientLatency(trial.latencyMs.ok, inSteadyWindow(trial))),
  ...summaries('latency.error', ({ latencyMs }) => ({
    values: latencyMs.error,
    unseen: 0,
    withheld: null,
  })),
  ...summaries('run.latency', ({ wholeRun, requests }) =>
    clientLatency(wholeRun.latencyMs, { dropped: requests.dropped, withheld: null }),
  ),
  ...COMPONENTS.flatMap((component) =>
    summaries(component, (trial) => ({
      values: trial.componentsMs[component],
      unseen: 0,
      withheld: inSteadyWindow(trial).withheld,
    })),
  ),
  ['throughput', inSteady(({ throughputPerSecond }) => throughputPerSecond)],
  ['goodput', inSteady(({ goodputPerSecond }) => goodputPerSecond)],
  ['run.throughput', number(({ wholeRun }) => wholeRun.throughputPerSecond)],
  ['run.goodput', number(({ wholeRun }) => wholeRun.goodputPerSecond)],
  [
    'offered',
    orNone(
      ({ offeredPerSecond }) => offeredPerSecond,
      'clients of the closed loop offer what they are answered',
    ),
  ],

  ['requests.scheduled', number(({ requests }) => requests.scheduled)],
  ['requests.ok', number(({ requests }) => requests.ok)],
  ['errors.total', number(({ requests }) => failedEndings(requests))],
  ['errors.rate', shareOf(({ requests }) => [failedEndings(requests), requests.scheduled])],
  ...ERROR_CLASSES.map((name): [FactName, Read] => [
    `errors.${name}`,
    number(({ requests }) => requests.httpErrors[name] ?? 0),
  ]),
  ['errors.connect', number(({ requests }) => sumOf(requests.connectionErrors))],
  ['refused', number(({ refusals }) => refusals.total)],
  ['timeouts', number(({ requests }) => requests.timeouts)],
  ['lost', number(({ requests }) => requests.lost)],
  ['unanswered', number(({ requests }) => requests.unanswered)],
  ['dropped', number(({ requests }) => requests.dropped)],
  ['attempts.started', number(({ attempts }) => attempts.started)],
  ['attempts.failed', number(({ attempts }) => failedEndings(attempts))],
  ...ERROR_CLASSES.map((name): [FactName, Read] => [
    `attempts.errors.${name}`,
    number(({ attempts }) => attempts.httpErrors[name] ?? 0),
  ]),
  ['retries', retries],

  ['pool.waiting.peak', ofWorkers((workers) => most(workers.map((it) => it.waitingPeak)))],
  ['pool.waiting.mean', ofWorkers((workers) => sum(workers.map((it) => it.meanWaiting)))],
  ['pool.held.peak', ofWorkers((workers) => most(workers.map((it) => it.heldPeak)))],
  ['pool.saturated', ofWorkers((workers) => most(workers.map((it) => it.saturatedShare)))],
  ['pool.acquired', ofWorkers((workers) => sum(workers.map((it) => it.acquireStarted)))],
  ['pool.timeouts', ofWorkers((workers) => sum(workers.map((it) => it.acquireTimeout)))],
  ['pool.errors', ofWorkers((workers) => sum(workers.map((it) => it.acquireError)))],
  ['pool.opened', ofWorkers((workers) => sum(workers.map((it) => it.opened)))],
  ['api.event_loop', ofWorkers((workers) => most(workers.map((it) => it.eventLoopUtilization)))],

  ['pg.connections.peak', sampled(({ peakWorkers }) => peakWorkers)],
  ['pg.connections.peak.all', sampled(({ peakAll }) => peakAll)],
  ['pg.connections.peak.worker', sampled(({ peakByWorker }) => most(Object.values(peakByWorker)))],
  ['pg.lock_waits', number(({ waitEventShares }) => lockShare(waitEventShares))],
  ['max_connections', number(({ connections }) => connections.maxConnections)],
  ['others', number(({ budget }) => budget.others)],
  ['usable', number(({ budget }) => budget.predicted.usable)],
  ['floor', number(({ budget }) => budget.predicted.floor ?? UNBOUNDED)],
  ['ceiling', number(({ budget }) => budget.predicted.ceiling ?? UNBOUNDED)],
  ['rollout_ceiling', number(({ budget }) => budget.predicted.rolloutCeiling ?? UNBOUNDED)],

  ['cpu.postgres', busyCores(({ cpuMs }) => cpuMs.postgres)],
  ['cpu.api', busyCores(({ cpuMs }) => cpuMs.api)],
  ['cpu.generator', busyCores(({ cpuMs }) => cpuMs.generator)],
  ['cores', number(({ environment }) => environment.cores)],
  ['generator.event_loop', number(({ generator }) => generator.eventLoopUtilization)],
  ['generator.lag.p50', orNone(({ generator }) => generator.dispatchLagMsP50, 'nothing was sent')],
  ['generator.lag.p99', orNone(({ generator }) => generator.dispatchLagMsP99, 'nothing was sent')],
  ['generator.reconnects', number(({ generator }) => generator.reconnects)],
  ['host.cpu_pressure', orNone(({ host }) => host.cpuPressureShare, UNTOLD)],
  ['host.cpu_steal', orNone(({ host }) => host.cpuStealShare, UNTOLD)],
  ['host.throttled', orNone(({ host }) => host.throttledMs, UNTOLD)],
]);

/** Of a claim of connections that has no end. */
const UNBOUNDED = Number.POSITIVE_INFINITY;

function known(value: number): Reading {
  return { kind: 'known', range: exactly(value) };
}

function withheld(why: string): Reading {
  return { kind: 'withheld', why };
}

function number(read: (trial: JudgedTrial) => number): Read {
  return (trial) => known(read(trial));
}

function orNone(read: (trial: JudgedTrial) => number | null, why: string): Read {
  return (trial) => {
    const value = read(trial);
    return value === null ? withheld(why) : known(value);
  };
}

function inSteady(read: (trial: JudgedTrial) => number | null): Read {
  return (trial) => {
    const value = read(trial);
    return value === null ? withheld(notSteady(trial)) : known(value);
  };
}

function shareOf(read: (trial: JudgedTrial) => readonly [part: number, whole: number]): Read {
  return (trial) => {
    const [part, whole] = read(trial);
    return whole === 0 ? withheld('no request was due') : known(part / whole);
  };
}

function ofWorkers(read: (workers: JudgedTrial['workers']) => number): Read {
  return ({ workers }) =>
    workers.length === 0 ? withheld('no worker told its account') : known(read(workers));
}

function sampled(read: (connections: JudgedTrial['connections']) => number): Read {
  return ({ connections }) =>
    connections.samples === 0
      ? withheld('the server side was never sampled')
      : known(read(connections));
}

function busyCores(read: (trial: JudgedTrial) => number | null): Read {
  return (trial) => {
    const cpuMs = read(trial);
    if (cpuMs === null) return withheld(UNTOLD);
    return trial.measuredMs === 0
      ? withheld('nothing was measured')
      : known(cpuMs / trial.measuredMs);
  };
}

/**
 * Each request that was sent has one first attempt. One that was given up in the client's own queue
 * has none, and how many those were nobody tells apart from the others that timed out.
 */
function retries({ plan, requests, attempts }: JudgedTrial): Reading {
  const { model, retry } = plan.load;
  if (retry === null) return known(0);
  const first = requests.scheduled - requests.dropped;
  const queued = model.kind === 'open' && model.atCap === 'queue';
  const least = Math.max(0, attempts.started - first);
  return queued
    ? { kind: 'known', range: atLeast(least), because: 'requests may have ended in the queue' }
    : known(least);
}

interface SummaryOf {
  readonly values: Percentiles;
  /** Samples that are lower bounds, and requests that left no sample at all. */
  readonly unseen: number;
  /** Why no number stands for the window, where none does. */
  readonly withheld: string | null;
}

function summaries<P extends string>(
  prefix: P,
  read: (trial: JudgedTrial) => SummaryOf,
): readonly [`${P}.${SummaryName}`, Read][] {
  return SUMMARIES.map((name): [`${P}.${SummaryName}`, Read] => [
    `${prefix}.${name}`,
    (trial) => summary(name, read(trial)),
  ]);
}

function summary(name: SummaryName, { values, unseen, withheld: reason }: SummaryOf): Reading {
  const value = values[name];
  if (value === null) {
    if (reason !== null) return withheld(reason);
    if (values.samples === 0) return withheld('there is no sample of it');
    return withheld(
      `${valueWords('count', values.samples)} samples are too few for it: ${SAMPLES_BEYOND_MIN} must lie beyond`,
    );
  }
  // Those of whom nothing better is known may all lie beyond the percentile, if there is room.
  const all = values.samples + unseen - values.censored;
  const room = name === 'mean' || name === 'max' ? 0 : samplesBeyond(all, name);
  if (unseen <= room) return known(value);
  return {
    kind: 'known',
    range: atLeast(value),
    because: `${valueWords('count', unseen)} of ${valueWords('count', all)} requests were never answered`,
  };
}

function clientLatency(
  values: Percentiles,
  window: { readonly dropped: number; readonly withheld: string | null },
): SummaryOf {
  return { values, unseen: values.censored + window.dropped, withheld: window.withheld };
}

function inSteadyWindow(trial: JudgedTrial): {
  readonly dropped: number;
  readonly withheld: string | null;
} {
  const { fromSecond, toSecond, state } = trial.steadyState;
  const seconds = trial.seconds.filter(({ second }) => second >= fromSecond && second < toSecond);
  return {
    dropped: sum(seconds.map(({ dropped }) => dropped)),
    withheld: state === 'drifting' || state === 'overloaded' ? notSteady(trial) : null,
  };
}

function notSteady({ steadyState: { state, detail } }: JudgedTrial): string {
  return `nothing is steady (${state}): ${detail}`;
}

function lockShare(shares: JudgedTrial['waitEventShares']): number {
  const locks = Object.entries(shares).filter(([event]) => event.startsWith('Lock/'));
  return sum(locks.map(([, share]) => share));
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const most = (values: readonly number[]): number => Math.max(0, ...values);
