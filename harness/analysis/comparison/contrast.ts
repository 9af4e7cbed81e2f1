import { BOOTSTRAP_PAIRS_MIN, bootstrapRatio } from '../statistics/bootstrap-ratio.ts';
import { pairedRatio } from '../statistics/paired-ratio.ts';
import { pairsNeeded } from '../statistics/pairs-needed.ts';
import { studentT95 } from '../statistics/student-t.ts';
import type { Estimate } from '../sweep/sweep-result.ts';
import type { Contrast, FailedShare, Side } from './comparison-result.ts';

/** What both sides of one round gave; `null` where a side withheld it. */
export interface PairedValue {
  readonly left: number | null;
  readonly right: number | null;
}

const SIDES = ['left', 'right'] as const satisfies readonly Side[];

/** Any seed does; the same one, so that a comparison made twice says the same. */
const BOOTSTRAP_SEED = 1;

/**
 * One quantity of both sides, round by round. With two rounds or more the finding is that of the t
 * interval of the log ratios; with fewer, both sides' own intervals are put beside each other, and
 * nothing is claimed of the next round.
 */
export function contrastOf(
  pairs: readonly PairedValue[],
  sides: { readonly left: Estimate | null; readonly right: Estimate | null },
  { bootstrap }: { readonly bootstrap: boolean },
): Contrast {
  const complete = pairs.flatMap(({ left, right }) =>
    left !== null && right !== null ? [{ left, right }] : [],
  );
  // A round that answered nothing has no ratio, and leaving it out would hide the worst of that side.
  const without = SIDES.filter((side) => complete.some((pair) => !(pair[side] > 0)));
  if (without.length > 0) return { basis: 'none', without };
  const paired = pairedRatio(complete);
  if (paired === null) return fromOwnIntervals(sides);
  const { ratio, low, high, finding } = paired;
  const logRatios = complete.map(({ left, right }) => Math.log(left / right));
  const needed = finding === 'not_distinguishable' ? pairsNeeded(logRatios) : paired.pairs;
  return {
    basis: 'rounds',
    pairs: paired.pairs,
    ratio,
    interval: { low, high },
    bootstrapInterval:
      bootstrap && paired.pairs >= BOOTSTRAP_PAIRS_MIN
        ? bootstrapRatio(logRatios, { seed: BOOTSTRAP_SEED })
        : null,
    finding,
    pairsMore: needed === null ? null : needed - paired.pairs,
  };
}

function fromOwnIntervals(sides: {
  readonly left: Estimate | null;
  readonly right: Estimate | null;
}): Contrast {
  const { left, right } = sides;
  if (left === null || right === null || !(left.value > 0 && right.value > 0)) {
    return { basis: 'none', without: SIDES.filter((side) => !((sides[side]?.value ?? 0) > 0)) };
  }
  return {
    basis: 'own_intervals',
    ratio: left.value / right.value,
    finding:
      left.interval === null || right.interval === null
        ? 'unknown'
        : left.interval.low > right.interval.high || left.interval.high < right.interval.low
          ? 'apart'
          : 'overlapping',
  };
}

/** One request in a thousand: below this a difference in failures is of no practical use. */
const FAILED_SHARE_MARGIN = 0.001;

/** Shares of failed requests, round by round, their difference with a t interval. */
export function failedShareOf(
  pairs: readonly { readonly left: number; readonly right: number }[],
  sides: Pick<FailedShare, 'left' | 'right'>,
): FailedShare {
  if (pairs.length < 2) return { ...sides, difference: null, finding: null };
  const differences = pairs.map(({ left, right }) => left - right);
  const value = differences.reduce((sum, x) => sum + x, 0) / differences.length;
  const squares = differences.reduce((sum, x) => sum + (x - value) ** 2, 0);
  const degrees = differences.length - 1;
  const half = studentT95(degrees) * Math.sqrt(squares / degrees / differences.length);
  const interval = { low: value - half, high: value + half };
  return { ...sides, difference: { value, interval }, finding: findingOf(interval) };
}

function findingOf({ low, high }: { readonly low: number; readonly high: number }) {
  if (low >= -FAILED_SHARE_MARGIN && high <= FAILED_SHARE_MARGIN) return 'equivalent';
  if (low > 0) return 'higher';
  return high < 0 ? 'lower' : 'not_distinguishable';
}
