import {
  type BreakdownBucket,
  COMPONENTS,
  type Component,
  type Ledger,
  type LoadSecond,
  OUTCOMES,
  type Outcome,
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
  readonly rightAnswers: Pick<RightAnswers, 'samples' | 'latencySumUs'>;
  readonly breakdown: readonly BreakdownBucket[];
  readonly answersByWorker: Readonly<Record<string, number>>;
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
  const { ok, scheduled, dropped } = ledger;
  const censored = ledger.timeouts + ledger.unanswered;
  const failed = endedRequests(ledger) - dropped - ok - censored;
  const ofSeconds = (read: (second: LoadSecond) => number): number => sum(seconds.map(read));
  return [
    ['latencies of right answers', latencySamples.ok, ok],
    ['latencies of failures', latencySamples.error, failed],
    ['ages of the unanswered', latencySamples.censored, censored],
    ['lags of the generator', lagSamples, scheduled],
    ...Object.entries(rightAnswers.samples).map(
      ([name, samples]) => [`${name} of right answers`, samples, ok] as const,
    ),
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
