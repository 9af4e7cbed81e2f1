import {
  EQUIVALENCE_MARGIN,
  findingOf,
  type PairedRatio,
  pairedRatio,
} from '../statistics/paired-ratio.ts';
import { studentT95 } from '../statistics/student-t.ts';
import { type RoundNoise, roundNoise } from './round-noise.ts';
import { believableRounds, goodputOfRound, throughputOfRound } from './round-rates.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import type { Estimate, Ratio } from './sweep-result.ts';

/** One number of a cell: over its rounds, and round by round. */
export interface Measure {
  readonly estimate: (cell: SummarizedCell) => Estimate | null;
  readonly ofRound: (round: ReturnType<typeof believableRounds>[number]) => number | null;
}

export const GOODPUT: Measure = {
  estimate: (cell) => cell.goodputPerSecond,
  ofRound: goodputOfRound,
};
export const THROUGHPUT: Measure = {
  estimate: (cell) => cell.throughputPerSecond,
  ofRound: throughputOfRound,
};
export const LATENCY_P99: Measure = {
  estimate: (cell) => cell.latencyMsP99,
  ofRound: (round) => round.latencyMsP99,
};

export const LATENCY_P50: Measure = {
  estimate: ({ latencyMs: { p50 } }) => (p50 === null ? null : { value: p50, interval: null }),
  ofRound: (round) => round.latencyMsP50,
};

/**
 * `left` over `right`. Rounds that both cells have are compared in pairs, since a round's trials lie close
 * together in time. With the `noise` of all cells that are compared with one, the interval holds for all of
 * these comparisons together; without it, for this one alone (95 % each). With fewer than two pairs there
 * is none, and the cells' own intervals decide: those that overlap cannot be told apart. So it is where a
 * value of 0 leaves a ratio without a logarithm.
 *
 * `null` where one of them has no such number, or where all there is to divide by is 0.
 */
export function ratioOfCells(
  { left, right }: { readonly left: SummarizedCell; readonly right: SummarizedCell },
  measure: Measure,
  noise: RoundNoise | null = null,
): Ratio | null {
  const pairs = pairsOf(left, right, measure);
  const paired = pairedRatio(pairs);
  if (paired !== null) return noise === null ? alone(paired) : together(paired, noise);
  const over = measure.estimate(left);
  const under = measure.estimate(right);
  if (over === null || under === null || !(under.value > 0)) return null;
  return {
    pairs: pairs.length,
    ratio: ratioOfPairs(pairs) ?? over.value / under.value,
    interval: null,
    finding: findingWithoutPairs(over, under, pairs),
  };
}

/** What these cells have in common of it; `null` where they do not tell. */
export function noiseOf(cells: readonly SummarizedCell[], measure: Measure): RoundNoise | null {
  return roundNoise(cells.map((cell) => valuesByRound(cell, measure)));
}

/** The value of each believable round that has a positive one, by its number. */
function valuesByRound(
  { rounds }: SummarizedCell,
  { ofRound }: Measure,
): ReadonlyMap<number, number> {
  return new Map(
    believableRounds(rounds).flatMap((it) => {
      const value = ofRound(it);
      return value !== null && value > 0 ? [[it.round, value] as const] : [];
    }),
  );
}

function alone({ pairs, ratio, low, high, finding }: PairedRatio): Ratio {
  return { pairs, ratio, interval: { low, high }, finding };
}

/** A pair that looks calmer than the rest has been lucky; one that looks noisier may well be. */
function together(paired: PairedRatio, { sdLog, t }: RoundNoise): Ratio {
  const { pairs, ratio, high } = paired;
  const ownStandardError = Math.log(high / ratio) / studentT95(pairs - 1);
  const commonStandardError = sdLog * Math.sqrt(2 / pairs);
  const factor = Math.exp(t * Math.max(ownStandardError, commonStandardError));
  const interval = { low: ratio / factor, high: ratio * factor };
  return { pairs, ratio, interval, finding: findingOf(interval.low, interval.high) };
}

interface Pair {
  readonly left: number;
  readonly right: number;
}

function pairsOf(
  left: SummarizedCell,
  right: SummarizedCell,
  { ofRound }: Measure,
): readonly Pair[] {
  const others = new Map(believableRounds(right.rounds).map((it) => [it.round, ofRound(it)]));
  return believableRounds(left.rounds).flatMap((round) => {
    const own = ofRound(round);
    const other = others.get(round.round) ?? null;
    return own === null || other === null ? [] : [{ left: own, right: other }];
  });
}

/** Of sums, which a 0 does not spoil; `null` without a pair, or with nothing to divide by. */
function ratioOfPairs(pairs: readonly Pair[]): number | null {
  const under = pairs.reduce((sum, { right }) => sum + right, 0);
  return under > 0 ? pairs.reduce((sum, { left }) => sum + left, 0) / under : null;
}

function findingWithoutPairs(
  over: Estimate,
  under: Estimate,
  pairs: readonly Pair[],
): Ratio['finding'] {
  const own = over.interval;
  const other = under.interval;
  if (own !== null && other !== null) {
    if (own.low > other.high) return 'higher';
    return own.high < other.low ? 'lower' : 'not_distinguishable';
  }
  // Two pairs or more without a ratio have a 0 among them. One side's all being below the other's is then
  // all that can be said.
  if (pairs.length < 2) return 'not_distinguishable';
  const lefts = pairs.map(({ left }) => left);
  const rights = pairs.map(({ right }) => right);
  if (Math.min(...lefts) > Math.max(...rights)) return 'higher';
  return Math.max(...lefts) < Math.min(...rights) ? 'lower' : 'not_distinguishable';
}

/** No worse than this is as good. */
const AS_GOOD_MIN = 1 / (1 + EQUIVALENCE_MARGIN);

/** Below by so much in the mean, a cell is not called as good, however wide the interval. */
export const FAR_APART_FACTOR = 2;

/** Nothing speaks against the left one: it is not told to be lower, and lies at most the margin below. */
export function isAsGood({ finding, ratio }: Ratio): boolean {
  return finding === 'higher' || (finding !== 'lower' && ratio >= AS_GOOD_MIN);
}

/**
 * Could be the other way round, or makes no difference worth having. Differences of less than the margin
 * are of no use, however certain; and where the means lie a factor of two apart, an interval that is too
 * wide to tell (of two rounds, say) is no reason to call cells alike.
 */
export function isAlike({ finding, ratio }: Ratio): boolean {
  if (ratio >= AS_GOOD_MIN && ratio <= 1 / AS_GOOD_MIN) return true;
  if (ratio >= FAR_APART_FACTOR || ratio <= 1 / FAR_APART_FACTOR) return false;
  return finding === 'equivalent' || finding === 'not_distinguishable';
}

/** So much longer is a difference that callers notice; less is worth no slot. */
export const FAR_SLOWER_FACTOR = 1.5;

/** Of latencies: the left one is told to be longer, and by far. */
export function isFarSlower({ finding, ratio }: Ratio): boolean {
  return finding === 'higher' && ratio >= FAR_SLOWER_FACTOR;
}
