import type { ServerStats, WorkerStats } from '../../server/contract.ts';
import type { Ledger, LoadResult } from '../load/load-engine.ts';
import type { Law } from './trial-result.ts';

/** Little's law compares two integrals of one run; rounding explains no more than this. */
export const LITTLE_DEGRADED_ABOVE = 0.01;
export const LITTLE_INVALID_ABOVE = 0.05;

export interface LawInput {
  readonly load: LoadResult;
  /** Taken with nothing in flight, just before the window and after the drain. */
  readonly before: ServerStats;
  readonly after: ServerStats;
  /** Connections of the API that the server side still had after the API was stopped. */
  readonly leftBehind: number;
}

/** Answered with any status. */
export function answered(ledger: Ledger): number {
  return ledger.ok + total(ledger.httpErrors);
}

/**
 * Equations between counts that were made independently of each other. When one does not hold, a
 * request was lost or counted twice somewhere, and no number of the trial can be believed.
 */
export function checkLaws(input: LawInput): readonly Law[] {
  const delta = serverDelta(input.before, input.after);
  return [
    ledgerAddsUp(input.load.ledger),
    sumOverWorkers(input.load),
    sumOverSeconds(input.load),
    answersOnBothSides(input.load.ledger, delta),
    errorsOnBothSides(input.load.ledger, delta),
    ...input.after.workers.map(poolAccount),
    littlesLaw(input.load),
    nothingLeftBehind(input.leftBehind),
    ...input.load.brokenLaws.map((detail): Law => ({ name: 'load engine', holds: false, detail })),
  ];
}

function ledgerAddsUp(ledger: Ledger): Law {
  const accounted =
    answered(ledger) +
    total(ledger.connectionErrors) +
    ledger.timeouts +
    ledger.dropped +
    ledger.lost +
    ledger.unanswered;
  return {
    name: 'ledger',
    holds: accounted === ledger.scheduled,
    detail: `scheduled ${ledger.scheduled} = ok + errors + timeouts + dropped + lost + unanswered ${accounted}`,
  };
}

function sumOverWorkers({ ledger, answersByWorker }: LoadResult): Law {
  const byWorker = total(answersByWorker);
  return {
    name: 'sum over workers',
    holds: byWorker === answered(ledger),
    detail: `answers of all workers ${byWorker} = answered ${answered(ledger)}`,
  };
}

function sumOverSeconds({ ledger, seconds }: LoadResult): Law {
  const started = seconds.reduce((sum, second) => sum + second.started, 0);
  const sent = ledger.scheduled - ledger.dropped;
  return {
    name: 'sum over seconds',
    holds: started === sent,
    detail: `requests started in all seconds ${started} = sent ${sent}`,
  };
}

/** A request whose client gave up may or may not have been finished by the server. */
function answersOnBothSides(ledger: Ledger, delta: ServerDelta): Law {
  const least = answered(ledger);
  const most = least + ledger.timeouts + ledger.lost + ledger.unanswered;
  return {
    name: 'answers on both sides',
    holds: delta.finished >= least && delta.finished <= most,
    detail:
      least === most
        ? `finished by the server ${delta.finished} = answered to clients ${least}`
        : `finished by the server ${delta.finished}, between ${least} and ${most} seen by clients`,
  };
}

function errorsOnBothSides(ledger: Ledger, delta: ServerDelta): Law {
  const unseen = ledger.timeouts + ledger.lost + ledger.unanswered;
  const classes = [...new Set([...Object.keys(ledger.httpErrors), ...delta.errors.keys()])]
    // Nobody is there to see the answer of a request whose client hung up.
    .filter((name) => name !== 'client_abort')
    .sort();
  const wrong = classes.filter((name) => {
    const difference = (delta.errors.get(name) ?? 0) - (ledger.httpErrors[name] ?? 0);
    return difference < 0 || difference > unseen;
  });
  const sides = (wrong.length > 0 ? wrong : classes).map(
    (name) => `${name} ${delta.errors.get(name) ?? 0} = ${ledger.httpErrors[name] ?? 0}`,
  );
  return {
    name: 'errors on both sides',
    holds: wrong.length === 0,
    detail:
      sides.length === 0 ? 'no errors on either side' : `server = client: ${sides.join(', ')}`,
  };
}

function poolAccount({ worker, pool }: WorkerStats): Law {
  const settled = pool.acquireOk + pool.acquireTimeout + pool.acquireError + pool.waiting;
  return {
    name: `pool account of worker ${worker}`,
    holds: pool.acquireStarted === settled,
    detail: `acquires started ${pool.acquireStarted} = ok + timeout + error + waiting ${settled}`,
  };
}

function nothingLeftBehind(leftBehind: number): Law {
  return {
    name: 'nothing left behind',
    holds: leftBehind === 0,
    detail: `connections of the stopped API on the server side ${leftBehind} = 0`,
  };
}

/** L = λW over the window, with the requests at both edges counted for their part inside it. */
function littlesLaw({ inFlightSeconds, residenceSeconds }: LoadResult): Law {
  const deviation = littleDeviation({ inFlightSeconds, residenceSeconds });
  return {
    name: "Little's law",
    holds: deviation <= LITTLE_INVALID_ABOVE,
    detail: `in flight over time ${inFlightSeconds.toFixed(3)} s = sum of residence times ${residenceSeconds.toFixed(3)} s`,
  };
}

/** Relative difference of the two sides, 0 when nothing was in flight at all. */
export function littleDeviation(load: {
  readonly inFlightSeconds: number;
  readonly residenceSeconds: number;
}): number {
  const larger = Math.max(load.inFlightSeconds, load.residenceSeconds);
  return larger === 0 ? 0 : Math.abs(load.inFlightSeconds - load.residenceSeconds) / larger;
}

interface ServerDelta {
  readonly finished: number;
  readonly errors: ReadonlyMap<string, number>;
}

function serverDelta(before: ServerStats, after: ServerStats): ServerDelta {
  const earlier = new Map(before.workers.map((stats) => [stats.worker, stats]));
  const errors = new Map<string, number>();
  let finished = 0;
  for (const { worker, http } of after.workers) {
    const start = earlier.get(worker)?.http;
    finished += http.finished - (start?.finished ?? 0);
    const startErrors = new Map(Object.entries(start?.errors ?? {}));
    for (const [name, count] of Object.entries(http.errors)) {
      const difference = count - (startErrors.get(name) ?? 0);
      if (difference !== 0) errors.set(name, (errors.get(name) ?? 0) + difference);
    }
  }
  return { finished, errors };
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
