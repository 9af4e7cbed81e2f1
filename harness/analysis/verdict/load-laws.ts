import type { Ledger, LoadResult } from '../../load/load-engine.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import { answered, ended } from '../endings.ts';
import { sumOf } from '../failed-endings.ts';
import type { Law } from '../trial-result.ts';

const MS_PER_SECOND = 1000;
const ROUNDING = 1e-6;
/** Chance alone exceeds it once in 500 million trials. */
const CHANCE_SIGMAS = 6;

type LoadPlan = Pick<TrialPlan, 'gates' | 'load'> & {
  /** Each answer says which worker it is of; a service's need not. @default true */
  readonly namesWorkers?: boolean;
};

/** What must hold between the load engine's own counts, however it made them. */
export function loadLaws(load: LoadResult, plan: LoadPlan): readonly Law[] {
  return [
    ledgerAddsUp(load.ledger),
    ...arrivalsTaken(load, plan),
    attemptsAddUp(load.ledger, plan.load.retry !== null),
    ...(plan.namesWorkers === false ? [] : [sumOverWorkers(load)]),
    sumOverSeconds(load),
    littlesLaw(load, plan.gates.littleDeviation.invalid),
    ...callersAccounted(load, plan),
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

/**
 * The schedule's arrivals are the ledger's requests, and as many as the rate promises: exactly for
 * constant arrivals, and within chance for Poisson ones (their number has the variance of its mean).
 */
function arrivalsTaken({ offered, ledger }: LoadResult, { load: { model } }: LoadPlan) {
  if (offered === null || model.kind === 'closed') return [];
  const { expected, due, issued } = offered;
  const perThread = model.threads + 1;
  const chance = model.arrivals === 'poisson' ? CHANCE_SIGMAS * Math.sqrt(expected) : 0;
  const law: Law = {
    name: 'arrivals',
    holds:
      ledger.scheduled === issued &&
      issued <= due &&
      Math.abs(due - expected) <= chance + perThread,
    detail: `requests in the ledger ${ledger.scheduled} = issued ${issued} ≤ due ${due} ≈ rate × time ${expected.toFixed(1)}`,
  };
  return [law];
}
function sumOverWorkers({ ledger, answersByWorker }: LoadResult): Law {
  const byWorker = sumOf(answersByWorker);
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
function callersAccounted(load: LoadResult, { gates, load: { model } }: LoadPlan) {
  if (model.kind === 'open') return [];
  const { ledger, inFlightSeconds } = load;
  const windowSeconds = load.durationMs / MS_PER_SECOND;
  const thinkSeconds = model.thinkTimeMs / MS_PER_SECOND;
  const there = model.connections * windowSeconds;
  const thought = (ended(ledger) + model.connections) * thinkSeconds;
  const broke = sumOf(ledger.attempts.connectionErrors) + ledger.attempts.lost > 0;
  const least = there * (1 - gates.littleDeviation.invalid) - windowSeconds - thought;
  const law: Law = {
    name: 'callers',
    holds: inFlightSeconds <= there * (1 + ROUNDING) && (broke || inFlightSeconds >= least),
    detail: `in flight over time ${inFlightSeconds.toFixed(1)} s + thinking ${thought.toFixed(1)} s at most = ${model.connections} callers, ${there.toFixed(1)} s`,
  };
  return [law];
}
