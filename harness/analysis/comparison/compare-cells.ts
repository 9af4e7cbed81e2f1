import { goodputOfRound, throughputOfRound } from '../sweep/round-rates.ts';
import type { Estimate } from '../sweep/sweep-result.ts';
import {
  type ComparedCell,
  type ComparedRound,
  type RoundPair,
  reasonAgainst,
  roundsThatCount,
  sideOf,
} from './compared-cell.ts';
import type { CellPair, Metric, RatioMetric } from './comparison-result.ts';
import { conclusionOf } from './conclusion.ts';
import { contrastOf, failedShareOf } from './contrast.ts';
import { differencesBetween } from './differences.ts';
import { pairCaveats } from './pair-caveats.ts';

const VALUE_OF: Readonly<Record<RatioMetric, (round: ComparedRound) => number | null>> = {
  goodputPerSecond: goodputOfRound,
  throughputPerSecond: throughputOfRound,
  latencyMsP50: ({ latencyMsP50 }) => latencyMsP50,
  latencyMsP99: ({ latencyMsP99 }) => latencyMsP99,
};

/**
 * Two cells, paired by round: what drifts slowly on a shared machine hits both of a pair alike, as far
 * as they were measured in turns. Whether they may be compared at all is asked before, by
 * `differencesBetween`; a side without a round that counts has nothing to compare.
 */
export function compareCells(
  left: ComparedCell,
  right: ComparedCell,
  options: { readonly bootstrap: boolean },
): CellPair {
  const pairs = pairsOf(left, right);
  const metric = (name: RatioMetric): Metric => {
    const sides = { left: estimateOf(left, name), right: estimateOf(right, name) };
    const values = pairs.map((pair) => ({
      left: VALUE_OF[name](pair.left),
      right: VALUE_OF[name](pair.right),
    }));
    return { ...sides, contrast: contrastOf(values, sides, options) };
  };
  const { declared, noted } = differencesBetween(left, right);
  const compared = {
    left: sideOf(left),
    right: sideOf(right),
    declared: [...declared],
    pairs: {
      rounds: pairs.map(({ round }) => round),
      interleaved: left.run === right.run,
      sameSeeds: pairs.every((pair) => pair.left.seed === pair.right.seed),
      gapMsMax: gapMsMax(pairs),
    },
    leftOut: leftOut(left, right, pairs),
    metrics: {
      goodputPerSecond: metric('goodputPerSecond'),
      throughputPerSecond: metric('throughputPerSecond'),
      latencyMsP50: metric('latencyMsP50'),
      latencyMsP99: metric('latencyMsP99'),
    },
    failedShare: failedShareOf(
      pairs.map((pair) => ({ left: failedShare([pair.left]), right: failedShare([pair.right]) })),
      { left: failedShare(roundsThatCount(left)), right: failedShare(roundsThatCount(right)) },
    ),
  };
  const judged = { ...compared, conclusion: conclusionOf(compared) };
  return { ...judged, caveats: [...pairCaveats(judged, { noted, pairs })] };
}

/** The rounds that both sides have and that may be believed, by number. */
function pairsOf(left: ComparedCell, right: ComparedCell): readonly RoundPair[] {
  const ofRight = new Map(roundsThatCount(right).map((it) => [it.round, it]));
  return roundsThatCount(left).flatMap((it) => {
    const other = ofRight.get(it.round);
    return other === undefined ? [] : [{ round: it.round, left: it, right: other }];
  });
}

/** Every round of either side that is no pair, with the reason. */
function leftOut(
  left: ComparedCell,
  right: ComparedCell,
  pairs: readonly RoundPair[],
): CellPair['leftOut'] {
  const paired = new Set(pairs.map(({ round }) => round));
  return [{ side: 'left', cell: left } as const, { side: 'right', cell: right } as const].flatMap(
    ({ side, cell }) =>
      cell.result.rounds
        .filter(({ round }) => !paired.has(round))
        .map((it) => ({
          side,
          round: it.round,
          reason: reasonAgainst(it) ?? 'the other side has no such round that counts',
        })),
  );
}

function estimateOf({ result }: ComparedCell, name: RatioMetric): Estimate | null {
  if (name !== 'latencyMsP50') return result[name];
  const { p50 } = result.latencyMs;
  return p50 === null ? null : { value: p50, interval: null };
}

function failedShare(rounds: readonly Pick<ComparedRound, 'failed' | 'scheduled'>[]): number {
  const scheduled = rounds.reduce((sum, it) => sum + it.scheduled, 0);
  return rounds.reduce((sum, it) => sum + it.failed, 0) / Math.max(1, scheduled);
}

function gapMsMax(pairs: readonly RoundPair[]): number | null {
  if (pairs.length === 0) return null;
  return Math.max(
    ...pairs.map(({ left, right }) =>
      Math.abs(Date.parse(left.startedAt) - Date.parse(right.startedAt)),
    ),
  );
}
