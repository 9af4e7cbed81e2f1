import type { ServerStats, WorkerStats } from '../../server/contract.ts';
import type { Endings, Ledger, LoadResult } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Law } from './trial-result.ts';

export interface LawInput {
  readonly plan: Pick<TrialPlan, 'gates' | 'load'>;
  readonly load: LoadResult;
  /** Taken with nothing in flight, just before the window and after the drain. */
  readonly before: ServerStats;
  readonly after: ServerStats;
  /** Connections of the API that the server side still had after the API was stopped. */
  readonly leftBehind: number;
}

/** Answered with any status. */
export function answered(endings: Endings): number {
  return endings.ok + total(endings.httpErrors);
}

/**
 * Equations between counts that were made independently of each other. When one does not hold, a
 * request was lost or counted twice somewhere, and no number of the trial can be believed.
 */
export function checkLaws(input: LawInput): readonly Law[] {
  const { load, plan } = input;
  const delta = serverDelta(input.before, input.after);
  return [
    ledgerAddsUp(load.ledger),
    attemptsAddUp(load.ledger, plan.load.retry !== null),
    sumOverWorkers(load),
    sumOverSeconds(load),
    answersOnBothSides(load.ledger.attempts, delta),
    errorsOnBothSides(load.ledger.attempts, delta),
    ...input.after.workers.map(poolAccount),
    littlesLaw(load, plan.gates.littleDeviation.invalid),
    ...callersAccounted(load, plan),
    nothingLeftBehind(input.leftBehind),
    ...load.brokenLaws.map((detail): Law => ({ name: 'load engine', holds: false, detail })),
  ];
}

function ledgerAddsUp(ledger: Ledger): Law {
  const accounted = ended(ledger) + ledger.dropped;
  return {
    name: 'ledger',
    holds: accounted === ledger.scheduled,
    detail: `scheduled ${ledger.scheduled} = ok + errors + timeouts + dropped + lost + unanswered ${accounted}`,
  };
}

/**
 * Each attempt ended once; every right answer was a user's, since nobody repeats what went well; and
 * no request can have failed in a way in which none of its attempts did. Without retries, requests
 * and attempts are the same but for those that never were sent.
 */
function attemptsAddUp(ledger: Ledger, retries: boolean): Law {
  const { attempts, ...users } = ledger;
  const name = 'attempts';
  if (ended(attempts) !== attempts.started) {
    return {
      name,
      holds: false,
      detail: `started ${attempts.started} = ok + errors + timeouts + lost + unanswered ${ended(attempts)}`,
    };
  }
  const pairs: readonly (readonly [string, number, number, 'same' | 'more'])[] = [
    ['right answers', attempts.ok, users.ok, 'same'],
    ...[...new Set([...Object.keys(attempts.httpErrors), ...Object.keys(users.httpErrors)])].map(
      (cause) =>
        [
          cause,
          attempts.httpErrors[cause] ?? 0,
          users.httpErrors[cause] ?? 0,
          retries ? 'more' : 'same',
        ] as const,
    ),
    ['lost', attempts.lost, users.lost, retries ? 'more' : 'same'],
  ];
  const wrong = pairs.find(([, ofAttempts, ofUsers, rule]) =>
    rule === 'same' ? ofAttempts !== ofUsers : ofAttempts < ofUsers,
  );
  if (wrong !== undefined) {
    const [cause, ofAttempts, ofUsers, rule] = wrong;
    const relation = rule === 'same' ? '=' : '≥';
    return {
      name,
      holds: false,
      detail: `${cause} of attempts ${ofAttempts} ${relation} of requests ${ofUsers}`,
    };
  }
  return {
    name,
    holds: true,
    detail: `started ${attempts.started} = ended ${ended(attempts)}, right answers ${attempts.ok} = ${users.ok}`,
  };
}

function sumOverWorkers({ ledger, answersByWorker }: LoadResult): Law {
  const byWorker = total(answersByWorker);
  return {
    name: 'sum over workers',
    holds: byWorker === answered(ledger.attempts),
    detail: `answers of all workers ${byWorker} = answered attempts ${answered(ledger.attempts)}`,
  };
}

function sumOverSeconds({ ledger, seconds, good }: LoadResult): Law {
  const sum = (read: (second: LoadResult['seconds'][number]) => number): number =>
    seconds.reduce((all, second) => all + read(second), 0);
  const censored = ledger.timeouts + ledger.unanswered;
  const pairs: readonly (readonly [string, number, number])[] = [
    ['started and dropped', sum((it) => it.started + it.dropped), ledger.scheduled],
    ['dropped', sum((it) => it.dropped), ledger.dropped],
    ['right', sum(({ outcomes }) => outcomes.ok), ledger.ok],
    ['within the deadline', sum((it) => it.good), good],
    ['failed', sum(({ outcomes }) => outcomes.error), ended(ledger) - ledger.ok - censored],
    ['without an answer', sum(({ outcomes }) => outcomes.censored), censored],
  ];
  const wrong = pairs.filter(([, left, right]) => left !== right);
  return {
    name: 'sum over seconds',
    holds: wrong.length === 0,
    detail: `in all seconds = in the run: ${(wrong.length > 0 ? wrong : pairs)
      .map(([name, left, right]) => `${name} ${left} = ${right}`)
      .join(', ')}`,
  };
}

/** An attempt whose client gave up may or may not have been finished by the server. */
function answersOnBothSides(attempts: Endings, delta: ServerDelta): Law {
  const least = answered(attempts);
  const most = least + unseen(attempts);
  return {
    name: 'answers on both sides',
    holds: delta.finished >= least && delta.finished <= most,
    detail:
      least === most
        ? `finished by the server ${delta.finished} = answered to clients ${least}`
        : `finished by the server ${delta.finished}, between ${least} and ${most} seen by clients`,
  };
}

function errorsOnBothSides(attempts: Endings, delta: ServerDelta): Law {
  const classes = [...new Set([...Object.keys(attempts.httpErrors), ...delta.errors.keys()])]
    // Nobody is there to see the answer of a request whose client hung up.
    .filter((name) => name !== 'client_abort')
    .sort();
  const wrong = classes.filter((name) => {
    const difference = (delta.errors.get(name) ?? 0) - (attempts.httpErrors[name] ?? 0);
    return difference < 0 || difference > unseen(attempts);
  });
  const sides = (wrong.length > 0 ? wrong : classes).map(
    (name) => `${name} ${delta.errors.get(name) ?? 0} = ${attempts.httpErrors[name] ?? 0}`,
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
function littlesLaw(load: LoadResult, deviationMax: number): Law {
  const { inFlightSeconds, residenceSeconds } = load;
  return {
    name: "Little's law",
    holds: littleDeviation(load) <= deviationMax,
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

/**
 * N = X·(R + Z): each caller of a closed loop is in flight or thinks. More than there are would be
 * counted twice; fewer are dead or forgotten, unless their connections broke and they back off. One
 * caller may be in the generator's own hands, and the last pauses reach beyond the window.
 */
function callersAccounted(load: LoadResult, { gates, load: { model } }: LawInput['plan']) {
  if (model.kind === 'open') return [];
  const { ledger, inFlightSeconds } = load;
  const windowSeconds = load.durationMs / MS_PER_SECOND;
  const thinkSeconds = model.thinkTimeMs / MS_PER_SECOND;
  const there = model.connections * windowSeconds;
  const thought = (ended(ledger) + model.connections) * thinkSeconds;
  const broke = total(ledger.attempts.connectionErrors) + ledger.attempts.lost > 0;
  const least = there * (1 - gates.littleDeviation.invalid) - windowSeconds - thought;
  const law: Law = {
    name: 'callers',
    holds: inFlightSeconds <= there * (1 + ROUNDING) && (broke || inFlightSeconds >= least),
    detail: `in flight over time ${inFlightSeconds.toFixed(1)} s + thinking ${thought.toFixed(1)} s at most = ${model.connections} callers, ${there.toFixed(1)} s`,
  };
  return [law];
}
const MS_PER_SECOND = 1000;
const ROUNDING = 1e-6;

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

/** Attempts whose answer, if there was one, no client saw. */
function unseen({ timeouts, lost, unanswered }: Endings): number {
  return timeouts + lost + unanswered;
}

function ended(endings: Endings): number {
  return answered(endings) + total(endings.connectionErrors) + unseen(endings);
}

export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
