import { ERROR_CLASSES } from '../../../server/contract.ts';
import { COMPONENTS } from '../../load/load-engine.ts';
import type { FactName } from '../../plan/thresholds/threshold-facts.ts';
import { failedEndings, sumOf } from '../failed-endings.ts';
import type { BudgetObservation, Connections } from '../trial-result.ts';
import {
  type JudgedTrial,
  known,
  number,
  orNone,
  type Read,
  type Reading,
  withheld,
} from './fact-reading.ts';
import { clientLatency, inSteadyWindow, notSteady, summaries } from './latency-readings.ts';
import { atLeast } from './threshold-range.ts';
import { valueWords } from './threshold-words.ts';

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
  ['errors.total', cutShort(({ requests }) => [failedEndings(requests), requests.unanswered])],
  ['errors.rate', errorRate],
  ...ERROR_CLASSES.map((name): [FactName, Read] => [
    `errors.${name}`,
    number(({ requests }) => requests.httpErrors[name] ?? 0),
  ]),
  ['errors.connect', number(({ requests }) => sumOf(requests.connectionErrors))],
  ['refused', refused],
  ['timeouts', number(({ requests }) => requests.timeouts)],
  ['lost', number(({ requests }) => requests.lost)],
  ['unanswered', cutShort(({ requests }) => [requests.unanswered, requests.unanswered])],
  ['dropped', number(({ requests }) => requests.dropped)],
  ['attempts.started', number(({ attempts }) => attempts.started)],
  ['attempts.failed', cutShort(({ attempts }) => [failedEndings(attempts), attempts.unanswered])],
  ...ERROR_CLASSES.map((name): [FactName, Read] => [
    `attempts.errors.${name}`,
    number(({ attempts }) => attempts.httpErrors[name] ?? 0),
  ]),
  ['retries', retries],

  ['pool.waiting.peak', peakOfWorkers(({ waitingPeak }) => waitingPeak)],
  ['pool.waiting.mean', ofWorkers((workers) => sum(workers.map((it) => it.meanWaiting)))],
  ['pool.held.peak', peakOfWorkers(({ heldPeak }) => heldPeak)],
  ['pool.saturated', ofWorkers((workers) => most(workers.map((it) => it.saturatedShare)))],
  ['pool.acquired', ofWorkers((workers) => sum(workers.map((it) => it.acquireStarted)))],
  ['pool.timeouts', ofWorkers((workers) => sum(workers.map((it) => it.acquireTimeout)))],
  ['pool.errors', ofWorkers((workers) => sum(workers.map((it) => it.acquireError)))],
  ['pool.opened', ofWorkers((workers) => sum(workers.map((it) => it.opened)))],
  ['api.event_loop', ofWorkers((workers) => most(workers.map((it) => it.eventLoopUtilization)))],

  ['pg.connections.peak', sampled(({ peakWorkers }) => peakWorkers)],
  ['pg.connections.peak.all', sampled(({ peakAll }) => peakAll)],
  ['pg.connections.peak.worker', peakOfOneWorker],
  ['pg.lock_waits', watched((_, { waitEventShares }) => known(lockShare(waitEventShares)))],
  ['max_connections', watched(({ connections }) => known(connections.maxConnections))],
  ['others', watched(({ budget }) => known(budget.others))],
  ['usable', watched(({ budget }) => known(budget.predicted.usable))],
  ['floor', claimed(({ floor }) => floor)],
  ['ceiling', claimed(({ ceiling }) => ceiling)],
  ['rollout_ceiling', claimed(({ rolloutCeiling }) => rolloutCeiling)],

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

/** A service need not tell its clients what PostgreSQL refused it. */
function refused({ refusals, service, budget, plan }: JudgedTrial): Reading {
  if (budget?.refusalsVisible === false) {
    return withheld("it failed without telling why, and PostgreSQL's log cannot be read");
  }
  // What it refuses a pooler is kept there.
  const logged = plan.pooler === null ? (service?.refusalsLogged ?? 0) : 0;
  return known(Math.max(refusals.total, logged));
}

/** Nobody said what a service may open: it is without an end only as far as anybody knows. */
function claimed(read: (predicted: BudgetObservation['predicted']) => number | null): Read {
  return watched(({ budget }) =>
    budget.shapeKnown
      ? known(read(budget.predicted) ?? UNBOUNDED)
      : withheld('nobody said how many connections the service may open'),
  );
}

function inSteady(read: (trial: JudgedTrial) => number | null): Read {
  return (trial) => {
    const value = read(trial);
    return value === null ? withheld(notSteady(trial)) : known(value);
  };
}

/**
 * A count of which so many are requests without an answer. Those of a run that was ended early were
 * not given the time for one, and may have been answered right as well.
 */
function cutShort(
  read: (trial: JudgedTrial) => readonly [count: number, unanswered: number],
): Read {
  return (trial) => {
    const [count, unanswered] = read(trial);
    if (trial.ended === 'completed' || unanswered === 0) return known(count);
    const because = `${valueWords('count', unanswered)} requests were under way when the run was ended`;
    return { kind: 'known', range: { low: count - unanswered, high: count }, because };
  };
}

function errorRate(trial: JudgedTrial): Reading {
  const { scheduled } = trial.requests;
  const errors = readFact('errors.total', trial);
  if (errors.kind === 'withheld') return errors;
  if (scheduled === 0) return withheld('no request was due');
  const { low, high } = errors.range;
  return { ...errors, range: { low: low / scheduled, high: high / scheduled } };
}

function ofWorkers(read: (workers: JudgedTrial['workers']) => number): Read {
  return ({ workers }) =>
    workers.length === 0 ? withheld('no worker told its account') : known(read(workers));
}

/** Of an API that ran before, the highest peak may be older than the trial, and then is nobody's. */
function peakOfWorkers(read: (worker: JudgedTrial['workers'][number]) => number | null): Read {
  return ({ workers }) => {
    const peaks = workers.map(read).filter((it) => it !== null);
    if (workers.length === 0) return withheld('no worker told its account');
    return peaks.length < workers.length
      ? withheld('the API ran before, and had no higher peak in the trial')
      : known(most(peaks));
  };
}

/** What only the server side of the database tells. */
function watched(
  read: (
    seen: { readonly budget: BudgetObservation; readonly connections: Connections },
    trial: JudgedTrial,
  ) => Reading,
): Read {
  return (trial) => {
    const { budget, connections } = trial;
    return budget === null || connections === null
      ? withheld('the database was not in sight')
      : read({ budget, connections }, trial);
  };
}

function sampled(read: (connections: Connections) => number): Read {
  return watched(({ connections }) =>
    connections.samples === 0
      ? withheld('the server side was never sampled')
      : known(read(connections)),
  );
}

function peakOfOneWorker(trial: JudgedTrial): Reading {
  const { api, pooler } = trial;
  return pooler === null && api.via === null
    ? sampled(({ peakByWorker }) => most(Object.values(peakByWorker)))(trial)
    : withheld('behind a pooler no connection is a worker’s own');
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

function lockShare(shares: JudgedTrial['waitEventShares']): number {
  const locks = Object.entries(shares).filter(([event]) => event.startsWith('Lock/'));
  return sum(locks.map(([, share]) => share));
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const most = (values: readonly number[]): number => Math.max(0, ...values);
