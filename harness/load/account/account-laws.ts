import {
  type BreakdownBucket,
  COMPONENTS,
  type Component,
  type Ledger,
  type LoadSecond,
  OUTCOMES,
  type Outcome,
  type RequestEndings,
} from '../load-engine.ts';
import { US_PER_SECOND } from '../monotonic-clock.ts';
import { answeredRequests, checkLedger, endedRequests } from './ledger.ts';
import type { RightAnswers } from './right-answers.ts';

/** Sums of millions of fractions, made in different orders, differ in their last digits. */
const ROUNDING = 1e-9;

/** One run's account, in all the ways it was kept beside each other. */
export interface Account {
  readonly ledger: Ledger;
  readonly good: number;
  /** In each whole-run histogram. */
  readonly latencySamples: Readonly<Record<Outcome, number>>;
  readonly lagSamples: number;
  readonly rightAnswers: Pick<RightAnswers, 'samples' | 'latencySumUs' | 'timed'>;
  readonly breakdown: readonly BreakdownBucket[];
  readonly answersByWorker: Readonly<Record<string, number>>;
  readonly byRequest: readonly RequestEndings[];
  readonly inFlightSeconds: number;
  readonly seconds: readonly LoadSecond[];
}

/**
 * Laws of an engine's own account that do not hold, each with both of its sides. Every request is
 * counted in several places that know nothing of each other; where they differ, one of them is wrong,
 * and no number of the run can be told to be right.
 */
export function checkAccount(account: Account): readonly string[] {
  return [
    ...checkLedger(account.ledger),
    ...unequal(countsOf(account)),
    ...unequal(sumsOf(account), ROUNDING),
  ];
}

type Sides = readonly (readonly [name: string, left: number, right: number])[];

function countsOf(account: Account): Sides {
  const { ledger, latencySamples, lagSamples, rightAnswers, answersByWorker, seconds } = account;
  const { samples, timed } = rightAnswers;
  const { ok, scheduled, dropped } = ledger;
  const censored = ledger.timeouts + ledger.unanswered;
  const failed = endedRequests(ledger) - dropped - ok - censored;
  const ofSeconds = (read: (second: LoadSecond) => number): number => sum(seconds.map(read));
  return [
    ['latencies of right answers', latencySamples.ok, ok],
    ['latencies of failures', latencySamples.error, failed],
    ['ages of the unanswered', latencySamples.censored, censored],
    ['lags of the generator', lagSamples, scheduled],
    ['right answers, timed or not', timed.answers, ok],
    ...(['lag', 'rest', 'service'] as const).map(
      (name) => [`${name} of right answers`, samples[name], ok] as const,
    ),
    ...(['wait', 'connect', 'db', 'loop'] as const).map(
      (name) => [`${name} of right answers`, samples[name], timed[name]] as const,
    ),
    ...countsByRequest(account.byRequest, { ok, failed: failed + censored }),
    ['answers in the breakdown', sum(account.breakdown.map(({ count }) => count)), ok],
    [
      'answers of all workers',
      sum(Object.values(answersByWorker)),
      answeredRequests(ledger.attempts),
    ],
    ['started in all seconds', ofSeconds(({ started }) => started), scheduled - dropped],
    ['dropped in all seconds', ofSeconds((second) => second.dropped), dropped],
    ['good in all seconds', ofSeconds(({ good }) => good), account.good],
    ...OUTCOMES.map(
      (outcome) =>
        [
          `${outcome} in all seconds`,
          ofSeconds(({ outcomes }) => outcomes[outcome]),
          { ok, error: failed, censored }[outcome],
        ] as const,
    ),
  ];
}

/** Where requests are counted by what they are; otherwise there is nothing to hold against the account. */
function countsByRequest(
  byRequest: readonly RequestEndings[],
  { ok, failed }: { readonly ok: number; readonly failed: number },
): Sides {
  if (byRequest.length === 0) return [];
  return [
    ['right answers by request', sum(byRequest.map((one) => one.ok)), ok],
    ['failures by request', sum(byRequest.map((one) => one.failed)), failed],
  ];
}

function sumsOf({ rightAnswers, breakdown, inFlightSeconds, seconds }: Account): Sides {
  const component = (name: Component): number => sum(breakdown.map(({ sumUs }) => sumUs[name]));
  return [
    [
      'seconds that right answers were made of',
      sum(COMPONENTS.map(component)) / US_PER_SECOND,
      rightAnswers.latencySumUs / US_PER_SECOND,
    ],
    [
      'request-seconds in flight in all seconds',
      sum(seconds.map((second) => second.inFlightSeconds)),
      inFlightSeconds,
    ],
  ];
}

function unequal(sides: Sides, tolerance = 0): readonly string[] {
  return sides
    .filter(([, left, right]) => !(Math.abs(left - right) <= tolerance * Math.abs(right)))
    .map(([name, left, right]) => `${name} ${left} = in the account ${right}`);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
